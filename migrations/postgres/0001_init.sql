-- The first schema. Catalogue tables are small; hot tables start every key with `bucket`.
-- A bucket is the last byte of an id (0..255), fixed for ever. Times named *_at or `received`
-- are real (database) time unless the comment says workspace time.

create table system (key text primary key, value text not null);

-- ── catalogue ────────────────────────────────────────────────────────────────
create table workspace (
  id uuid primary key,
  name text not null,
  kind text not null check (kind in ('live', 'sandbox')),
  timezone text not null default 'Asia/Taipei',
  locale text not null default 'zh-TW',
  currency text not null default 'TWD',
  clock_offset_ms bigint not null default 0,          -- workspace time minus real time; sandbox only
  clock_target timestamptz,                           -- workspace time a running jump goes to; null when none runs
  catalogue_no bigint not null default 0,             -- newest published number
  settings jsonb not null default '{}',               -- quiet hours, sending paused, made-up data mark …
  token_secret bytea not null,                        -- encrypted; signs user tokens (proof 'token')
  version bigint not null default 1,
  created_at timestamptz not null
);

create table team_user (
  id uuid primary key,
  email text not null unique,                         -- lower case
  name text not null,
  password_hash text,                                 -- argon2id; null until set
  locale text not null default 'zh-TW',
  created_at timestamptz not null
);
create table team_role (
  workspace_id uuid not null references workspace (id),
  user_id uuid not null references team_user (id),
  role text not null check (role in ('owner', 'admin', 'marketer', 'analyst', 'staff', 'viewer')),
  primary key (workspace_id, user_id)
);
create table team_session (
  token_hash bytea primary key,
  user_id uuid not null references team_user (id),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index team_session_user on team_session (user_id);
create table sign_in_link (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('first', 'invite', 'reset')),
  user_id uuid references team_user (id),
  workspace_id uuid references workspace (id),
  email text,
  role text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create table api_key (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  kind text not null check (kind in ('write', 'api')),
  name text not null,
  hint text not null,                                 -- first characters, shown in lists
  key_hash bytea not null unique,                     -- sha-256 of the key
  write_key text,                                     -- write keys are public and shown again; null for api keys
  scopes text[] not null default '{}',
  demand_token boolean not null default false,        -- this source demands a signed user token with userId
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_key_workspace on api_key (workspace_id);
create table channel_account (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  channel text not null,
  name text not null,
  settings jsonb not null default '{}',               -- base URL, from address, external id …; nothing secret
  secrets bytea,                                      -- encrypted JSON, never returned
  attention text,                                     -- why sending waits (refused credentials); null: all is well
  attention_at timestamptz,
  created_at timestamptz not null,
  version bigint not null default 1
);
create index channel_account_workspace on channel_account (workspace_id, channel);

create table journey (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  name text not null,
  status text not null check (status in ('draft', 'live', 'paused', 'stopped')),
  draft jsonb not null,
  live_version int,
  version bigint not null default 1,                  -- optimistic concurrency
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index journey_workspace on journey (workspace_id);
create table journey_version (
  workspace_id uuid not null,
  journey_id uuid not null references journey (id),
  version int not null,
  graph jsonb not null,
  published_at timestamptz not null,
  published_by text not null,
  primary key (journey_id, version)
);
-- What is published for a workspace, whole, under a number. Owners fold by number.
create table catalogue (
  workspace_id uuid not null,
  no bigint not null,
  body text not null,                                 -- JSON of World (src/customers/world.ts)
  created_at timestamptz not null,
  primary key (workspace_id, no)
);
-- Answers of writes that came with an Idempotency-Key, for 24 hours. Commands of customers keep theirs in `answer`.
create table http_answer (
  actor uuid not null,                                -- user or key
  key text not null,
  body_hash uuid not null,                            -- of endpoint, path and body
  answer bytea,                                       -- encrypted JSON; null while the first is at work
  at timestamptz not null,
  primary key (actor, key)
);
create index http_answer_at on http_answer (at);
create table audit (
  id uuid primary key,
  workspace_id uuid,
  at timestamptz not null,
  actor text not null,
  action text not null,
  target text,
  detail jsonb not null default '{}'
);
create index audit_workspace on audit (workspace_id, at desc);

-- ── the spine ────────────────────────────────────────────────────────────────
create table bucket (
  bucket smallint primary key,
  owner text,
  lease_until timestamptz not null default '-infinity',
  epoch bigint not null default 0,
  journal_seq bigint not null default 0
) with (fillfactor = 50);
insert into bucket (bucket) select generate_series(0, 255);

-- Processes that live, by role; a row is refreshed with the leases.
create table process (
  id text not null,
  role text not null,
  at timestamptz not null,
  primary key (id, role)
);

-- What each process measures of itself, told every few seconds, so that one of them can show all.
create table process_metrics (
  id text primary key,
  roles text[] not null,
  at timestamptz not null,
  body jsonb not null                                 -- prom-client's metrics as JSON
);

-- Where each workspace stands in a bucket; written by the owner when it folds a clock or publish input.
create table bucket_workspace (
  bucket smallint not null,
  workspace_id uuid not null,
  offset_ms bigint not null default 0,
  catalogue_no bigint not null default 0,
  primary key (bucket, workspace_id)
);

-- Unordered mailbox, tuned as a queue; a row is deleted by the fold that takes it. Read in key order.
create table inbox (
  bucket smallint not null,
  received timestamptz not null default clock_timestamp(),
  request_id uuid not null,
  ordinal int not null,
  workspace_id uuid not null,
  customer_id uuid,                                   -- null: an input of the bucket (clock, publish)
  kind text not null,
  message_hash uuid,                                  -- what deduplicates an event; null for commands
  body text not null,
  primary key (bucket, received, request_id, ordinal)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000,
        autovacuum_vacuum_cost_delay = 0);
alter table inbox alter column body set storage external;

-- Bulk work waits here and is let into the inbox while its lag is small.
create table bulk (
  bucket smallint not null,
  seq bigint generated always as identity,
  workspace_id uuid not null,
  customer_id uuid,
  kind text not null,
  message_hash uuid,
  body text not null,
  primary key (bucket, seq)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

create table customer (
  bucket smallint not null,
  id uuid not null,
  workspace_id uuid not null,
  state text not null,                                -- JSON of CustomerState; PostgreSQL never looks inside
  version bigint not null,
  due_at timestamptz,                                 -- real time; may be early, never late
  merged_into uuid,
  primary key (bucket, id)
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);
alter table customer alter column state set storage external;
create index customer_due on customer (bucket, due_at) where due_at is not null;

-- Facts of orders: append-only, one row an entry (placed, paid, refunded, cancelled).
create table order_entry (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  order_no text not null,
  entry text not null,
  key uuid not null,                                  -- idempotency key of the entry
  occurred timestamptz not null,                      -- workspace time
  amount bigint not null,                             -- smallest unit of currency
  currency text not null,
  body text not null,                                 -- JSON: lines, sales channel, store
  primary key (bucket, workspace_id, customer_id, order_no, key)
);

-- Message hashes of 7 days: an input is taken once in its workspace, whoever holds its identifiers when it comes
-- again. Here the bucket is the hash's last byte.
create table seen (
  bucket smallint not null,
  workspace_id uuid not null,
  hash uuid not null,
  day date not null,
  primary key (bucket, workspace_id, hash)
);
create index seen_day on seen using brin (day);

create table answer (
  bucket smallint not null,
  workspace_id uuid not null,
  key text not null,
  body_hash uuid not null,
  status int not null,
  body text not null,
  day date not null,
  primary key (bucket, workspace_id, key)
);

create table journal (
  bucket smallint not null,
  seq bigint not null,
  workspace_id uuid not null,
  catalogue_no bigint not null,
  reducer_version int not null,
  at timestamptz not null,                            -- the fold's transaction time
  body bytea not null,                                -- zstd of JSON JournalBody (src/inbox/model.ts)
  primary key (bucket, seq)
);
alter table journal alter column body set storage external;

-- What replay starts from where journal rows were pruned: each customer's state at its bucket's edge.
create table customer_snapshot (
  bucket smallint not null,
  id uuid not null,
  workspace_id uuid not null,
  state text not null,
  merged_into uuid,
  primary key (bucket, id)
);
alter table customer_snapshot alter column state set storage external;
create table journal_edge (
  bucket smallint primary key,
  seq bigint not null,                                -- rows up to here are pruned
  at timestamptz not null                             -- when the newest of them was folded
);

-- Here the bucket is the hash of (kind, value).
create table identifier (
  bucket smallint not null,
  workspace_id uuid not null,
  kind text not null,
  value text not null,
  customer_id uuid not null,
  verified boolean not null,
  created_at timestamptz not null,
  primary key (bucket, workspace_id, kind, value)
);
create index identifier_value on identifier (workspace_id, value text_pattern_ops);

create table message (
  bucket smallint not null,
  id uuid not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  journey_id uuid,
  journey_version int,
  enrollment_id uuid,
  node text,
  occurrence int,
  channel text not null,
  state text not null,                                -- src/messages/model.ts: MessageState
  reason text,
  send_after timestamptz not null,                    -- real time
  not_after timestamptz,                              -- workspace time
  attempts int not null default 0,
  claim_owner text,
  claim_until timestamptz,
  epoch bigint not null default 0,
  provider_id text,
  sent_at timestamptz,                                -- real time just before the first attempt's socket
  body text not null,                                 -- JSON Intent; rendered content is added when sending
  rendered text,
  created timestamptz not null,                       -- workspace time
  changed timestamptz not null,                       -- workspace time
  primary key (bucket, id)
) with (fillfactor = 70);
create index message_pending on message (bucket, send_after) where state in ('intended', 'claimed', 'sending');
create index message_held on message (bucket, claim_until) where state in ('claimed', 'sending');
create index message_unknown on message (bucket, send_after) where state = 'unknown';
create index message_workspace on message (workspace_id, created desc);
create index message_customer on message (bucket, customer_id);

-- Here the bucket is the hash of (channel, address).
create table suppression (
  bucket smallint not null,
  workspace_id uuid not null,
  channel text not null,
  address text not null,
  reason text not null,                               -- opt_out | bounced | complained | blocked | manual
  source text not null,
  at timestamptz not null,                            -- workspace time; a later consent or follow lifts opt_out or blocked
  primary key (bucket, workspace_id, channel, address)
);

create table parked (
  bucket smallint not null,
  customer_id uuid not null,
  workspace_id uuid not null,
  reason text not null,                               -- threw | too_large | broke_transaction | rounds
  error text not null,
  at timestamptz not null,
  primary key (bucket, customer_id)
);
create table parked_input (
  bucket smallint not null,
  customer_id uuid not null,
  seq bigint generated always as identity,
  workspace_id uuid not null,
  kind text not null,
  message_hash uuid,
  received timestamptz not null,
  request_id uuid not null,
  ordinal int not null,
  body text not null,
  primary key (bucket, customer_id, seq)
);

-- ── history ──────────────────────────────────────────────────────────────────
create table history_group (
  history_group smallint primary key,
  owner text,
  lease_until timestamptz not null default '-infinity',
  epoch bigint not null default 0,
  batch_no bigint not null default 0,
  batch jsonb                                         -- stored before the insert: {bucket: [from, to]}; null when finished
);
insert into history_group (history_group) select generate_series(0, 15);
create table history_cursor (bucket smallint primary key, seq bigint not null default 0);
insert into history_cursor (bucket) select generate_series(0, 255);

-- ── intake ───────────────────────────────────────────────────────────────────
create table rejected_event (
  workspace_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  source text not null,
  code text not null,
  path text,
  detail text not null,
  body text not null,                                 -- cut at 4 KB
  primary key (workspace_id, id)
);

-- ── sandbox stand-in (providers' side) ───────────────────────────────────────
create table sandbox_contact (
  workspace_id uuid not null,
  channel text not null,                              -- line | email
  address text not null,                              -- LINE user id / email address
  name text not null,
  following boolean not null default true,
  created timestamptz not null,
  primary key (workspace_id, channel, address)
);
create table sandbox_message (
  workspace_id uuid not null,
  id uuid not null,
  channel text not null,
  address text not null,
  direction text not null check (direction in ('to_customer', 'from_customer')),
  retry_key text,
  payload jsonb not null,
  at timestamptz not null,                            -- workspace time
  primary key (workspace_id, id)
);
create unique index sandbox_message_retry on sandbox_message (workspace_id, channel, retry_key) where retry_key is not null;
create index sandbox_message_at on sandbox_message (workspace_id, channel, address, at);
-- Webhooks the stand-in still has to deliver.
create table sandbox_receipt (
  workspace_id uuid not null,
  id uuid not null,
  url text not null,
  body text not null,
  headers jsonb not null,
  due timestamptz not null,
  attempts int not null default 0,
  primary key (workspace_id, id)
);
