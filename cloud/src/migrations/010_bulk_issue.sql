-- Cards issued to many people at once: files as they came, what each row would do, what it did.

-- Up Migration

create table bulk_job (
  id uuid primary key,
  made_by uuid not null references person,
  made_at timestamptz not null,
  file_name text not null,
  bytes integer not null,
  sha256 text not null,
  encoding text not null,
  separator text not null,
  -- Headings as they stand in the file, each with the column that it names or null.
  headings jsonb not null,
  rows integer not null,
  -- The file itself; null once it is applied, thrown away or a day old.
  file bytea,
  state text not null check (state in
    ('checking', 'checked', 'applying', 'applied', 'stopped', 'undoing', 'undone', 'dropped')),
  stop_asked boolean not null default false,
  applied_by uuid references person,
  -- When it was last applied, in whole or in part.
  applied_at timestamptz,
  undone_by uuid references person,
  undone_at timestamptz,
  -- Names, places and days of its rows are gone.
  is_erased boolean not null default false,
  -- Which process works on it, and until when the others leave it alone.
  worker text,
  leased_until timestamptz
);
create index bulk_job_newest on bulk_job (made_at desc);
create index bulk_job_due on bulk_job (made_at)
  where state in ('checking', 'applying', 'undoing');
create index bulk_job_kept on bulk_job (made_at) where not is_erased;

create table bulk_row (
  job uuid not null references bulk_job,
  n integer not null,
  line integer not null,
  number text not null,
  -- The cells by column; null once they are erased.
  cells jsonb,
  verdict text not null check (verdict in ('new', 'changed', 'unchanged', 'refused')),
  changes jsonb not null,
  faults jsonb not null,
  -- What became of it; null: nothing yet.
  outcome text check (outcome in ('issued', 'changed', 'kept', 'refused', 'since')),
  -- Where the database has changed since the dry run: what the row would do now.
  since jsonb,
  card uuid references card,
  -- What was there before, to the millisecond.
  before jsonb,
  undo text check (undo in ('ended', 'put_back', 'in_part', 'left')),
  -- Fields that somebody has changed since, and so stay.
  undo_left jsonb,
  primary key (job, n)
);
create index bulk_row_verdict on bulk_row (job, verdict, n);
create index bulk_row_todo on bulk_row (job, n) where outcome is null;
create index bulk_row_undo on bulk_row (job, n)
  where outcome in ('issued', 'changed') and undo is null;

-- Down Migration
-- None: a release goes forward; a restore brings the former state.
