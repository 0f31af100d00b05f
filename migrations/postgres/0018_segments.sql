-- Segments: what people edit, the versions that were published, and the work that publishing, copying and bulk tagging
-- leave to be done. Who is a member stands in the customers' states; the past of it in history.
create table segment (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  n int not null,                                     -- names it in states: small, never used again in the workspace
  name text not null,
  purpose text not null default '',                   -- what it is for, in the team's words
  kind text not null check (kind in ('live', 'partition', 'static')),
  status text not null check (status in ('draft', 'live', 'archived')),
  draft jsonb not null,                               -- Definition (src/segments/model.ts)
  live_version int,
  groups jsonb not null default '{}',                 -- key of each group there ever was -> its number in states, from 1
  library text,                                       -- key of the ready-made segment that it began as
  version int not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  updated_by text not null,
  updated_at timestamptz not null,
  unique (workspace_id, n)
);

-- A published version never changes. `since`: the catalogue number of its publication, from which on owners fold what its
-- rules need; `filled_at`: the past before that has been told to every customer.
create table segment_version (
  workspace_id uuid not null,
  segment_id uuid not null references segment (id),
  version int not null,
  definition jsonb not null,
  since bigint not null,
  filled_at timestamptz,
  published_at timestamptz not null,
  published_by text not null,
  primary key (segment_id, version)
);
create index segment_version_workspace on segment_version (workspace_id);

-- Work over many customers, in steps of one transaction each, which moves the cursor (bucket, after) along: a killed
-- worker's step leaves all or nothing, and whoever takes the job next goes on behind it.
create table segment_job (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  segment_id uuid references segment (id),            -- null: a journey's past
  kind text not null check (kind in ('backfill', 'snapshot', 'tag', 'untag')),
  params jsonb not null default '{}',
  status text not null check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
  stage text not null,                                -- what is done now (src/segments/steps.ts)
  bucket smallint not null default 0,                 -- 256: behind the last one
  after uuid not null default '00000000-0000-0000-0000-000000000000',
  done bigint not null default 0,                     -- customers looked at
  total bigint,                                       -- customers there are, as far as known
  hits bigint not null default 0,                     -- customers to whom something was said
  problem jsonb,
  attempts int not null default 0,
  owner text,
  lease_until timestamptz not null default '-infinity',
  created_by text not null,
  created_at timestamptz not null,
  ended_at timestamptz
);
create index segment_job_segment on segment_job (workspace_id, segment_id, id);
create index segment_job_waiting on segment_job (lease_until) where status in ('queued', 'running');

-- The journal row with which a world begins in each bucket: the past of what it publishes is all before that. Rows go with
-- the work that asks for them.
create table catalogue_edge (
  bucket smallint not null,
  workspace_id uuid not null,
  no bigint not null,
  seq bigint not null,
  primary key (bucket, workspace_id, no)
);
