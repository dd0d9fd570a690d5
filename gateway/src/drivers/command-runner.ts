import type { Args, CommandEntry, Encoded, Model, Reading } from '@gatehouse/device-profiles';
import type { Clock, Log } from '../ports.ts';
import { isNotSent } from './bus.ts';
import { createConfirmations } from './confirmations.ts';
import type { Confirmation, Confirmations } from './confirmations.ts';
import type { CommandResult, RunOptions } from './driver.ts';

/** `unanswered`: the device may have it. */
export type StepResult =
  | { readonly kind: 'answered' | 'unanswered' }
  | { readonly kind: 'refused'; readonly code: string };

export type CommandRunnerOptions<S> = {
  readonly deviceId: string;
  readonly model: Model;
  readonly encode: (command: string, args: Args) => Encoded<S>;
  /** Rejects with GW_NOT_SENT, and with nothing else. */
  readonly send: (step: S, command: string, mayStart: () => boolean) => Promise<StepResult>;
  /** Asks the device at once. */
  readonly hurry: () => void;
  readonly clock: Clock;
  readonly log: Log;
};

export type CommandRunner = {
  readonly run: (command: string, args: Args, options: RunOptions) => Promise<CommandResult>;
  readonly hear: (reading: Reading, askedAtMs: number) => void;
  /** What waits for its confirmation is not confirmed; what was not sent is not sent. */
  readonly stop: () => void;
};

/** Of these only the newest that waits is worth sending. */
const latestWins: ReadonlySet<string | undefined> = new Set(['reader.show']);

/** One run of one command. */
type Run = {
  readonly entry: CommandEntry;
  readonly deadlineMs: number;
  readonly mayStart: () => boolean;
  isReplaced: boolean;
  isDenied: boolean;
  isBegun: boolean;
  confirmation: Confirmation | undefined;
};

type Runner<S> = {
  readonly options: CommandRunnerOptions<S>;
  readonly confirmations: Confirmations;
  /** By command, of those of which only the newest counts. */
  readonly newest: Map<string, Run>;
  isStopped: boolean;
};

/** From a command of the model to its outcome, on any wire. */
export const createCommandRunner = <S>(options: CommandRunnerOptions<S>): CommandRunner => {
  const confirmations = createConfirmations(options.clock, options.hurry);
  const runner: Runner<S> = { options, confirmations, newest: new Map(), isStopped: false };
  return {
    run: (command, args, run) => runCommand(runner, { command, args, ...run }),
    hear: confirmations.hear,
    stop: () => {
      runner.isStopped = true;
      confirmations.stop();
    },
  };
};

type Wanted = RunOptions & { readonly command: string; readonly args: Args };

const runCommand = async <S>(runner: Runner<S>, wanted: Wanted): Promise<CommandResult> => {
  const { model, encode, clock, log, deviceId } = runner.options;
  const { command } = wanted;
  const commands = model.commands ?? {};
  const entry = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (entry === undefined) return { outcome: 'failed', code: 'unknown_command' };
  const encoded = encode(command, wanted.args);
  if (!encoded.ok) {
    log.debug('device.bad_args', { device: deviceId, command, at: encoded.at });
    return { outcome: 'failed', code: 'bad_args' };
  }
  const run: Run = {
    entry,
    deadlineMs: Math.min(wanted.deadlineMs, clock.monoMs() + entry.expiresInMs),
    mayStart: wanted.mayStart ?? (() => true),
    isReplaced: false,
    isDenied: false,
    isBegun: false,
    confirmation: undefined,
  };
  if (isLate(runner, run)) return { outcome: 'expired' };
  const leave = takePlace(runner, command, run);
  try {
    return await carryOut(runner, run, { command, steps: encoded.sends });
  } catch (error) {
    if (!isNotSent(error)) throw error;
    return notSent(runner, run);
  } finally {
    leave();
  }
};

/** Replaces an older one of its kind that waits. @returns what gives the place up again */
const takePlace = <S>({ newest }: Runner<S>, command: string, run: Run): (() => void) => {
  if (!latestWins.has(run.entry.norm)) return () => undefined;
  const older = newest.get(command);
  if (older !== undefined) older.isReplaced = true;
  newest.set(command, run);
  return () => {
    if (newest.get(command) === run) newest.delete(command);
  };
};

const isLate = <S>({ options }: Runner<S>, run: Run): boolean =>
  options.clock.monoMs() > run.deadlineMs;

/** Asked at the moment of sending each step. */
const mayBegin = <S>(runner: Runner<S>, run: Run): boolean => {
  run.isDenied = runner.isStopped || run.isReplaced || isLate(runner, run) || !run.mayStart();
  if (run.isDenied) return false;
  run.isBegun = true;
  // Only what is asked after the last step was sent says that it worked.
  run.confirmation?.cancel();
  const { confirmBy } = run.entry;
  if (confirmBy !== undefined && confirmBy.reply !== true) {
    run.confirmation = runner.confirmations.expect(confirmBy, runner.options.clock.monoMs());
  }
  return true;
};

const carryOut = async <S>(
  runner: Runner<S>,
  run: Run,
  { command, steps }: { readonly command: string; readonly steps: readonly S[] },
): Promise<CommandResult> => {
  let last: StepResult = { kind: 'answered' };
  for (const step of steps) {
    last = await runner.options.send(step, command, () => mayBegin(runner, run));
    if (last.kind !== 'answered') break;
  }
  const { confirmation, entry } = run;
  if (last.kind === 'refused') {
    confirmation?.cancel();
    return { outcome: 'refused', code: last.code };
  }
  if (confirmation !== undefined) {
    if (runner.isStopped) confirmation.cancel();
    const isConfirmed = await confirmation.outcome();
    return { outcome: isConfirmed ? 'confirmed' : 'not_confirmed' };
  }
  if (last.kind === 'unanswered') return { outcome: 'not_confirmed' };
  return { outcome: entry.confirmBy?.reply === true ? 'confirmed' : 'sent' };
};

/** A step was not sent; one before it may have been. */
const notSent = <S>(runner: Runner<S>, run: Run): CommandResult => {
  run.confirmation?.cancel();
  if (run.isBegun) return { outcome: 'not_confirmed' };
  return run.isDenied || isLate(runner, run)
    ? { outcome: 'expired' }
    : { outcome: 'failed', code: 'line_closed' };
};
