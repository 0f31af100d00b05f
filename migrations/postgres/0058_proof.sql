-- What of a channel's messages arrives: recomputed each night from history, read by publications (world.reach).
create table channel_reach (
  workspace_id uuid not null references workspace (id),
  channel text not null,
  sent bigint not null,                               -- messages of the 90 days before
  reached bigint not null,
  rate real not null,                                 -- (reached + 1) / (sent + 2): a channel nobody knows stands at a half
  at timestamptz not null,                            -- workspace time
  primary key (workspace_id, channel)
);

-- Which period each piece of recurring work was done for last: a day or the Monday of a week, in the workspace's zone.
create table insight_done (
  workspace_id uuid not null references workspace (id),
  job text not null check (job in ('reach', 'kpis')),
  done date not null,
  primary key (workspace_id, job)
);

-- Figures that a team watches, with what they aim at.
create table kpi (
  workspace_id uuid not null references workspace (id),
  id uuid not null,
  metric text not null,                               -- src/insight/kpis/model.ts
  target double precision,
  period text not null check (period in ('week', 'month', 'quarter')),
  position int not null,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);

-- Every metric at the end of each week, whether a team watches it or not. Kept for good.
create table kpi_snapshot (
  workspace_id uuid not null references workspace (id),
  metric text not null,
  week date not null,                                 -- its Monday, in the workspace's zone
  value double precision,                             -- null: nothing to divide by
  part double precision not null,
  whole double precision not null,
  taken_at timestamptz not null,                      -- workspace time
  primary key (workspace_id, metric, week)
);
