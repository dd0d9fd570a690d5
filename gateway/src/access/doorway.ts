import type { Reason, Side } from '@gatehouse/protocols';

/** What a scan needs of the door before which it happens, and of the reader that it came from. */

export type Reader = {
  readonly id: string;
  readonly door: string;
  readonly side: Side;
  readonly show: (reason: Reason) => void;
};

export type Unlocking = {
  readonly side: Side;
  /** Event or command that is on the journal. */
  readonly cause: string;
  readonly person?: string | undefined;
  readonly ms: number;
  /** Monotonic; not begun later. */
  readonly deadlineMs: number;
};
/** `sent`: the device took it and has no way to say that it worked. */
export type Unlocked = 'confirmed' | 'sent' | 'not_confirmed' | 'expired' | 'failed';

export type Door = {
  readonly ready: () => boolean;
  /** Its head opens it only in answer to a scan: nobody can from afar. */
  readonly onlyAnswers?: boolean;
  readonly unlock: (unlocking: Unlocking) => Promise<Unlocked>;
};
