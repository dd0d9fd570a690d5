-- Custom device profiles: their versions, and which of them gateways run.

-- Up Migration

create table profile_version (
  id text not null,
  version text not null,
  -- YAML as it was written.
  text text not null,
  sha256 text not null,
  author uuid not null references person,
  created_at timestamptz not null,
  -- Null = a draft, which may be written again. What was once live never changes.
  published_at timestamptz,
  published_by uuid references person,
  note text not null default '',
  primary key (id, version)
);
create function profile_version_keeps() returns trigger language plpgsql as $$
begin
  if old.published_at is null then
    if tg_op = 'DELETE' then return old; end if;
    return new;
  end if;
  if tg_op = 'UPDATE' and new is not distinct from old then return new; end if;
  raise exception 'a published profile version never changes: % %', old.id, old.version;
end $$;
create trigger profile_version_keeps before update or delete on profile_version
  for each row execute function profile_version_keeps();

create table profile_live (
  id text not null,
  mode text not null check (mode in ('live', 'shadow')),
  version text not null,
  since timestamptz not null,
  primary key (id, mode),
  foreign key (id, version) references profile_version
);

-- The sections of a policy that a gateway knows beside the first ones.
alter table gateway_status add column sections jsonb not null default '[]';

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
