-- Numbers about cards and doors: sums that a consumer of the feed keeps, so that no screen counts
-- events. All of them can be forgotten and counted again from the feed.

-- Up Migration

create table use_by_hour (
  -- Wall time in the zone of the site where the door stands.
  hour timestamp not null,
  -- Empty where the event named none.
  door text not null,
  reader text not null,
  granted boolean not null,
  reason text not null,
  count integer not null,
  primary key (hour, door, reader, granted, reason)
);

create table card_activity (
  card uuid primary key,
  first_granted_at timestamptz,
  last_granted_at timestamptz,
  grants integer not null,
  refusals integer not null
);

-- Which passes were accepted; a pass that two cut-off doors accepted counts once.
create table credential_use (
  credential text not null,
  counter bigint not null,
  door text not null,
  primary key (credential, counter)
);
create table credential_activity (
  credential text primary key,
  counter_max bigint not null,
  uses integer not null
);

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
