-- Imports: one row a file that was uploaded. Times are workspace time but for the lease, which is database time.
create table import (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  source text not null,                               -- name of the feed; the `src` of what it brings
  target text,                                        -- src/imports/register.ts; null until chosen
  preset text,
  file_name text not null,
  bytes bigint not null,
  file_hash bytea,                                    -- SHA-256: the same file again is of the same source
  shape jsonb not null,                               -- FileShape: format, encoding, delimiter …
  columns jsonb not null default '[]',                -- headers as they are told apart
  mapping jsonb not null default '{}',                -- column -> field
  constants jsonb not null default '{}',              -- field -> text that holds for every row
  status text not null check (status in
    ('draft', 'checking', 'ready', 'queued', 'running', 'cancelling', 'done', 'failed', 'cancelled')),
  position bigint not null default 0,                 -- rows done: a run goes on behind them after a kill
  read_bytes bigint not null default 0,
  error_bytes bigint not null default 0,              -- length of the error file at `position`
  counts jsonb not null default '{}',                 -- new, changed, same, wrong, skipped of this check or run
  faults jsonb not null default '[]',                 -- the first ones
  problem jsonb,                                      -- why it failed: code, title, action
  attempts int not null default 0,                    -- starts without progress
  owner text,
  lease_until timestamptz not null default '-infinity',
  created_by text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz
);
create index import_workspace on import (workspace_id, id);
create index import_source on import (workspace_id, source, id);
create index import_waiting on import (lease_until) where status in ('checking', 'queued', 'running', 'cancelling');

-- How often a feed is expected; without a row, or null: whenever it comes.
create table import_feed (
  workspace_id uuid not null references workspace (id),
  source text not null,
  every_hours int,
  primary key (workspace_id, source)
);

-- What imports have brought, so that a repeat adds nothing however late it comes: the key of an item (with its source)
-- and the hash of what was said of it. `n` counts its contents. Here the bucket is the key's last byte.
create table imported (
  bucket smallint not null,
  workspace_id uuid not null,
  key uuid not null,
  content uuid not null,
  n int not null default 1,
  primary key (bucket, workspace_id, key)
) with (fillfactor = 90);
