-- A broadcast is a journey of its own kind: one graph, published once, whose audience is told to enter at its start. Lists of
-- journeys leave it out. What people fill in is `spec` (src/campaigns/model.ts); the graph is compiled from it.
alter table journey add column kind text not null default 'journey' check (kind in ('journey', 'broadcast'));
alter table journey add column campaign_id uuid;        -- the campaign that it belongs to
create index journey_campaign on journey (workspace_id, campaign_id) where campaign_id is not null;
-- what the deliverer holds back, or lets go no more
create index journey_held on journey (workspace_id) where kind = 'broadcast' and status in ('paused', 'stopped');

create table broadcast (
  workspace_id uuid not null references workspace (id),
  journey_id uuid not null references journey (id),
  spec jsonb not null,
  start_at timestamptz,                                 -- workspace time; null: as soon as it is published
  started_at timestamptz,                               -- workspace time: its audience is who was in by then
  job_id uuid,                                          -- segment_job that tells the audience
  audience bigint,                                      -- people told, once all are
  canary text check (canary in ('open', 'passed', 'stopped')),
  canary_until timestamptz,                             -- workspace time
  canary_figures jsonb,                                 -- what was seen when it was decided
  cancelled_at timestamptz,                             -- workspace time
  ended_at timestamptz,                                 -- workspace time: nobody is on the way any more
  primary key (workspace_id, journey_id)
);
-- what the worker looks at
create index broadcast_open on broadcast (workspace_id) where ended_at is null;
