import type { Command, CommandFailure, NewEvent } from '@gatehouse/protocols';
import { unlockDefaultMs } from '../access/scans.ts';
import type { Door, Unlocked } from '../access/doorway.ts';
import { argsFault } from '../device-reports/args.ts';
import { isOfItsDoor } from '../device-reports/field-devices.ts';
import type { DeviceAbout, FieldDevices } from '../device-reports/field-devices.ts';
import type { CommandResult } from '../drivers/driver.ts';
import type { Keeper } from '../policy/keeper.ts';
import type { CommandEntry } from '../ports.ts';
import type { CommandRows } from './command-rows.ts';

export type OrderParts = {
  readonly keeper: Pick<Keeper, 'roster'>;
  readonly door: (id: string) => Door | undefined;
  readonly devices: Pick<FieldDevices, 'run'>;
  readonly about: (device: string) => DeviceAbout | undefined;
  /** Writes an event for which nobody waits. */
  readonly record: (event: NewEvent) => void;
  readonly rows: CommandRows;
};

/** What a command asks for: where it goes, whether it may, and how it is done. */
export type Order = {
  readonly entry: CommandEntry;
  /** Asked before anything is written. */
  readonly refusal: () => CommandFailure | undefined;
  /** Once it is on disk. @returns the rows that tell how it went */
  readonly carryOut: (begun: {
    /** Event or command that is on the journal. */
    readonly cause: string;
    /** Monotonic; not begun later. */
    readonly deadlineMs: number;
  }) => Promise<readonly NewEvent[]>;
};

const unlockOrder = (parts: OrderParts, command: Command): Order | undefined => {
  const { id, door, action, actor } = command;
  if (door === undefined) return undefined;
  const { rows, keeper } = parts;
  const entry: CommandEntry = { id, door, action, actor };
  const outcomes: Readonly<Record<Unlocked, (sent: NewEvent) => readonly NewEvent[]>> = {
    confirmed: (sent) => [sent, rows.of('command.confirmed', entry)],
    sent: (sent) => [sent],
    not_confirmed: (sent) => [sent, rows.failed(entry, 'unlock_failed')],
    // These two never left the gateway.
    expired: () => [rows.failed(entry, 'expired')],
    failed: () => [rows.failed(entry, 'unlock_failed')],
  };
  return {
    entry,
    refusal: () => {
      const held = parts.door(door);
      if (held === undefined) return 'door_unknown';
      return held.onlyAnswers === true ? 'only_answers' : undefined;
    },
    carryOut: async ({ cause, deadlineMs }) => {
      const held = parts.door(door);
      if (held?.ready() !== true) return [rows.failed(entry, 'door_not_ready')];
      const sent = rows.of('command.sent', entry);
      const ms = keeper.roster().door(door)?.unlockMs ?? unlockDefaultMs;
      const unlocked = await held.unlock({ side: 'entry', cause, ms, deadlineMs });
      return outcomes[unlocked](sent);
    },
  };
};

const runFailures: Readonly<Partial<Record<CommandResult['outcome'], CommandFailure>>> = {
  not_confirmed: 'not_confirmed',
  refused: 'device_refused',
  expired: 'expired',
  failed: 'device_silent',
};

/** Why a device of ours does not carry this out, found before anything is sent or written. */
const runRefusal = (
  about: DeviceAbout | undefined,
  { command, args }: NonNullable<Command['run']>,
): CommandFailure | undefined => {
  if (about === undefined) return 'device_unknown';
  const { commands = {}, safety } = about.profile.model;
  const entry = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (entry === undefined) return 'bad_args';
  // Its door is opened by `unlock` alone, which knows mode, passage and policy. What latches needs
  // a re-lock that is on disk before it (E6), which a bare command has not.
  const latches = Object.hasOwn(safety?.latch ?? {}, command);
  if (isOfItsDoor(about, entry.norm) || latches) return 'not_allowed';
  return argsFault(entry, args) === undefined ? undefined : 'bad_args';
};

const runOrder = (parts: OrderParts, wanted: Command): Order | undefined => {
  const { id, device, run, action, actor } = wanted;
  if (device === undefined || run === undefined) return undefined;
  const { rows } = parts;
  const entry: CommandEntry = { id, device, run: run.command, action, actor };
  return {
    entry,
    refusal: () => runRefusal(parts.about(device), run),
    carryOut: async ({ deadlineMs }) => {
      let isSent = false;
      // Told at once: its confirmation may take two minutes.
      const mayStart = (): boolean => {
        if (!isSent) parts.record(rows.of('command.sent', entry));
        isSent = true;
        return true;
      };
      const options = { deadlineMs, mayStart };
      const { outcome } = await parts.devices.run(device, run.command, run.args, options);
      if (outcome === 'confirmed') return [rows.of('command.confirmed', entry)];
      const failure = runFailures[outcome];
      return failure === undefined ? [] : [rows.failed(entry, failure)];
    },
  };
};

/** One row for each action that a command may have. */
export const orders: Readonly<
  Record<Command['action'], (parts: OrderParts, command: Command) => Order | undefined>
> = { unlock: unlockOrder, run: runOrder };
