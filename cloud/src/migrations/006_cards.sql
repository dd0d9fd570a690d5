-- Cards that need no phone: what readers read of them (UIDs) and what their holders type (PINs).

-- Up Migration

-- A chip in a card, wristband or tag. Its history stays: a dead one may be given to another card.
create table uid (
  id uuid primary key,
  -- As readers give it: hex, upper case, whole bytes.
  uid text not null check (uid ~ '^([0-9A-F]{2}){4,12}$'),
  card uuid not null references card,
  kind text not null check (kind in ('card', 'wristband', 'tag')),
  since timestamptz not null,
  ended_at timestamptz
);
create unique index uid_live on uid (uid) where ended_at is null;
create index uid_card on uid (card);

-- One PIN per card. The number is typed before it, to look the card up, and is no secret.
create table pin (
  card uuid primary key references card,
  number text not null unique check (number ~ '^[0-9]{6}$'),
  salt bytea not null,
  -- scrypt of the PIN, 32 bytes. No gateway holds it: each has it under a pepper of its own.
  hash bytea not null,
  since timestamptz not null,
  ended_at timestamptz
);
create table pin_pepper (
  gateway text primary key references gateway,
  pepper bytea not null
);

-- Freezing by others: who may, on whose word, and what lies where.

-- A warden answers for the members of a group, a guardian for children.
create table charge (
  person uuid not null references person,
  "group" text not null,
  primary key (person, "group")
);
create table guardian_link (
  guardian uuid not null references person,
  child uuid not null references person,
  primary key (guardian, child)
);
create index guardian_link_child on guardian_link (child);

create table card_freeze (
  id uuid primary key,
  card uuid not null references card,
  at timestamptz not null,
  way text not null,
  -- Null: a code did it, and nobody was signed in.
  actor uuid references person,
  reason text not null,
  lifted_at timestamptz,
  lifted_way text,
  lifted_by uuid references person
);
create unique index card_freeze_open on card_freeze (card) where lifted_at is null;

-- A code on paper that freezes, once, and does nothing else. One live code per card.
create table freeze_code (
  card uuid primary key references card,
  code_sha256 text not null unique,
  made_at timestamptz not null
);

create table found_card (
  id uuid primary key,
  card uuid not null references card,
  at timestamptz not null,
  place text not null,
  source text not null check (source in ('console', 'page')),
  by uuid references person,
  -- Null while it lies there.
  closed_at timestamptz,
  closed_by uuid references person
);
create unique index found_card_open on found_card (card, source) where closed_at is null;
create index found_card_newest on found_card (at desc) where closed_at is null;

create table person_photo (
  person uuid primary key references person,
  type text not null check (type in ('image/jpeg', 'image/png')),
  bytes bytea not null check (length(bytes) <= 204800),
  at timestamptz not null,
  by uuid not null references person
);

-- What happened to one card, for its page.
create index audit_subject on audit (subject, n);
create index audit_card on audit ((detail ->> 'card'), n) where detail ? 'card';

-- The card desk.
create table desk (
  id text primary key,
  name_zh text not null,
  name_en text not null,
  place_zh text not null,
  place_en text not null,
  hours_zh text not null,
  hours_en text not null,
  fee_zh text not null,
  fee_en text not null,
  -- As of a schedule: days, minutes from and to.
  windows jsonb not null,
  slot_minutes integer not null check (slot_minutes between 5 and 60),
  -- People who can be served in one slot.
  capacity integer not null check (capacity between 1 and 100)
);
create table desk_booking (
  id uuid primary key,
  desk text not null references desk,
  card uuid not null references card,
  at timestamptz not null,
  why text not null,
  state text not null check (state in ('open', 'done', 'cancelled')),
  made_at timestamptz not null,
  closed_at timestamptz
);
create unique index desk_booking_open on desk_booking (card) where state = 'open';
create index desk_booking_at on desk_booking (desk, at);
create table card_replacement (
  id uuid primary key,
  desk text not null references desk,
  receipt text not null unique,
  card uuid not null references card,
  clerk uuid not null references person,
  booking uuid references desk_booking,
  at timestamptz not null,
  took_ms integer not null,
  -- Rows of uid.
  old_uids uuid[] not null,
  new_uid uuid not null references uid,
  -- The freeze that it lifted.
  lifted uuid references card_freeze,
  undone_at timestamptz
);
create index card_replacement_at on card_replacement (desk, at);
create index card_replacement_card on card_replacement (card, at);

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
