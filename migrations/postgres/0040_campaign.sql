-- Campaigns: what runs for some time and is announced and reminded of. Times are workspace time.
create table campaign (
  workspace_id uuid not null references workspace (id),
  id uuid not null,
  name text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  event text not null,                                -- who took part: this event of theirs, since the beginning
  filters jsonb not null default '[]',                -- over its properties
  archived boolean not null default false,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  check (starts_at < ends_at)
);

-- `tell`: something is said to many customers at once: who may enter a journey, that a product was launched.
alter table segment_job drop constraint segment_job_kind_check;
alter table segment_job add constraint segment_job_kind_check
  check (kind in ('backfill', 'snapshot', 'tag', 'untag', 'tell'));
