-- Phone keys that nobody opens online lapse; what the school sets; which job ran when.

-- Up Migration

alter table credential
  -- When its phone last proved online that the key lives; null = not since it was enrolled.
  add column seen_at timestamptz,
  -- Announced to its owner: it lapses then. Null = nothing is announced.
  add column lapses_at timestamptz,
  -- How often that was announced.
  add column lapse_told smallint not null default 0,
  -- It ended because it was not seen for long, and not because somebody ended it.
  add column lapsed boolean not null default false;
create index credential_seen on credential (coalesce(seen_at, enrolled_at))
  where revoked_at is null;

create table keep_challenge (
  nonce text primary key,
  credential text not null references credential,
  expires_at timestamptz not null
);

create table setting (
  name text primary key,
  value jsonb not null,
  at timestamptz not null,
  by uuid references person
);

-- Work that one process at a time does, and not too often.
create table job (
  name text primary key,
  leased_until timestamptz not null,
  ran_at timestamptz
);

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
