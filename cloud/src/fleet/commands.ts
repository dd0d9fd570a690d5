import {
  commandTtlMsMax,
  downTopic,
  signedTypes,
  silentAfterMs,
  uuidv7,
} from '@gatehouse/protocols';
import type { Command, CommandFailure, CommandView, FeedItem } from '@gatehouse/protocols';
import { appendAudit } from '../audit/audit.ts';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Cancel, Ports, Queryable } from '../ports.ts';
import { advance, begun, commandEvents } from './command-steps.ts';
import type { CommandProgress, CommandStep } from './command-steps.ts';

export type CommandPorts = Pick<
  Ports,
  'broker' | 'clock' | 'database' | 'log' | 'primitives' | 'random' | 'signer'
>;

export type UnlockWish = {
  readonly door: string;
  /** The person who asks. */
  readonly actor: string;
  /** Shown in audit; at most 200 characters. */
  readonly reason: string;
  /** From now until it may run no more, at least 100; default 5 s. */
  readonly ttlMs?: number;
};

export type Commands = {
  /** Expires what nobody answered, from now on and from before. */
  readonly start: () => void;
  readonly stop: () => void;
  /**
   * Opens a door once. Everything that happens afterwards comes by the feed, `command.changed`.
   * Where the gateway is not there, the view that comes back is `failed` with `gateway_offline`.
   * @throws CloudError CL_NOT_FOUND for a door that is not
   */
  readonly sendUnlock: (wish: UnlockWish) => Promise<CommandView>;
};

/** Name of the consumer that follows what gateways tell of commands. */
export const commandsConsumer = 'commands';

const ttlMsDefault = 5_000;
/** For the way of an outcome through journal, batch and ingest. */
const answerMs = 3_000;
const sweepEveryMs = 15_000;

export const createCommands = (ports: CommandPorts): Commands => {
  const { broker, clock, database, log, signer } = ports;
  const timers = new Set<Cancel>();
  let stopped = false;

  const later = (delayMs: number, name: string, run: () => Promise<unknown>): void => {
    if (stopped) return;
    const cancel = clock.after(delayMs, () => {
      timers.delete(cancel);
      run().catch((error: unknown) => {
        log.info('commands.not_swept', { name, error });
      });
    });
    timers.add(cancel);
  };

  const expire = (id: string): Promise<boolean> =>
    database.transaction((tx) =>
      step(tx, id, { state: 'expired', at: clock.nowMs(), by: 'cloud' }),
    );
  /** Those of an earlier run, and those whose timer met a database that was away. */
  const sweep = async (): Promise<void> => {
    later(sweepEveryMs, 'sweep', sweep);
    const before = new Date(clock.nowMs() - commandTtlMsMax - answerMs);
    const rows = await database.query<{ id: string }>(
      `select id from command where state in ('accepted', 'at_gateway', 'sent')
         and created_at < $1 order by created_at limit 100`,
      [before],
    );
    for (const { id } of rows) await expire(id);
  };

  const send = async (begunCommand: Begun): Promise<void> => {
    const { gateway, id } = begunCommand.command;
    try {
      const jws = await signer.sign('command', signedTypes.command, begunCommand.command);
      await broker.publish(downTopic(gateway, 'command'), jws);
    } catch (error) {
      log.warn('command.not_sent', { gateway, command: id, error });
      await database.transaction((tx) => fail(tx, id, clock.nowMs(), 'gateway_offline'));
    }
  };

  return {
    start: () => {
      later(0, 'sweep', sweep);
    },
    stop: () => {
      stopped = true;
      for (const cancel of timers) cancel();
    },
    sendUnlock: async (wish) => {
      const id = uuidv7(clock.nowMs(), ports.random(10));
      // Written first: an order that nobody remembers must not open a door.
      const opened = await database.transaction((tx) => begin(tx, ports, { ...wish, id }));
      if (opened !== undefined) {
        later(opened.command.ttlMs + answerMs, 'expire', () => expire(id));
        await send(opened);
      }
      const [view] = await commandViews(database, [id]);
      if (view === undefined) throw new CloudError('CL_NOT_FOUND', id);
      return view;
    },
  };
};

type Begun = { readonly command: Command };

type DoorRow = {
  readonly gateway: string;
  readonly session: string | null;
  readonly online: boolean | null;
  readonly beat: number | null;
  readonly last_beat_at: Date | null;
};

/**
 * Writes the command, its audit row and its feed item.
 * @returns what to send, or undefined where the gateway is not there: it has failed already
 */
