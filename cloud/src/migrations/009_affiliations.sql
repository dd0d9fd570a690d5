-- What a person is to the school, several at a time and over time; each has a card of its own.

-- Up Migration

create table affiliation (
  id uuid primary key,
  person uuid not null references person,
  kind text not null check (kind in ('student', 'teacher', 'staff', 'guardian', 'visitor')),
  unit_zh text not null,
  unit_en text not null,
  valid_from timestamptz not null,
  -- Null: nobody has said so yet.
  valid_to timestamptz,
  -- Of a visitor: who answers for the visit.
  sponsor uuid references person,
  -- Ended by somebody, before its time or at it.
  ended_at timestamptz,
  unique (id, person),
  constraint affiliation_visit check (kind <> 'visitor' or valid_to is not null)
);
create index affiliation_person on affiliation (person, valid_from);
create index affiliation_sponsor on affiliation (sponsor) where sponsor is not null;

alter table card add column affiliation uuid;
-- One for each card; of somebody without a card, one from the beginning.
insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from, valid_to, ended_at)
  select md5('affiliation ' || coalesce(c.id, p.id))::uuid, p.id,
    case when p.affiliation in ('student', 'teacher', 'staff', 'guardian')
      then p.affiliation else 'visitor' end,
    p.unit_zh, p.unit_en, coalesce(c.valid_from, to_timestamp(0)),
    case when c.id is null and p.affiliation in ('student', 'teacher', 'staff', 'guardian')
      then null else coalesce(c.valid_to, to_timestamp(0)) end,
    case when c.state = 'ended' then c.valid_to end
  from person p left join card c on c.person = p.id;
update card set affiliation = md5('affiliation ' || id)::uuid;
alter table card
  alter column affiliation set not null,
  -- A card's person is its affiliation's.
  add constraint card_affiliation foreign key (affiliation, person)
    references affiliation (id, person);
create unique index card_live on card (affiliation) where state <> 'ended';

alter table person
  drop column affiliation,
  drop column unit_zh,
  drop column unit_en;

-- A person with the affiliation that comes first: one that lasts before one that has ended, then
-- the oldest. Where a card is known, `card_holder` says it better.
create view person_now as
  select p.id, p.name_zh, p.name_en, p.role, coalesce(a.kind, '') as affiliation,
    coalesce(a.unit_zh, '') as unit_zh, coalesce(a.unit_en, '') as unit_en
  from person p
  left join lateral (
    select * from affiliation f where f.person = p.id
    order by f.ended_at is not null, f.valid_from, f.id limit 1
  ) a on true;

-- Who holds a card, as whom.
create view card_holder as
  select c.id as card, p.id, p.name_zh, p.name_en, p.role, a.kind as affiliation, a.unit_zh,
    a.unit_en
  from card c
  join affiliation a on a.id = c.affiliation
  join person p on p.id = c.person;

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
