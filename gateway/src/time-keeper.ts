import type { ClockQuality } from '@gatehouse/protocols';
import { afterLook, afterSigned, noTrust, readTime } from './clock-trust.ts';
import type { ClockFace, TimeAnchor, TimeReading } from './clock-trust.ts';
import type { Cancel, Clock, Ports } from './ports.ts';
import { within } from './within.ts';

const lookEveryMs = 1_000;
/** A time service takes minutes to come and go. */
export const signsEveryMs = 30_000;
/** What the box does not say of its clock by then counts as not said. */
export const signsWaitMaxMs = 5_000;
/** A jump larger than this opens the window of old passes again: it is fenced. */
export const stepMaxMs = 2_000;
/** The floor is written again when it has risen this far: storage cards wear out. */
export const floorSavedEveryMs = 10 * 60 * 1000;

export type TimeKeeper = {
  /** The time that all else goes by: the box's clock, held to signed time where it is wrong. */
  readonly clock: Clock;
  readonly reading: () => TimeReading;
  readonly quality: () => ClockQuality;
  /** How long ago the time was last known to be right; 0 while it is. */
  readonly unsureMs: () => number;
  /** It is at least this late, says something signed; unix ms. */
  readonly raiseFloor: (atMs: number) => void;
  /** The cloud has signed that it was this late at that moment. */
  readonly signed: (anchor: TimeAnchor) => void;
  readonly fenceMs: () => number | undefined;
  readonly fence: (atMs: number) => void;
  /** Reads for the first time what the box knows of its clock; before that it is untrusted. */
  readonly begin: () => Promise<void>;
  readonly start: (onStep: (byMs: number) => void) => void;
  readonly stop: () => void;
};

/**
 * What is known about the wall clock, and the moment before which no pass counts.
 *
 * @param saveFloor keeps the floor over restarts; rejects where it is not on disk
 */
export const createTimeKeeper = (
  ports: Pick<Ports, 'clock' | 'timeSigns'>,
  saveFloor: (atMs: number) => Promise<void> = () => Promise.resolve(),
): TimeKeeper => {
  const { clock } = ports;
  let trust = noTrust;
  let floorMs = 0;
  const keepFloor = createFloorKeeping(() => floorMs, saveFloor);
  let fenceMs: number | undefined;
  let signsDueMono = 0;
  let isReading = false;
  let cancel: Cancel = () => undefined;
  let isStopped = false;

  const face = (): ClockFace => ({ wallMs: clock.nowMs(), monoMs: clock.monoMs(), floorMs });
  const reading = (): TimeReading => readTime(trust, face());
  const own: Clock = { ...clock, nowMs: () => reading().atMs };
  let offsetMs = own.nowMs() - clock.monoMs();

  const readSigns = async (): Promise<void> => {
    isReading = true;
    signsDueMono = clock.monoMs() + signsEveryMs;
    const signs = ports.timeSigns().catch(() => noTrust.signs);
    // One that hangs is not asked a second time before it has ended.
    void signs.then(() => {
      isReading = false;
    });
    const { done = noTrust.signs } = await within(signs, signsWaitMaxMs, clock);
    trust = afterLook(trust, face(), done);
  };
  const look = (onStep: (byMs: number) => void): void => {
    if (isStopped) return;
    trust = afterLook(trust, face());
    const newOffsetMs = own.nowMs() - clock.monoMs();
    const byMs = Math.round(newOffsetMs - offsetMs);
    offsetMs = newOffsetMs;
    if (Math.abs(byMs) > stepMaxMs) onStep(byMs);
    if (!isReading && clock.monoMs() >= signsDueMono) void readSigns();
    cancel = clock.after(lookEveryMs, () => {
      look(onStep);
    });
  };
  return {
    clock: own,
    reading,
    quality: () => reading().quality,
    unsureMs: () => reading().unsureMs,
    raiseFloor: (atMs) => {
      if (atMs <= floorMs) return;
      floorMs = atMs;
      void keepFloor();
    },
    signed: (anchor) => {
      trust = afterSigned(trust, face(), anchor);
    },
    fenceMs: () => fenceMs,
    fence: (atMs) => {
      // After a step back the new, earlier time is the one that counts.
      fenceMs = atMs;
    },
    begin: readSigns,
    start: (onStep) => {
      look(onStep);
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
};

/** Saves the floor where it is far above what is known to be on disk. */
const createFloorKeeping = (
  floorMs: () => number,
  save: (atMs: number) => Promise<void>,
): (() => Promise<void>) => {
  let savedMs = 0;
  let isSaving = false;
  const isDue = (): boolean => floorMs() - savedMs >= floorSavedEveryMs;
  return async () => {
    if (isSaving) return;
    isSaving = true;
    try {
      while (isDue()) {
        const atMs = floorMs();
        await save(atMs);
        savedMs = atMs;
      }
    } catch {
      // Whoever saves has told it; the next signed thing tries again.
    } finally {
      isSaving = false;
    }
  };
};