const begin = async (
  tx: Queryable,
  { clock, primitives }: CommandPorts,
  { id, door, actor, reason, ttlMs = ttlMsDefault }: UnlockWish & { readonly id: string },
): Promise<Begun | undefined> => {
  const [row] = await tx.query<DoorRow>(
    `select d.gateway, s.session, s.online, s.beat, s.last_beat_at
     from door d left join gateway_status s on s.gateway = d.gateway where d.id = $1`,
    [door],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', door);
  const nowMs = clock.nowMs();
  const { gateway, session } = row;
  const beatAgeMs = nowMs - (row.last_beat_at?.getTime() ?? 0);
  const isThere =
    row.online === true && session !== null && (row.beat ?? 0) > 0 && beatAgeMs < silentAfterMs;
  const progress = isThere ? begun(nowMs) : failedAtOnce(nowMs);
  await tx.query(
    `insert into command (id, gateway, door, action, actor, reason, state, failure, steps,
       created_at) values ($1, $2, $3, 'unlock', $4, $5, $6, $7, $8, $9)`,
    [
      id,
      gateway,
      door,
      actor,
      reason,
      progress.state,
      progress.failure,
      JSON.stringify(progress.steps),
      new Date(nowMs),
    ],
  );
  const detail = { command: id, gateway, reason, state: progress.state };
  const entry = { atMs: nowMs, actor, action: 'door.unlock', subject: door, detail };
  await appendAudit(tx, entry, primitives.sha256);
  await tellChange(tx, nowMs, { id, gateway, door, state: progress.state });
  if (!isThere) return undefined;
  // The gateway counts from the beat, which is as old as this when the command leaves.
  const life = Math.min(commandTtlMsMax, Math.max(100, Math.round(ttlMs + Math.max(0, beatAgeMs))));
  const beat = row.beat ?? 0;
  const action = 'unlock';
  return { command: { id, gateway, session, beat, ttlMs: life, door, action, actor, reason } };
};

const failedAtOnce = (nowMs: number): CommandProgress =>
  advance(begun(nowMs), { state: 'failed', at: nowMs, by: 'cloud', failure: 'gateway_offline' });

type Changed = {
  readonly id: string;
  readonly gateway: string;
  readonly door: string;
  readonly state: string;
};

const tellChange = async (
  tx: Queryable,
  atMs: number,
  { id, gateway, door, state }: Changed,
): Promise<void> => {
  const data = { gateway, door, state };
  await appendFeed(tx, atMs, { kind: 'domain', name: 'command.changed', subject: id, data });
};

const fail = (tx: Queryable, id: string, atMs: number, failure: CommandFailure): Promise<boolean> =>
  step(tx, id, { state: 'failed', at: atMs, by: 'cloud', failure });

type CommandRow = CommandProgress & { readonly gateway: string; readonly door: string };

/** @returns whether that changed anything */
const step = async (
  tx: Queryable,
  id: string,
  next: CommandStep & { readonly failure?: string },
  gateway?: string,
): Promise<boolean> => {
  const [row] = await tx.query<CommandRow>(
    'select gateway, door, state, failure, steps from command where id = $1 for update',
    [id],
  );
  // A gateway speaks of its own commands alone.
  if (row === undefined || (gateway !== undefined && row.gateway !== gateway)) return false;
  const progress = advance(row, next);
  if (progress === row) return false;
  await tx.query('update command set state = $2, failure = $3, steps = $4 where id = $1', [
    id,
    progress.state,
    progress.failure,
    JSON.stringify(progress.steps),
  ]);
  await tellChange(tx, next.at, {
    id,
    gateway: row.gateway,
    door: row.door,
    state: progress.state,
  });
  return true;
};

type EventRow = {
  readonly kind: string;
  readonly at: Date;
  readonly data: { readonly command?: unknown; readonly reason?: unknown };
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Takes what a batch tells of commands into their rows. A `handle` of `runConsumer`. */
export const followCommands = async (tx: Queryable, { what }: FeedItem): Promise<void> => {
  if (what.kind !== 'batch') return;
  const rows = await tx.query<EventRow>(
    `select kind, coalesce(at_corrected, at) as at, data from event
     where gateway = $1 and epoch = $2 and stream = $3 and seq between $4 and $5
       and kind = any ($6) order by seq`,
    [what.gateway, what.epoch, what.stream, what.from, what.to, Object.keys(commandEvents)],
  );
  for (const { kind, at, data } of rows) {
    const state = commandEvents[kind];
    const { command: id, reason } = data;
    if (state === undefined || typeof id !== 'string' || !uuid.test(id)) continue;
    const failure = typeof reason === 'string' ? { failure: reason } : {};
    await step(tx, id, { state, at: at.getTime(), by: 'gateway', ...failure }, what.gateway);
  }
};

type ViewRow = CommandProgress & {
  readonly id: string;
  readonly door: string;
  readonly action: string;
};

/** In the order of their making; ids that are no command are left out. */
export const commandViews = async (
  db: Queryable,
  ids: readonly string[],
): Promise<readonly CommandView[]> => {
  const rows = await db.query<ViewRow>(
    `select id, door, action, state, failure, steps from command
     where id = any ($1::uuid[]) order by created_at, id`,
    [ids],
  );
  return rows.map(({ id, door, action, state, failure, steps }) => ({
    id,
    door,
    action,
    state,
    failure,
    steps: steps.map((one) => ({ state: one.state, at: new Date(one.at).toISOString() })),
  }));
};
