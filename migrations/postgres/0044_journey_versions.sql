-- What a publication does with people on earlier versions (VersionMoves, src/journeys/model.ts).
alter table journey_version add column moves jsonb;
-- draining: nobody enters, runs go on to their end. archived: put away; only what has stopped, or was never published.
alter table journey drop constraint journey_status_check;
alter table journey add constraint journey_status_check
  check (status in ('draft', 'live', 'paused', 'draining', 'stopped', 'archived'));

-- Publications that wait for a second person. What was asked for is kept: it is published only while the draft still is that.
create table journey_approval (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  journey_id uuid not null references journey (id),
  graph jsonb not null,
  moves jsonb not null,                               -- Move[] (src/journeys/model.ts)
  note text not null,
  status text not null check (status in ('open', 'approved', 'rejected', 'withdrawn')),
  asked_by text not null,                             -- as the audit names people
  asked_by_id uuid not null,                          -- user or key
  asked_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  reason text,
  version int                                         -- approved: what was published
);
create unique index journey_approval_open on journey_approval (journey_id) where status = 'open';
create index journey_approval_workspace on journey_approval (workspace_id, asked_at desc);
