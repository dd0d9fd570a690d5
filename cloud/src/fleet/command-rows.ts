import { isSecretArg } from '@gatehouse/device-profiles';
import { commandTtlMsMax, silentAfterMs } from '@gatehouse/protocols';
import type {
  Command,
  CommandFailure,
  CommandView,
  DeviceValue,
  DeviceValues,
  Primitives,
} from '@gatehouse/protocols';
import { appendAudit } from '../audit/audit.ts';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Clock, Queryable } from '../ports.ts';
import { advance, begun } from './command-steps.ts';
import type { CommandProgress, CommandStep } from './command-steps.ts';

/** A door to open, or a command of a device's profile to run. */
export type Target =
  | { readonly door: string }
  | {
      readonly device: string;
      /** The command's name. */
      readonly run: string;
      readonly args: DeviceValues;
      /** Null: the device has no way to confirm it. */
      readonly confirmWithinMs: number | null;
    };

export type Wish = {
  readonly target: Target;
  /** The person who asks. */
  readonly actor: string;
  /** Shown in audit; at most 200 characters. */
  readonly reason: string;
  /** From now until it may run no more, at least 100. */
  readonly ttlMs: number;
};

/** How the rows of a target look. */
type TargetColumns = {
  readonly action: Command['action'];
  readonly door: string | null;
  readonly device: string | null;
  readonly run: string | null;
  readonly confirms: boolean;
  readonly withinMs: number;
};

const columnsOf = (target: Target): TargetColumns => {
  if ('door' in target) {
    const none = { device: null, run: null };
    return { action: 'unlock', door: target.door, ...none, confirms: true, withinMs: 0 };
  }
  const { device, run, confirmWithinMs } = target;
  const confirms = confirmWithinMs !== null;
  return { action: 'run', door: null, device, run, confirms, withinMs: confirmWithinMs ?? 0 };
};

/** What stands in the audit: a PIN, a card or a key goes to the gateway and nowhere else. */
const askedOf = (target: Target) => {
  if ('door' in target) return {};
  const shown = Object.entries(target.args).map(([name, value]): [string, DeviceValue] => [
    name,
    isSecretArg(name) ? '***' : value,
  ]);
  return { run: target.run, args: Object.fromEntries(shown) };
};

/** What goes to the gateway. */
const orderOf = (target: Target) =>
  'door' in target
    ? { door: target.door }
    : { device: target.device, run: { command: target.run, args: target.args } };

type PlaceRow = {
  readonly gateway: string;
  readonly session: string | null;
  readonly online: boolean | null;
  readonly beat: number | null;
  readonly last_beat_at: Date | null;
};

