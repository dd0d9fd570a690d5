import { eventId, parseEventId } from '@gatehouse/protocols';
import type { Stream, UseView } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';
import type { BatchRange } from './event-queries.ts';

export const usesMax = 200;

type UseRow = {
  readonly gateway: string;
  readonly epoch: string;
  readonly stream: Stream;
  readonly seq: number;
  readonly at: Date;
  readonly kind: string;
  readonly card: string;
  readonly door: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly reason: string;
  readonly counter: number | null;
  readonly phone_off_ms: number | null;
};

/** Decisions about a card at a door: granted and refused alike, for its owner has to see both. */
const selectUses = `
  select e.gateway, e.epoch, e.stream, e.seq, coalesce(e.at_corrected, e.at) as at, e.kind, e.card,
    e.door,
    coalesce(d.name_zh, e.door) as name_zh, coalesce(d.name_en, e.door) as name_en,
    coalesce(e.data ->> 'reason', '') as reason,
    case when jsonb_typeof(e.data -> 'counter') = 'number'
      then (e.data -> 'counter')::float8 end as counter,
    case when jsonb_typeof(e.data -> 'phoneOffMs') = 'number'
      then (e.data -> 'phoneOffMs')::float8 end as phone_off_ms
  from event e
  left join door d on d.id = e.door
  where e.kind in ('access.granted', 'access.denied') and e.door is not null`;

const useView = (row: UseRow): UseView => ({
  id: eventId(row),
  at: row.at.toISOString(),
  granted: row.kind === 'access.granted',
  reason: row.reason,
  door: { id: row.door, name: { zh: row.name_zh, en: row.name_en } },
  counter: Number.isSafeInteger(row.counter) ? row.counter : null,
  ...(row.phone_off_ms === null ? {} : { phoneOffMs: Math.round(row.phone_off_ms) }),
});

type UsesWish = {
  readonly person: string;
  readonly card: string;
  /** At most `usesMax`. */
  readonly limit: number;
  /** Id of a use of this person: those that come after it in the list. */
  readonly before?: string | undefined;
};

/** When the event of these four happened; null where it is not this person's. */
const edgeAt = `(select b.at from event b where b.person = $1::uuid
  and (b.gateway, b.epoch, b.stream, b.seq) = ($4, $5, $6, $7::int8) order by b.at limit 1)`;
/** What stands behind it in the list. */
const behind = `and e.at <= ${edgeAt} and (e.at < ${edgeAt}
  or (e.gateway, e.epoch, e.stream, e.seq) > ($4, $5, $6, $7::int8))`;

/**
 * The last uses of one card of a person, newest first; none behind an id that is not the person's.
 * @throws CloudError CL_BAD_REQUEST where `before` is no event id
 */
export const usesOfCard = async (
  db: Queryable,
  { person, card, limit, before }: UsesWish,
): Promise<readonly UseView[]> => {
  const from = before === undefined ? undefined : parseEventId(before);
  if (before !== undefined && from === undefined) throw new CloudError('CL_BAD_REQUEST', 'before');
  const rows = await db.query<UseRow>(
    `${selectUses} and e.person = $1::uuid and e.card = $2::uuid
     ${from === undefined ? '' : behind}
     order by e.at desc, e.gateway, e.epoch, e.stream, e.seq limit $3`,
    [
      ...[person, card, Math.min(limit, usesMax)],
      ...(from === undefined ? [] : [from.gateway, from.epoch, from.stream, from.seq]),
    ],
  );
  return rows.map(useView);
};

/** The uses that one batch brought, by card, in the gateway's order: for the phones' streams. */
export const usesOfBatch = async (
  db: Queryable,
  { gateway, epoch, stream, from, to }: BatchRange,
): Promise<ReadonlyMap<string, readonly UseView[]>> => {
  const rows = await db.query<UseRow>(
    `${selectUses} and e.card is not null
     and e.gateway = $1 and e.epoch = $2 and e.stream = $3 and e.seq between $4 and $5
     order by e.seq`,
    [gateway, epoch, stream, from, to],
  );
  const byCard = new Map<string, UseView[]>();
  for (const row of rows) {
    const uses = byCard.get(row.card) ?? [];
    uses.push(useView(row));
    byCard.set(row.card, uses);
  }
  return byCard;
};
