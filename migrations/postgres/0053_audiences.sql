-- Audiences of advertising platforms: which segment, who is told of, and purchases told back.
create table ad_audience (
  id uuid primary key,
  workspace_id uuid not null,
  name text not null,
  provider text not null,
  segment_id uuid not null,
  exclude_id uuid,                                    -- who is in this segment is not in the audience, such as buyers
  settings jsonb not null default '{}',
  secrets bytea,                                      -- sealed
  state text not null,                                -- on, paused, failing (its credentials were refused)
  filled_to uuid,                                     -- members of the segment up to here were looked at; null: from the start
  filled boolean not null default false,
  last_sync timestamptz,
  last_error text,
  created_at timestamptz not null,
  version bigint not null default 1
);
create index on ad_audience (workspace_id);

-- One person in one audience: looked at when due, told when it differs from what was told.
create table ad_member (
  workspace_id uuid not null,
  audience_id uuid not null,
  customer_id uuid not null,
  told text,                                          -- hashes that the platform has, as JSON; null: none
  due timestamptz,                                    -- null: nothing to do
  attempts int not null default 0,
  primary key (workspace_id, audience_id, customer_id)
);
create index on ad_member (due) where due is not null;
create index on ad_member (audience_id) where told is not null;

-- A purchase to be told back.
create table ad_conversion (
  workspace_id uuid not null,
  id uuid not null,
  audience_id uuid not null,
  customer_id uuid not null,
  body text not null,
  due timestamptz,                                    -- null: told, or given up
  attempts int not null default 0,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create index on ad_conversion (due) where due is not null;
