-- Plain PostgreSQL. No now(), random() or gen_random_uuid(): ids and times are parameters.

-- Up Migration

-- One row: what this database is. A restore changes both (design: lineage and policy epoch).
create table deployment (
  one boolean primary key default true check (one),
  lineage text not null,
  policy_epoch bigint not null
);

-- The log of everything: one row per ingested batch and per change made in the cloud. Written last
-- in its transaction under an advisory lock, pos = max + 1, so positions appear in order, no holes.
create table feed (
  pos bigint primary key,
  at timestamptz not null,
  what jsonb not null
);
create table consumer (
  name text primary key,
  pos bigint not null
);
create table consumer_quarantine (
  consumer text not null,
  pos bigint not null,
  at timestamptz not null,
  error text not null,
  primary key (consumer, pos)
);

-- What happened at the edge.
create table cursor (
  gateway text not null,
  epoch text not null,
  stream text not null,
  cursor bigint not null,
  primary key (gateway, epoch, stream)
);
create table event (
  gateway text not null,
  epoch text not null,
  stream text not null,
  seq bigint not null,
  at timestamptz not null,
  received_at timestamptz not null,
  at_corrected timestamptz,
  kind text not null,
  door text,
  device text,
  person uuid,
  card uuid,
  clock jsonb not null,
  data jsonb not null,
  -- Fields that a newer gateway sends and this release does not know; null = none.
  rest jsonb,
  primary key (gateway, epoch, stream, seq, at)
);
-- Lists are read newest first by the time at which things happened.
create index event_newest on event (at desc, gateway, epoch, stream, seq);
create index event_kind on event (kind, at desc);
create index event_door on event (door, at desc) where door is not null;
create index event_person on event (person, at desc) where person is not null;
create index event_at on event using brin (at);
-- Passes as they were shown: one column, its own permission, 30 days.
create table evidence (
  gateway text not null,
  epoch text not null,
  stream text not null,
  seq bigint not null,
  at timestamptz not null,
  pass bytea not null,
  primary key (gateway, epoch, stream, seq)
);
create index evidence_at on evidence (at);
create table gap (
  gateway text not null,
  epoch text not null,
  stream text not null,
  from_seq bigint not null,
  to_seq bigint not null,
  journal_class text not null,
  why text not null,
  received_at timestamptz not null,
  primary key (gateway, epoch, stream, from_seq)
);
create table quarantined_batch (
  id uuid primary key,
  gateway text not null,
  received_at timestamptz not null,
  fault text not null,
  sha256 text not null,
  bytes bytea not null,
  unique (gateway, sha256)
);

-- Places.
create table site (
  id text primary key,
  campus text not null,
  name_zh text not null,
  name_en text not null,
  zone text not null,
  colour text
);
create table building (
  id text primary key,
  site text not null references site,
  name_zh text not null,
  name_en text not null,
  sort integer not null
);
create table gateway (
  id text primary key,
  building text not null references building,
  name_zh text not null,
  name_en text not null,
  certificate_serial text
);
create table door (
  id text primary key,
  building text not null references building,
  gateway text not null references gateway,
  class text not null,
  name_zh text not null,
  name_en text not null,
  unlock_ms integer not null,
  -- Crossing it by its entry side counts a person into the building.
  counts boolean not null,
  sort integer not null
);
create table device (
  id text primary key,
  gateway text not null references gateway,
  door text not null references door,
  profile text not null,
  side text
);

-- Identity.
create table person (
  id uuid primary key,
  name_zh text not null,
  name_en text not null,
  affiliation text not null,
  unit_zh text not null,
  unit_en text not null,
  -- Console role of the demo identity, or null.
  role text
);
create table card (
  id uuid primary key,
  person uuid not null references person,
  number text not null unique,
  state text not null check (state in ('active', 'frozen', 'ended')),
  valid_from timestamptz not null,
  valid_to timestamptz not null
);
create index card_person on card (person);
create table member (
  "group" text not null,
  card uuid not null references card,
  primary key ("group", card)
);
create index member_card on member (card);
create table credential (
  id text primary key,
  card uuid not null references card,
  alg text not null,
  key bytea not null,
  enrolled_at timestamptz not null,
  revoked_at timestamptz
);
create index credential_card on credential (card);
-- One live phone key per card.
create unique index credential_live on credential (card) where revoked_at is null;
create table enrol_challenge (
  nonce text primary key,
  card uuid not null references card,
  expires_at timestamptz not null
);
create table login_session (
  token_sha256 text primary key,
  person uuid not null references person,
  role text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

-- Access.
create table schedule (
  id text primary key,
  windows jsonb not null
);
create table rule (
  id text primary key,
  "group" text not null,
  door text not null references door,
  schedule text not null references schedule
);
create index rule_door on rule (door);
create table policy_head (
  gateway text primary key references gateway,
  policy_epoch bigint not null,
  version bigint not null,
  state text not null
);
create table policy_row (
  gateway text not null references gateway,
  section text not null,
  key text not null,
  row jsonb not null,
  primary key (gateway, section, key)
);
create table policy_delta (
  gateway text not null references gateway,
  policy_epoch bigint not null,
  from_version bigint not null,
  to_version bigint not null,
  jws text not null,
  primary key (gateway, policy_epoch, from_version)
);
create table revocation (
  policy_epoch bigint not null,
  n bigint not null,
  at timestamptz not null,
  what jsonb not null,
  jws text not null,
  primary key (policy_epoch, n)
);

-- Fleet: what gateways report. The device wins; the newest session.
create table gateway_status (
  gateway text primary key references gateway,
  session text not null,
  online boolean not null,
  version text not null,
  beat bigint not null,
  last_beat_at timestamptz not null,
  clock_quality text not null,
  held jsonb not null,
  waiting bigint not null,
  journal_fill double precision not null,
  report_n bigint not null,
  doors jsonb not null,
  devices jsonb not null,
  conditions jsonb not null
);
create table command (
  id uuid primary key,
  gateway text not null,
  door text not null,
  action text not null,
  actor uuid not null,
  reason text not null,
  state text not null,
  failure text,
  steps jsonb not null,
  created_at timestamptz not null
);

-- Who did what: a hash chain, each row over the one before.
create table audit (
  n bigint primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null,
  previous text not null,
  hash text not null
);

-- Views that consumers keep.
create table passage_count (
  building text not null,
  -- Start of the quarter of an hour.
  quarter timestamptz not null,
  entries integer not null,
  exits integer not null,
  primary key (building, quarter)
);

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
