-- Replays of a journey over the past: who asked, how far it is, and what came of it. Worked off by one thread at a time.
create table journey_replay (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  journey_id uuid not null,
  days int not null,
  graph text not null,                                -- JSON JourneyGraph that is replayed
  live_version int,                                   -- compared with this one; null: there was none
  status text not null check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
  done int not null default 0,                        -- customers walked
  total int,
  result text,                                        -- JSON, once done
  problem jsonb,
  owner text,
  lease_until timestamptz not null default '-infinity',
  attempts int not null default 0,
  created_by text not null,
  created_at timestamptz not null,                    -- workspace time
  ended_at timestamptz                                -- workspace time
);
create index journey_replay_of on journey_replay (workspace_id, journey_id, created_at desc);
create index journey_replay_open on journey_replay (created_at) where status in ('queued', 'running');
