-- What people are told.

-- Up Migration

create table notice (
  id uuid primary key,
  person uuid not null references person,
  at timestamptz not null,
  kind text not null,
  data jsonb not null,
  read_at timestamptz
);
create index notice_person on notice (person, at desc, id);

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
