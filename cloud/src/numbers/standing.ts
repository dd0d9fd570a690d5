/**
 * Issued cards with how each stands; number-views.ts defines the words. `$1` = now (timestamptz),
 * `$2` = days without a use before a card counts as never used.
 */
export const standing = `
  select c.id as card, c.number, c.person, c.valid_from, p.affiliation, p.name_zh, p.name_en,
    p.unit_zh, p.unit_en, k.enrolled_at, a.last_granted_at, coalesce(a.grants, 0) as grants,
    k.id is not null as enrolled,
    coalesce(a.last_granted_at > $1::timestamptz - interval '7 days', false) as active7,
    coalesce(a.last_granted_at > $1::timestamptz - interval '30 days', false) as active30,
    a.last_granted_at is null
      and c.valid_from < $1::timestamptz - make_interval(days => $2::int4) as never
  from card c
  join card_holder p on p.card = c.id
  left join credential k on k.card = c.id and k.revoked_at is null
  left join card_activity a on a.card = c.id
  where c.state = 'active' and c.valid_from <= $1::timestamptz and c.valid_to > $1::timestamptz`;

export type StandingRow = {
  readonly card: string;
  readonly number: string;
  readonly person: string;
  readonly valid_from: Date;
  readonly affiliation: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly unit_zh: string;
  readonly unit_en: string;
  readonly enrolled_at: Date | null;
  readonly last_granted_at: Date | null;
  readonly grants: number;
};