/** @throws CloudError CL_NOT_FOUND */
const placeOf = async (tx: Queryable, target: Target): Promise<PlaceRow> => {
  const [table, id] = 'door' in target ? ['door', target.door] : ['device', target.device];
  const [row] = await tx.query<PlaceRow>(
    `select d.gateway, s.session, s.online, s.beat, s.last_beat_at
     from ${table} d left join gateway_status s on s.gateway = d.gateway where d.id = $1`,
    [id],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', id);
  return row;
};

export type RowPorts = {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly primitives: Pick<Primitives, 'sha256'>;
};

/**
 * Writes the command, its audit row and its feed item.
 * @returns what to send, or undefined where the gateway is not there: it has failed already
 * @throws CloudError CL_NOT_FOUND
 */
export const beginCommand = async (
  tx: Queryable,
  { clock, primitives }: RowPorts,
  { id, target, actor, reason, ttlMs }: Wish & { readonly id: string },
): Promise<Command | undefined> => {
  const row = await placeOf(tx, target);
  const nowMs = clock.nowMs();
  const { gateway, session } = row;
  const beatAgeMs = nowMs - (row.last_beat_at?.getTime() ?? 0);
  const isThere =
    row.online === true && session !== null && (row.beat ?? 0) > 0 && beatAgeMs < silentAfterMs;
  const progress = isThere ? begun(nowMs) : failedAtOnce(nowMs);
  const columns = columnsOf(target);
  await insertCommand(tx, { id, gateway, actor, reason, nowMs, columns, progress });
  const { door, device } = columns;
  const detail = { command: id, gateway, reason, state: progress.state, ...askedOf(target) };
  const about =
    device === null
      ? { action: 'door.unlock', subject: door ?? '' }
      : { action: 'device.run', subject: device };
  await appendAudit(tx, { atMs: nowMs, actor, ...about, detail }, primitives.sha256);
  await tellChange(tx, nowMs, { id, gateway, door, device, state: progress.state });
  if (!isThere) return undefined;
  // The gateway counts from the beat, which is as old as this when the command leaves.
  const life = Math.min(commandTtlMsMax, Math.max(100, Math.round(ttlMs + Math.max(0, beatAgeMs))));
  const { action } = columns;
  const common = { id, gateway, session, beat: row.beat ?? 0, ttlMs: life, action, actor, reason };
  return { ...common, ...orderOf(target) };
};

type Inserted = {
  readonly id: string;
  readonly gateway: string;
  readonly actor: string;
  readonly reason: string;
  readonly nowMs: number;
  readonly columns: TargetColumns;
  readonly progress: CommandProgress;
};

const insertCommand = async (
  tx: Queryable,
  { id, gateway, actor, reason, nowMs, columns, progress }: Inserted,
): Promise<void> => {
  const { action, door, device, run, confirms, withinMs } = columns;
  await tx.query(
    `insert into command (id, gateway, action, door, device, run, confirms, within_ms, actor,
       reason, state, failure, steps, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      ...[id, gateway, action, door, device, run, confirms, withinMs, actor, reason],
      ...[progress.state, progress.failure, JSON.stringify(progress.steps), new Date(nowMs)],
    ],
  );
};

const failedAtOnce = (nowMs: number): CommandProgress =>
  advance(begun(nowMs), { state: 'failed', at: nowMs, by: 'cloud', failure: 'gateway_offline' });

type Changed = {
  readonly id: string;
  readonly gateway: string;
  readonly door: string | null;
  readonly device: string | null;
  readonly state: string;
};

const tellChange = async (tx: Queryable, atMs: number, { id, ...data }: Changed): Promise<void> => {
  await appendFeed(tx, atMs, { kind: 'domain', name: 'command.changed', subject: id, data });
};

export const failCommand = (
  tx: Queryable,
  id: string,
  atMs: number,
  failure: CommandFailure,
): Promise<boolean> => stepCommand(tx, id, { state: 'failed', at: atMs, by: 'cloud', failure });

type CommandRow = CommandProgress & Omit<Changed, 'id' | 'state'> & { readonly confirms: boolean };

/** What has been sent to a device that confirms nothing has come as far as it can. */
const hasEnded = ({ state, confirms }: CommandRow, next: CommandStep): boolean =>
  next.by === 'cloud' && state === 'sent' && !confirms;

/**
 * @param gateway whose word it is; undefined = the cloud's own
 * @returns whether that changed anything
 */
export const stepCommand = async (
  tx: Queryable,
  id: string,
  next: CommandStep & { readonly failure?: string },
  gateway?: string,
): Promise<boolean> => {
  const [row] = await tx.query<CommandRow>(
    `select gateway, door, device, confirms, state, failure, steps from command
     where id = $1 for update`,
    [id],
  );
  // A gateway speaks of its own commands alone.
  if (row === undefined || (gateway !== undefined && row.gateway !== gateway)) return false;
  if (hasEnded(row, next)) return false;
  const progress = advance(row, next);
  if (progress === row) return false;
  await tx.query('update command set state = $2, failure = $3, steps = $4 where id = $1', [
    id,
    progress.state,
    progress.failure,
    JSON.stringify(progress.steps),
  ]);
  const { gateway: of, door, device } = row;
  await tellChange(tx, next.at, { id, gateway: of, door, device, state: progress.state });
  return true;
};

const overdueMax = 100;

/** Commands whose end should be known: made before that, and time to confirm is over too. */
export const overdueCommands = async (db: Queryable, before: Date): Promise<readonly string[]> => {
  const rows = await db.query<{ id: string }>(
    `select id from command
     where (state in ('accepted', 'at_gateway') or (state = 'sent' and confirms))
       and created_at + within_ms * interval '1 millisecond' < $1
     order by created_at limit $2`,
    [before, overdueMax],
  );
  return rows.map(({ id }) => id);
};

type ViewRow = CommandProgress & Pick<CommandView, 'id' | 'door' | 'device' | 'run' | 'action'>;

/** In the order of their making; ids that are no command are left out. */
export const commandViews = async (
  db: Queryable,
  ids: readonly string[],
): Promise<readonly CommandView[]> => {
  const rows = await db.query<ViewRow>(
    `select id, door, device, run, action, state, failure, steps from command
     where id = any ($1::uuid[]) order by created_at, id`,
    [ids],
  );
  return rows.map(({ steps, ...row }) => ({
    ...row,
    steps: steps.map((one) => ({ state: one.state, at: new Date(one.at).toISOString() })),
  }));
};
