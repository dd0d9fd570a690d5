import type { Cancel, Clock } from '../ports.ts';
import { GatewayError } from '../errors.ts';
import { createSchedule } from './bus-schedule.ts';
import type { PollWish, Schedule } from './bus-schedule.ts';

/** Commands that wait for one line; a further one is refused at once. */
export const commandsWaitingMax = 128;
/** A wire that never falls silent is used all the same: else its devices would just hang. */
export const restMaxMs = 2_000;

export type Poll<L> = PollWish & {
  /** One exchange. @returns whether the unit answered, if only to refuse; never rejects */
  readonly run: (line: L) => Promise<boolean>;
};
export type Command<L, T> = {
  readonly unit: string;
  readonly run: (line: L) => Promise<T>;
};

export type PollHandle = {
  readonly hurry: () => void;
  readonly actualEveryMs: () => number;
  readonly remove: () => void;
};

/** The one owner of a line: one exchange at a time, commands before polls. */
export type Bus<L> = {
  readonly poll: (poll: Poll<L>) => PollHandle;
  /** Rejects with GW_NOT_SENT where it was never sent; else as `run` does. */
  readonly command: <T>(command: Command<L, T>) => Promise<T>;
  readonly setSilent: (unit: string, isSilent: boolean) => void;
  /** @param line undefined = it was lost: what waits is not sent */
  readonly setLine: (line: L | undefined) => void;
};

type Waiting<L> = {
  readonly run: (line: L) => Promise<boolean>;
  readonly refuse: (why: string) => void;
};

/** Errors of a command that never left the gateway. */
export const isNotSent = (error: unknown): boolean =>
  error instanceof GatewayError && error.code === 'GW_NOT_SENT';

export type BusOptions<L> = {
  readonly clock: Clock;
  /** How long the wire must rest before this unit may be asked. */
  readonly restMs: (line: L, unit: string) => number;
};

type State<L> = {
  readonly options: BusOptions<L>;
  readonly schedule: Schedule;
  readonly polls: Map<number, Poll<L>>;
  readonly waiting: Map<number, Waiting<L>>;
  line: L | undefined;
  isBusy: boolean;
  freeSinceMs: number;
  cancel: Cancel;
};

export const createBus = <L>(options: BusOptions<L>): Bus<L> => {
  const bus: State<L> = {
    options,
    schedule: createSchedule(),
    polls: new Map(),
    waiting: new Map(),
    line: undefined,
    isBusy: false,
    freeSinceMs: options.clock.monoMs(),
    cancel: () => undefined,
  };
  return {
    poll: (poll) => addPoll(bus, poll),
    command: (wanted) => command(bus, wanted),
    setSilent: bus.schedule.setSilent,
    setLine: (line) => {
      bus.line = line;
      if (line === undefined) refuseWaiting(bus);
      else bus.schedule.reset();
      pump(bus);
    },
  };
};

/** Begins what is next, where the wire is free. */
const pump = <L>(bus: State<L>): void => {
  const { line, schedule } = bus;
  const { clock } = bus.options;
  bus.cancel();
  if (bus.isBusy || line === undefined) return;
  const choice = schedule.next(clock.monoMs(), restMs(bus, line));
  if (choice.kind === 'wait') {
    const waitMs = choice.untilMs - clock.monoMs();
    if (waitMs < Infinity) bus.cancel = clock.after(Math.max(0, waitMs), () => pump(bus));
    return;
  }
  const run = (choice.kind === 'poll' ? bus.polls : bus.waiting).get(choice.id)?.run;
  bus.waiting.delete(choice.id);
  if (run === undefined) schedule.remove(choice.id);
  else void carryOut(bus, choice.id, () => run(line));
};

const carryOut = async <L>(
  bus: State<L>,
  id: number,
  run: () => Promise<boolean>,
): Promise<void> => {
  const { line, schedule } = bus;
  const { clock } = bus.options;
  bus.isBusy = true;
  const fromMs = clock.monoMs();
  const isAnswered = await run();
  const toMs = clock.monoMs();
  bus.isBusy = false;
  bus.freeSinceMs = toMs;
  const rests = line === undefined ? () => 0 : restMs(bus, line);
  schedule.done(id, { fromMs, toMs, isAnswered }, rests);
  pump(bus);
};

const restMs =
  <L>({ options, freeSinceMs }: State<L>, line: L) =>
  (unit: string): number =>
    options.clock.monoMs() - freeSinceMs >= restMaxMs ? 0 : options.restMs(line, unit);

const addPoll = <L>(bus: State<L>, poll: Poll<L>): PollHandle => {
  const { schedule } = bus;
  const id = schedule.addPoll(poll);
  bus.polls.set(id, poll);
  pump(bus);
  return {
    hurry: () => {
      schedule.hurry(id);
      pump(bus);
    },
    actualEveryMs: () => schedule.actualEveryMs(id),
    remove: () => {
      bus.polls.delete(id);
      schedule.remove(id);
    },
  };
};

const command = <L, T>(bus: State<L>, { unit, run }: Command<L, T>): Promise<T> => {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const refuse = (why: string): void => reject(new GatewayError('GW_NOT_SENT', why));
  if (bus.line === undefined) refuse('the line is closed');
  else if (bus.waiting.size >= commandsWaitingMax) refuse('too many commands wait');
  else {
    bus.waiting.set(bus.schedule.addCommand(unit), {
      refuse,
      run: (line) => {
        const running = run(line);
        resolve(running);
        return running.then(
          () => true,
          () => false,
        );
      },
    });
    pump(bus);
  }
  return promise;
};

const refuseWaiting = <L>({ waiting, schedule }: State<L>): void => {
  for (const [id, { refuse }] of waiting) {
    schedule.remove(id);
    refuse('the line was lost');
  }
  waiting.clear();
};
