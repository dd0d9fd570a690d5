import { Command, eventId } from '@gatehouse/protocols';
import type { CommandFailure, NewEvent } from '@gatehouse/protocols';
import type { EventBody } from '../events.ts';
import type { Keeper } from '../policy/keeper.ts';
import type { CommandEntry, Ports } from '../ports.ts';
import { createCommandRows } from './command-rows.ts';
import type { CommandRows } from './command-rows.ts';
import { orders } from './orders.ts';
import type { Order, OrderParts } from './orders.ts';

/** Ids of commands seen in this run; a command lives ten seconds, so few are enough. */
export const seenMax = 1_000;

export type CommandsOptions = Omit<OrderParts, 'rows' | 'keeper'> & {
  readonly ports: Pick<Ports, 'clock' | 'journal' | 'log'>;
  readonly gateway: string;
  readonly keeper: Pick<Keeper, 'roster' | 'trust'>;
  readonly event: (body: EventBody) => NewEvent;
  /** The session of the connection that is open, and the monotonic time of a beat of it. */
  readonly session: () => string | undefined;
  readonly beatAtMs: (n: number) => number | undefined;
};

export type Commands = {
  /** A signed command as it came; resolves when its outcome is journalled. */
  readonly onCommand: (jws: string) => Promise<void>;
  /** Begun before a restart and not ended: said, and never run again. */
  readonly settle: (open: readonly CommandEntry[]) => Promise<void>;
};

export const createCommands = (options: CommandsOptions): Commands => {
  const { clock, log } = options.ports;
  const isNew = createSeen();
  const rows = createCommandRows(options);

  const onCommand = async (jws: string): Promise<void> => {
    const command = await options.keeper.trust.open('command', Command, jws, clock.nowMs());
    const order = command && orders[command.action]({ ...options, rows }, command);
    if (command?.gateway !== options.gateway || order === undefined) {
      return log.warn('command.refused');
    }
    if (!isNew(command.id)) return;
    const admitted = admit(options, command, order);
    return 'reason' in admitted
      ? rows.refuse(order.entry, admitted.reason)
      : run(options, rows, order, admitted.deadlineMs);
  };

  return {
    onCommand,
    settle: async (open) => {
      for (const entry of open) await rows.end(entry, [rows.failed(entry, 'unknown_outcome')]);
    },
  };
};

/** True for each id once; beyond the bound the oldest is forgotten. */
const createSeen = (): ((id: string) => boolean) => {
  const seen = new Set<string>();
  return (id) => {
    if (seen.has(id)) return false;
    const [oldest = ''] = seen;
    if (seen.size >= seenMax) seen.delete(oldest);
    seen.add(id);
    return true;
  };
};

/** Monotonic deadline of the command, or why it must not run. */
const admit = (
  options: CommandsOptions,
  command: Command,
  order: Order,
): { readonly deadlineMs: number } | { readonly reason: CommandFailure } => {
  if (command.session !== options.session()) return { reason: 'other_session' };
  const beatAt = options.beatAtMs(command.beat);
  if (beatAt === undefined) return { reason: 'expired' };
  const deadlineMs = beatAt + command.ttlMs;
  if (options.ports.clock.monoMs() > deadlineMs) return { reason: 'expired' };
  const reason = order.refusal();
  return reason === undefined ? { deadlineMs } : { reason };
};

/** Carries an admitted command out: on disk, then at the device, then its outcome on disk. */
const run = async (
  { ports }: CommandsOptions,
  rows: CommandRows,
  { entry, carryOut }: Order,
  deadlineMs: number,
): Promise<void> => {
  const accepted = rows.of('command.accepted', entry);
  // The id is on disk before the driver hears of it: after a power cut it never runs twice.
  const begun = await ports.journal
    .append({ events: [accepted], commandBegun: entry })
    .catch(() => undefined);
  if (begun?.ok !== true) return rows.refuse(entry, 'journal_failed');
  const [ref] = begun.refs;
  const cause = ref === undefined ? entry.id : eventId(ref);
  return rows.end(entry, await carryOut({ cause, deadlineMs }));
};
