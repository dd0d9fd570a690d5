import type { Args, PushCodec, PushedAnswer } from '@gatehouse/device-profiles';
import type { Cancel, Clock } from '../ports.ts';

/** Scans of one device that wait for the one that is decided; a further one is refused. */
export const scansWaitingMax = 4;
/** The same request within this time is a head that did not hear the answer. */
export const retryWithinMs = 2_000;
const rememberedMax = 16;
/** An unlock follows what is shown at once; where none does, this was no unlock. */
export const gatherMs = 10;
/**
 * A scan is decided by then, its journal included. The next one does not begin before, unless this
 * one was decided: what comes late must not be taken for a decision about the next person.
 */
export const decidedWithinMs = 1_000;

/** One scan, from its request to its answer. */
export type Exchange = {
  readonly answer: Promise<PushedAnswer>;
  /** How the answer left; resolves for the first request that carried it. */
  readonly left: Promise<boolean>;
  readonly sent: (isWhole: boolean) => void;
};

type Open = {
  readonly exchange: Exchange;
  readonly begin: () => void;
  readonly answered: (answer: PushedAnswer) => void;
  beganMs: number;
  isAnswered: boolean;
  cancel: Cancel;
  cancelGather: Cancel;
  shown: Args;
};

export type Exchanges = {
  /** The exchange of the same request a moment ago. */
  readonly again: (key: string) => Exchange | undefined;
  /**
   * @param begin runs when it is this scan's turn; never, where its time was over before
   * @returns undefined: too many wait
   */
  readonly add: (key: string, begin: () => void) => Exchange | undefined;
  /** What the answer shall show. @returns undefined: nobody waits for one */
  readonly show: (args: Args) => Exchange | undefined;
  /** The answer grants. @returns as `show` */
  readonly open: (args: Args) => Exchange | undefined;
  readonly isWaiting: () => boolean;
  /** Of what needs no decision. */
  readonly addAnswered: (key: string, answer: PushedAnswer) => void;
  /** Answers all as denied. */
  readonly stop: () => void;
};

type Options = {
  readonly clock: Clock;
  readonly codec: Pick<PushCodec, 'answer' | 'answerWithinMs' | 'opensDoor'>;
};

/** The scans of one head: one at a time, each answered in time, a repeated one as before. */
export const createExchanges = (options: Options): Exchanges => {
  const { clock, codec } = options;
  const memory = createMemory(clock);
  const turns = createTurns(options);
  return {
    again: memory.find,
    add: (key, begin) => {
      if (turns.isFull()) return undefined;
      const open = newExchange(begin);
      memory.keep(key, open.exchange);
      turns.add(open);
      return open.exchange;
    },
    addAnswered: (key, told) => {
      const { exchange, answered } = newExchange(() => undefined);
      answered(told);
      memory.keep(key, exchange);
    },
    show: (args) => {
      const open = turns.undecided();
      if (open === undefined) return undefined;
      open.shown = { ...open.shown, ...args };
      open.cancelGather();
      open.cancelGather = clock.after(gatherMs, () => {
        // A head without a relay of its own shows what was decided for another device's door.
        const isGranted = !codec.opensDoor && open.shown['lamp'] === 'green';
        turns.decide(open, isGranted, open.shown);
      });
      return open.exchange;
    },
    open: (args) => {
      const open = turns.undecided();
      if (open === undefined) return undefined;
      turns.decide(open, true, { ...open.shown, ...args });
      return open.exchange;
    },
    isWaiting: () => turns.undecided() !== undefined,
    stop: turns.stop,
  };
};

type Turns = {
  readonly isFull: () => boolean;
  readonly add: (open: Open) => void;
  /** Whose turn it is, while it has no answer. */
  readonly undecided: () => Open | undefined;
  readonly decide: (open: Open, isGranted: boolean, args: Args) => void;
  readonly stop: () => void;
};

/** Who is being decided, and who waits for his turn. */
const createTurns = ({ clock, codec }: Options): Turns => {
  const waiting: Open[] = [];
  let current: Open | undefined;
  const answer = (open: Open, isGranted: boolean, args: Args): void => {
    open.isAnswered = true;
    open.cancel();
    open.cancelGather();
    const at = waiting.indexOf(open);
    if (at >= 0) waiting.splice(at, 1);
    open.answered(codec.answer(isGranted ? 'granted' : 'denied', args));
  };
  const next = (): void => {
    if (current !== undefined) return;
    current = waiting.shift();
    if (current === undefined) return;
    current.beganMs = clock.monoMs();
    current.begin();
  };
  const release = (open: Open): void => {
    if (current !== open) return;
    current = undefined;
    next();
  };
  const giveUp = (open: Open): void => {
    answer(open, false, open.shown);
    const leftMs = open.beganMs + decidedWithinMs - clock.monoMs();
    if (current === open && leftMs > 0) open.cancel = clock.after(leftMs, () => release(open));
    else release(open);
  };
  const undecided = (): Open | undefined => (current?.isAnswered === true ? undefined : current);
  return {
    isFull: () => waiting.length >= scansWaitingMax,
    add: (open) => {
      open.cancel = clock.after(codec.answerWithinMs, () => giveUp(open));
      waiting.push(open);
      next();
    },
    undecided,
    decide: (open, isGranted, args) => {
      answer(open, isGranted, args);
      release(open);
    },
    stop: () => {
      const open = undecided();
      for (const one of [...waiting, ...(open === undefined ? [] : [open])]) answer(one, false, {});
      current?.cancel();
      current = undefined;
    },
  };
};

type Memory = {
  readonly find: (key: string) => Exchange | undefined;
  readonly keep: (key: string, exchange: Exchange) => void;
};

/** What a head may ask again because it did not hear the answer. */
const createMemory = (clock: Clock): Memory => {
  const kept: { key: string; atMs: number; exchange: Exchange }[] = [];
  const forget = (): void => {
    const sinceMs = clock.monoMs() - retryWithinMs;
    while ((kept[0]?.atMs ?? Infinity) <= sinceMs || kept.length > rememberedMax) kept.shift();
  };
  return {
    find: (key) => {
      forget();
      return kept.find((one) => one.key === key)?.exchange;
    },
    keep: (key, exchange) => {
      kept.push({ key, atMs: clock.monoMs(), exchange });
      forget();
    },
  };
};

const newExchange = (begin: () => void): Open => {
  const answer = Promise.withResolvers<PushedAnswer>();
  const left = Promise.withResolvers<boolean>();
  return {
    exchange: { answer: answer.promise, left: left.promise, sent: left.resolve },
    begin,
    answered: answer.resolve,
    beganMs: 0,
    isAnswered: false,
    cancel: () => undefined,
    cancelGather: () => undefined,
    shown: {},
  };
};
