-- Uses of passes as the cloud judges them, evidence that is erased, and claim groups.

-- Up Migration

-- One row for each decision whose pass was accepted, and for each refused copy of a key.
create table use (
  gateway text not null,
  epoch text not null,
  stream text not null,
  seq bigint not null,
  -- When it happened, and when it arrived.
  at timestamptz not null,
  received_at timestamptz not null,
  -- False: a reader refused it, and its evidence shows that the key was copied.
  granted boolean not null,
  door text,
  basis text not null,
  provisional boolean not null,
  claim text,
  credential text not null,
  counter bigint not null,
  -- Of the credential as it was enrolled; null = nobody enrolled it.
  card uuid,
  person uuid,
  -- The moment that the pass names, and SHA-256 of its bytes 0..16; null = nothing is proven.
  made_at timestamptz,
  body_sha256 text,
  verdict text not null check
    (verdict in ('confirmed', 'double_spent', 'cloned', 'late_revoked', 'not_proven')),
  -- Of `not_proven`: what is wrong with the evidence.
  why text,
  -- Event id of the confirmed use of the same counter, where there was one.
  first text,
  judged_at timestamptz not null,
  closed_at timestamptz,
  closed_by uuid references person,
  note text,
  primary key (gateway, epoch, stream, seq)
);
-- The promise itself: a counter of a phone key counts once.
create unique index use_confirmed on use (credential, counter) where verdict = 'confirmed';
create index use_doubt on use (judged_at desc) where verdict <> 'confirmed';
create index use_doubt_open on use (gateway) where verdict <> 'confirmed' and closed_at is null;

-- Whether a card was frozen at the moment of a use.
create index revocation_card on revocation ((what ->> 'card')) where what ? 'card';

-- Evidence goes thirty days after it came, whatever the gateway's clock said.
alter table evidence add column received_at timestamptz;
update evidence v set received_at = coalesce((select e.received_at from event e
  where (e.gateway, e.epoch, e.stream, e.seq) = (v.gateway, v.epoch, v.stream, v.seq)), v.at);
alter table evidence alter column received_at set not null;
drop index evidence_at;
create index evidence_received on evidence (received_at);

-- Gateways that ask one of them whether a code was used; the others wait for its answer.
create table claim_group (
  id text primary key,
  site text not null references site,
  authority text not null references gateway,
  -- Where the authority is reached by the others.
  host text not null,
  port integer not null check (port between 1 and 65535)
);
-- A gateway is in one group at most; the authority is one of its members.
create table claim_member (
  gateway text primary key references gateway,
  "group" text not null references claim_group
);
create index claim_member_group on claim_member ("group");
-- What a gateway last said of its group; null = nothing.
alter table gateway_status add column claim jsonb;

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
