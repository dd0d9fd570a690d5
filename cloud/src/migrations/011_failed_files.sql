-- A file of cards may fail as a whole; cards know the files that made them; present comes first.

-- Up Migration

alter table bulk_job
  drop constraint bulk_job_state_check,
  add constraint bulk_job_state_check check (state in ('checking', 'checked', 'applying', 'applied',
    'stopped', 'failed', 'undoing', 'undone', 'dropped'));
create index bulk_row_card on bulk_row (card) where card is not null;

-- A person with the affiliation that comes first: one that nobody has ended before one that
-- somebody has, then the one that lasts longest, then the oldest. A view is the same at every
-- moment, so it cannot ask whether the last day is over: among affiliations that nobody has ended,
-- one that is over comes after one that is not because it ends earlier. `own-card.ts` orders cards
-- alike. Where a card is known, `card_holder` says it better.
create or replace view person_now as
  select p.id, p.name_zh, p.name_en, p.role, coalesce(a.kind, '') as affiliation,
    coalesce(a.unit_zh, '') as unit_zh, coalesce(a.unit_en, '') as unit_en
  from person p
  left join lateral (
    select * from affiliation f where f.person = p.id
    order by f.ended_at is not null, coalesce(f.valid_to, 'infinity') desc, f.valid_from, f.id
    limit 1
  ) a on true;

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
