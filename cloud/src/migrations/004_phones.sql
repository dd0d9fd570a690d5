-- Phone keys: which browser made them, and what their owner is told.

-- Up Migration

alter table credential
  -- SHA-256 over the card and the cookie of the browser that enrolled the key: the same browser is
  -- known again, and nobody reads here which cards one browser had. Null = not known.
  add column browser text,
  -- It took the place of another browser's key: such changes are counted.
  add column is_change boolean not null default false,
  -- Labs and stores wait for this moment; a key that the same browser replaces hands it on.
  add column waits_until timestamptz;

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
