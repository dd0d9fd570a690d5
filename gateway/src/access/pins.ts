import {
  equalBytes,
  fromBase64Url,
  opensWithoutPhone,
  pinLockedForMs,
  pinTriesPerNumber,
  pinTriesPerReader,
  pinTriesWithinMs,
} from '@gatehouse/protocols';
import type { PinEntry } from '@gatehouse/protocols';
import type { Roster } from '../policy/roster.ts';
import type { PinTries, Ports } from '../ports.ts';
import type { PinChecked, PinVerdict } from './presented.ts';

/** Numbers and readers with a wrong try in the last minutes; a reader locks long before that. */
export const pinTriesKept = 1_000;

export type Pins = {
  /** What the journal held at the start. */
  readonly load: (tries: readonly PinTries[]) => void;
  /** A check of this reader runs: what is typed meanwhile is not looked at. */
  readonly isBusy: (reader: string) => boolean;
  /** Does not reject. The digits are not kept. */
  readonly check: (
    reader: { readonly id: string; readonly door: string },
    entry: PinEntry,
  ) => Promise<PinChecked>;
  /** To be stored with the decision. */
  readonly tries: () => readonly PinTries[];
};

export type PinsOptions = {
  readonly ports: Pick<Ports, 'clock' | 'log' | 'pinHash'>;
  readonly roster: () => Roster;
};

/**
 * Checks PINs, one at a time: each takes 16 MiB and tens of milliseconds, away from the event loop.
 * A try is counted before it is checked, so that many at once are no more than one after another.
 */
export const createPins = (options: PinsOptions): Pins => {
  const { clock, log } = options.ports;
  const tries = createTries();
  const busy = new Set<string>();
  let queue: Promise<unknown> = Promise.resolve();

  const isRight = (entry: PinEntry): Promise<boolean> => {
    const right = queue
      .then(() => matches(options, entry))
      .catch((error: unknown) => {
        log.error('pin.not_checked', { error });
        return false;
      });
    queue = right;
    return right;
  };

  const check: Pins['check'] = async ({ id, door }, entry) => {
    const kind = options.roster().door(door)?.class;
    const card = options.roster().pin(entry.number)?.card;
    const checked = (verdict: PinVerdict): PinChecked => ({ by: 'pin', verdict, card });
    if (kind !== undefined && !opensWithoutPhone[kind]) return checked('not_here');
    // A number of nobody has no tries of its own to lose.
    const keys = [readerKey(id), ...(card === undefined ? [] : [numberKey(entry.number)])];
    const nowMs = clock.nowMs();
    if (keys.some((key) => tries.isLocked(key, nowMs))) return checked('locked');
    for (const key of keys) tries.count(key, nowMs);
    if (card === undefined || !(await isRight(entry))) return checked('wrong');
    // The reader's count falls by its own try alone: others have guessed there as well.
    tries.forgive(readerKey(id), nowMs);
    tries.forget(numberKey(entry.number));
    return checked('right');
  };

  return {
    load: tries.load,
    isBusy: (reader) => busy.has(reader),
    check: async (reader, entry) => {
      busy.add(reader.id);
      try {
        return await check(reader, entry);
      } finally {
        busy.delete(reader.id);
      }
    },
    tries: tries.all,
  };
};

const numberKey = (number: string): string => `number ${number}`;
const readerKey = (reader: string): string => `reader ${reader}`;

const matches = async ({ ports, roster }: PinsOptions, entry: PinEntry): Promise<boolean> => {
  const held = roster().pin(entry.number);
  const pepper = fromBase64Url(roster().site()?.pinPepper ?? '');
  if (held === undefined || pepper === undefined || pepper.length === 0) return false;
  // Copies: the policy may change while this runs.
  const salt = held.salt.slice();
  const wanted = held.hash.slice();
  return equalBytes(await ports.pinHash({ pin: entry.pin, salt, pepper }), wanted);
};

type Tries = {
  readonly load: (all: readonly PinTries[]) => void;
  readonly isLocked: (key: string, nowMs: number) => boolean;
  readonly count: (key: string, nowMs: number) => void;
  /** One of that moment was none. */
  readonly forgive: (key: string, atMs: number) => void;
  readonly forget: (key: string) => void;
  readonly all: () => readonly PinTries[];
};

const triesMax = (key: string): number =>
  key.startsWith('number ') ? pinTriesPerNumber : pinTriesPerReader;

/** What still counts. */
const counting = ({ key, at: past }: PinTries, nowMs: number): readonly number[] => {
  const isLocked = past.length >= triesMax(key);
  if (!isLocked) return past.filter((each) => each > nowMs - pinTriesWithinMs);
  return Math.max(...past) > nowMs - pinLockedForMs ? past : [];
};

/** Wrong tries by number and by reader, in wall time: a restart keeps them. */
const createTries = (): Tries => {
  const held = new Map<string, readonly number[]>();
  const now = (key: string, nowMs: number): readonly number[] => {
    const known = held.get(key) ?? [];
    // The clock was set back: it counts from here, so that nobody is locked for longer.
    const at = known.map((each) => Math.min(each, nowMs));
    if (known.some((each) => each > nowMs)) held.set(key, at);
    return counting({ key, at }, nowMs);
  };
  const put = (key: string, at: readonly number[]): void => {
    // Put again, so that the oldest stands first.
    held.delete(key);
    if (at.length > 0) held.set(key, at);
    const [oldest] = held.keys();
    if (held.size > pinTriesKept && oldest !== undefined) held.delete(oldest);
  };
  const dropSpent = (nowMs: number): void => {
    for (const key of [...held.keys()]) if (now(key, nowMs).length === 0) held.delete(key);
  };
  return {
    load: (all) => {
      for (const { key, at } of all) put(key, at);
    },
    isLocked: (key, nowMs) => now(key, nowMs).length >= triesMax(key),
    count: (key, nowMs) => {
      dropSpent(nowMs);
      put(key, [...now(key, nowMs), nowMs]);
    },
    forgive: (key, atMs) => {
      const at = held.get(key) ?? [];
      put(key, at.toSpliced(at.lastIndexOf(atMs), at.includes(atMs) ? 1 : 0));
    },
    forget: (key) => void held.delete(key),
    all: () => [...held].map(([key, at]) => ({ key, at })),
  };
};
