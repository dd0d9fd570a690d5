import { eventId } from '@gatehouse/protocols';
import type { Stream, UseView } from '@gatehouse/protocols';
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
};

/** Decisions about a card at a door: granted and refused alike, for its owner has to see both. */
const selectUses = `
  select e.gateway, e.epoch, e.stream, e.seq, coalesce(e.at_corrected, e.at) as at, e.kind, e.card,
    e.door,
    coalesce(d.name_zh, e.door) as name_zh, coalesce(d.name_en, e.door) as name_en,
    coalesce(e.data ->> 'reason', '') as reason,
    case when jsonb_typeof(e.data -> 'counter') = 'number'
      then (e.data -> 'counter')::float8 end as counter
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
});

/** The last uses of one card of a person, newest first, at most `usesMax`. */
export const usesOfCard = async (
  db: Queryable,
  {
    person,
    card,
    limit,
  }: { readonly person: string; readonly card: string; readonly limit: number },
): Promise<readonly UseView[]> => {
  const rows = await db.query<UseRow>(
    `${selectUses} and e.person = $1::uuid and e.card = $2::uuid
     order by e.at desc, e.gateway, e.epoch, e.stream, e.seq limit $3`,
    [person, card, Math.min(limit, usesMax)],
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
