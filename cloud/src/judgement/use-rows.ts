import { parseEventId } from '@gatehouse/protocols';
import type { EventRef, NotProvenWhy, Stream, UseVerdict } from '@gatehouse/protocols';
import type { BatchRange } from '../events/event-queries.ts';
import type { Queryable } from '../ports.ts';
import type { KeyAsEnrolled } from './prove.ts';

/** A decision whose pass was accepted, or one that refused a copied key, not yet judged. */
export type Decided = {
  readonly gateway: string;
  readonly epoch: string;
  readonly stream: Stream;
  readonly seq: number;
  /** By the gateway's own clock. */
  readonly at: Date;
  readonly happened_at: Date;
  readonly received_at: Date;
  readonly granted: boolean;
  readonly door: string | null;
  readonly campus: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly credential: string;
  readonly counter: number;
  readonly pass: Uint8Array | null;
};

/**
 * A use is a (credential, counter) in a decision whose pass was accepted: denials and `exit_…`
 * grants are none. A denial as `cloned` comes along: its evidence shows a copied key.
 */
export const decidedIn = (
  tx: Queryable,
  { gateway, epoch, stream, from, to }: BatchRange,
): Promise<readonly Decided[]> =>
  tx.query<Decided>(
    `select e.gateway, e.epoch, e.stream, e.seq, e.at,
       coalesce(e.at_corrected, e.at) as happened_at, e.received_at, e.door, e.data, v.pass,
       e.data ->> 'reason' not in ('cloned', 'exit_cloned') as granted,
       e.data ->> 'credential' as credential, (e.data ->> 'counter')::float8::int8 as counter,
       (select s.campus from gateway g join building b on b.id = g.building
         join site s on s.id = b.site where g.id = e.gateway) as campus
     from event e
     left join evidence v on (v.gateway, v.epoch, v.stream, v.seq)
       = (e.gateway, e.epoch, e.stream, e.seq)
     where e.gateway = $1 and e.epoch = $2 and e.stream = $3 and e.seq between $4 and $5
       and (e.kind = 'access.granted' and not starts_with(e.data ->> 'reason', 'exit_')
         or e.kind in ('access.granted', 'access.denied')
           and e.data ->> 'reason' in ('cloned', 'exit_cloned'))
       and e.data ->> 'credential' ~ '^[0-9a-f]{16}$'
       and e.data ->> 'counter' ~ '^[0-9]{1,10}$'
       and not exists (select from use u where (u.gateway, u.epoch, u.stream, u.seq)
         = (e.gateway, e.epoch, e.stream, e.seq))
     order by e.seq`,
    [gateway, epoch, stream, from, to],
  );

/** A phone key and its card, whatever became of them. */
export type Enrolled = KeyAsEnrolled & {
  readonly id: string;
  readonly card: string;
  readonly person: string;
  readonly revoked_at: Date | null;
};

export const enrolledKeys = async (
  tx: Queryable,
  credentials: readonly string[],
): Promise<ReadonlyMap<string, Enrolled>> => {
  const rows = await tx.query<Enrolled>(
    `select k.id, k.card, c.person, k.alg, k.key, k.revoked_at
     from credential k join card c on c.id = k.card where k.id = any ($1)`,
    [credentials],
  );
  return new Map(rows.map((row) => [row.id, row]));
};

/** When a card was frozen and unfrozen, oldest first. */
export type Freezes = readonly { readonly at: Date; readonly isFrozen: boolean }[];

export const freezesOf = async (
  tx: Queryable,
  cards: readonly string[],
): Promise<ReadonlyMap<string, Freezes>> => {
  const rows = await tx.query<{ card: string; at: Date; isFrozen: boolean }>(
    `select what ->> 'card' as card, at, what ->> 'kind' = 'card.frozen' as "isFrozen"
     from revocation
     where what ? 'card' and what ->> 'card' = any ($1)
       and what ->> 'kind' in ('card.frozen', 'card.unfrozen')
     order by policy_epoch, n`,
    [cards],
  );
  return Map.groupBy(rows, ({ card }) => card);
};

/** The use that stands for a counter. */
export type FirstUse = { readonly id: string; readonly bodySha256: string | null };

export const counterKey = (use: Pick<Decided, 'credential' | 'counter'>): string =>
  `${use.credential}/${use.counter}`;

/** The confirmed uses of these counters, by `counterKey`. */
export const firstUses = async (
  tx: Queryable,
  uses: readonly Pick<Decided, 'credential' | 'counter'>[],
): Promise<Map<string, FirstUse>> => {
  const rows = await tx.query<FirstUse & Pick<Decided, 'credential' | 'counter'>>(
    `select u.credential, u.counter, u.body_sha256 as "bodySha256",
       u.gateway || '.' || u.epoch || '.' || u.stream || '.' || u.seq as id
     from use u join unnest($1::text[], $2::int8[]) as w (credential, counter)
       on w.credential = u.credential and w.counter = u.counter
     where u.verdict = 'confirmed'`,
    [uses.map(({ credential }) => credential), uses.map(({ counter }) => counter)],
  );
  return new Map(rows.map((row) => [counterKey(row), row]));
};

/** A use with what the cloud says of it. */
export type Judged = {
  readonly decided: Decided;
  readonly enrolled: Enrolled | undefined;
  readonly verdict: UseVerdict;
  readonly why: NotProvenWhy | null;
  readonly first: string | null;
  readonly madeAtMs: number | null;
  readonly bodySha256: string | null;
};

const textOf = (value: unknown, charsMax: number): string | null =>
  typeof value === 'string' ? value.slice(0, charsMax) : null;

const columnsOf = (judged: Judged, at: Date): Readonly<Record<string, unknown>> => {
  const { decided, enrolled, verdict, why, first, madeAtMs, bodySha256 } = judged;
  const { gateway, epoch, stream, seq, granted, door, data, credential, counter } = decided;
  return {
    ...{ gateway, epoch, stream, seq, granted, door, credential, counter, verdict, why, first },
    at: decided.happened_at,
    received_at: decided.received_at,
    basis: textOf(data['basis'], 20) ?? 'unknown',
    provisional: data['provisional'] === true,
    claim: textOf(data['claimId'], 36),
    card: enrolled?.card ?? null,
    person: enrolled?.person ?? null,
    made_at: madeAtMs === null ? null : new Date(madeAtMs),
    body_sha256: bodySha256,
    judged_at: at,
  };
};

export const insertUses = async (
  tx: Queryable,
  uses: readonly Judged[],
  atMs: number,
): Promise<void> => {
  const rows = uses.map((use) => columnsOf(use, new Date(atMs)));
  await tx.query('insert into use select * from jsonb_populate_recordset(null::use, $1::jsonb)', [
    JSON.stringify(rows),
  ]);
};

/** The place of a use; undefined where the text is no event id. */
export const useKey = (id: string): readonly (string | number)[] | undefined => {
  const ref: EventRef | undefined = parseEventId(id);
  return ref && [ref.gateway, ref.epoch, ref.stream, ref.seq];
};
