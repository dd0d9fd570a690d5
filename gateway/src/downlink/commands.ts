import { Command, eventId } from '@gatehouse/protocols';
import type { CommandFailure, NewEvent } from '@gatehouse/protocols';
import { unlockDefaultMs } from '../access/scans.ts';
import type { Door, Unlocked } from '../access/scans.ts';
import type { EventBody } from '../events.ts';
import type { Keeper } from '../policy/keeper.ts';
import type { CommandEntry, Ports } from '../ports.ts';

/** Ids of commands seen in this run; a command lives ten seconds, so few are enough. */
export const seenMax = 1_000;

export type CommandsOptions = {
  readonly ports: Pick<Ports, 'clock' | 'journal' | 'log'>;
  readonly gateway: string;
  readonly keeper: Pick<Keeper, 'roster' | 'trust'>;
  readonly door: (id: string) => Door | undefined;
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
  const run = createRun(options);
  const rows = createRows(options);

  const onCommand = async (jws: string): Promise<void> => {
    const command = await options.keeper.trust.open('command', Command, jws, clock.nowMs());
    if (command?.gateway !== options.gateway) return log.warn('command.refused');
    if (!isNew(command.id)) return;
    const { id, door, action, actor } = command;
    const entry: CommandEntry = { id, door, action, actor };
    const admitted = admit(options, command);
    return 'reason' in admitted
      ? rows.refuse(entry, admitted.reason)
      : run(entry, admitted.deadlineMs);
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
): { readonly deadlineMs: number } | { readonly reason: CommandFailure } => {
  if (command.session !== options.session()) return { reason: 'other_session' };
  const beatAt = options.beatAtMs(command.beat);
  if (beatAt === undefined) return { reason: 'expired' };
  const deadlineMs = beatAt + command.ttlMs;
  if (options.ports.clock.monoMs() > deadlineMs) return { reason: 'expired' };
  if (options.door(command.door) === undefined) return { reason: 'door_unknown' };
  return { deadlineMs };
};

type Rows = {
  readonly failed: (entry: CommandEntry, reason: CommandFailure) => NewEvent;
  /** Refused before anything began: journalled where the disk allows, else the log must do. */
  readonly refuse: (entry: CommandEntry, reason: CommandFailure) => Promise<void>;
  readonly end: (entry: CommandEntry, events: readonly NewEvent[]) => Promise<void>;
};

const createRows = ({ ports, event }: CommandsOptions): Rows => {
  const { journal, log } = ports;
  const failed: Rows['failed'] = (entry, reason) =>
    reason === 'expired'
      ? event({ kind: 'command.expired', door: entry.door, data: dataOf(entry) })
      : event({ kind: 'command.failed', door: entry.door, data: { ...dataOf(entry), reason } });
  return {
    failed,
    refuse: async (entry, reason) => {
      await journal.append({ events: [failed(entry, reason)] }).catch((error: unknown) => {
        log.warn('command.unwritten', { command: entry.id, reason, error });
      });
    },
    end: async (entry, events) => {
      await journal.append({ events, commandEnded: entry.id }).catch((error: unknown) => {
        // It stays open in the journal: the next start says `unknown_outcome`, which is true.
        log.warn('command.unwritten', { command: entry.id, error });
      });
    },
  };
};

/** Carries an admitted command out: on disk, then at the door, then its outcome on disk. */
const createRun = (
  options: CommandsOptions,
): ((entry: CommandEntry, deadlineMs: number) => Promise<void>) => {
  const { ports, event, keeper } = options;
  const rows = createRows(options);

  const outcomeRows = (entry: CommandEntry, sent: NewEvent, unlocked: Unlocked): NewEvent[] =>
    ({
      confirmed: () => [
        sent,
        event({ kind: 'command.confirmed', door: entry.door, data: dataOf(entry) }),
      ],
      not_confirmed: () => [sent, rows.failed(entry, 'unlock_failed')],
      // These two never left the gateway.
      expired: () => [rows.failed(entry, 'expired')],
      failed: () => [rows.failed(entry, 'unlock_failed')],
    })[unlocked]();

  return async (entry, deadlineMs) => {
    const accepted = event({ kind: 'command.accepted', door: entry.door, data: dataOf(entry) });
    // The id is on disk before the driver hears of it: after a power cut it never runs twice.
    const begun = await ports.journal
      .append({ events: [accepted], commandBegun: entry })
      .catch(() => undefined);
    if (begun?.ok !== true) return rows.refuse(entry, 'journal_failed');
    const door = options.door(entry.door);
    if (door?.ready() !== true) return rows.end(entry, [rows.failed(entry, 'door_not_ready')]);
    const [ref] = begun.refs;
    const sent = event({ kind: 'command.sent', door: entry.door, data: dataOf(entry) });
    const unlocked = await door.unlock({
      side: 'entry',
      cause: ref === undefined ? entry.id : eventId(ref),
      ms: keeper.roster().door(entry.door)?.unlockMs ?? unlockDefaultMs,
      deadlineMs,
    });
    return rows.end(entry, outcomeRows(entry, sent, unlocked));
  };
};

const dataOf = ({ id, action, actor }: CommandEntry) => ({ command: id, action, actor });
