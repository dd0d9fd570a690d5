import type { AffiliationKind } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';
import type { Span } from './span-rules.ts';

export type LockedAffiliation = {
  readonly id: string;
  readonly person: string;
  readonly kind: AffiliationKind;
  readonly valid_from: Date;
  readonly valid_to: Date | null;
  readonly ended_at: Date | null;
};

/**
 * Locked until the transaction ends: it gets one card, whoever else issues one. Before its card
 * and its person, as everywhere.
 * @throws CloudError CL_NOT_FOUND
 */
export const lockAffiliation = async (tx: Queryable, id: string): Promise<LockedAffiliation> => {
  const [row] = await tx.query<LockedAffiliation>(
    `select id, person, kind, valid_from, valid_to, ended_at from affiliation
     where id = $1::uuid for update`,
    [id],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'affiliation');
  return row;
};

export const spanOf = ({
  valid_from: from,
  valid_to: to,
}: Pick<LockedAffiliation, 'valid_from' | 'valid_to'>): Span => ({
  fromMs: from.getTime(),
  toMs: to?.getTime() ?? null,
});

/** The card that has not ended, not locked yet. */
export const liveCardOf = async (tx: Queryable, affiliation: string): Promise<string | undefined> =>
  (
    await tx.query<{ id: string }>(
      `select id from card where affiliation = $1::uuid and state <> 'ended'`,
      [affiliation],
    )
  )[0]?.id;

type Days = { readonly from?: string | undefined; readonly to?: string | null | undefined };
type Moments = { readonly fromMs: number | undefined; readonly toMs: number | undefined };

const isDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isFinite(at.getTime()) && at.toISOString().startsWith(day);
};

/**
 * The first moment of a day and the first after another, on the wall of the school.
 * @throws CloudError CL_BAD_REQUEST for a day that no calendar has
 */
export const momentsOf = async (db: Queryable, { from, to }: Days): Promise<Moments> => {
  const days = [from, to].filter((day) => typeof day === 'string');
  if (!days.every(isDay)) throw new CloudError('CL_BAD_REQUEST', 'no such day');
  const [row] = await db.query<{ from: Date | null; to: Date | null }>(
    `select $1::date::timestamp at time zone s.zone as "from",
       ($2::date + 1)::timestamp at time zone s.zone as "to"
     from site s order by s.id limit 1`,
    [from ?? null, to ?? null],
  );
  return { fromMs: row?.from?.getTime(), toMs: row?.to?.getTime() };
};
