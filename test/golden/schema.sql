-- PostgreSQL
create table account_reputation (
  workspace_id uuid not null,
  account_id uuid not null,
  day date not null,
  delivered bigint not null default 0,
  bounced bigint not null default 0,
  complained bigint not null default 0,
  constraint account_reputation_pkey PRIMARY KEY (workspace_id, account_id, day)
)
create table ad_audience (
  id uuid not null,
  workspace_id uuid not null,
  name text not null,
  provider text not null,
  segment_id uuid not null,
  exclude_id uuid,
  settings jsonb not null default '{}'::jsonb,
  secrets bytea,
  state text not null,
  filled_to uuid,
  filled boolean not null default false,
  last_sync timestamp with time zone,
  last_error text,
  created_at timestamp with time zone not null,
  version bigint not null default 1,
  account_id uuid,
  remote_id text,
  building boolean not null default false,
  building_id text,
  generation integer not null default 0,
  rebuilt_at timestamp with time zone,
  made_at timestamp with time zone,
  drop_ids text[] not null default '{}'::text[],
  constraint ad_audience_pkey PRIMARY KEY (id)
)
create table ad_conversion (
  workspace_id uuid not null,
  id uuid not null,
  audience_id uuid not null,
  customer_id uuid not null,
  body text not null,
  due timestamp with time zone,
  attempts integer not null default 0,
  created_at timestamp with time zone not null,
  constraint ad_conversion_pkey PRIMARY KEY (workspace_id, id)
)
create table ad_member (
  workspace_id uuid not null,
  audience_id uuid not null,
  customer_id uuid not null,
  told text,
  due timestamp with time zone,
  attempts integer not null default 0,
  constraint ad_member_pkey PRIMARY KEY (workspace_id, audience_id, customer_id)
)
create table answer (
  bucket smallint not null,
  workspace_id uuid not null,
  key text not null,
  body_hash uuid not null,
  status integer not null,
  body text not null,
  day date not null,
  constraint answer_pkey PRIMARY KEY (bucket, workspace_id, key)
)
create table api_key (
  id uuid not null,
  workspace_id uuid not null,
  kind text not null,
  name text not null,
  hint text not null,
  key_hash bytea not null,
  write_key text,
  scopes text[] not null default '{}'::text[],
  demand_token boolean not null default false,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_key_key_hash_key UNIQUE (key_hash),
  constraint api_key_kind_check CHECK ((kind = ANY (ARRAY['write'::text, 'api'::text]))),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table attribute (
  workspace_id uuid not null,
  name text not null,
  label jsonb not null,
  type text not null,
  choices jsonb,
  wanted boolean not null,
  purpose text not null,
  personal boolean not null,
  sensitive boolean not null,
  created_at timestamp with time zone not null,
  constraint attribute_pkey PRIMARY KEY (workspace_id, name),
  constraint attribute_type_check CHECK ((type = ANY (ARRAY['text'::text, 'number'::text, 'boolean'::text, 'date'::text, 'list'::text]))),
  constraint attribute_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table audit (
  id uuid not null,
  workspace_id uuid,
  at timestamp with time zone not null,
  actor text not null,
  action text not null,
  target text,
  detail jsonb not null default '{}'::jsonb,
  kind text not null default 'changed'::text,
  constraint audit_kind_check CHECK ((kind = ANY (ARRAY['saw'::text, 'changed'::text, 'exported'::text, 'published'::text]))),
  constraint audit_pkey PRIMARY KEY (id)
)
create table bought_with (
  workspace_id uuid not null,
  product text not null,
  other text not null,
  orders integer not null,
  score double precision not null,
  rank smallint not null,
  constraint bought_with_pkey PRIMARY KEY (workspace_id, product, rank),
  constraint bought_with_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table broadcast (
  workspace_id uuid not null,
  journey_id uuid not null,
  spec jsonb not null,
  start_at timestamp with time zone,
  started_at timestamp with time zone,
  job_id uuid,
  audience bigint,
  canary text,
  canary_until timestamp with time zone,
  canary_figures jsonb,
  cancelled_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint broadcast_canary_check CHECK ((canary = ANY (ARRAY['open'::text, 'passed'::text, 'stopped'::text]))),
  constraint broadcast_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journey(id),
  constraint broadcast_pkey PRIMARY KEY (workspace_id, journey_id),
  constraint broadcast_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table bucket (
  bucket smallint not null,
  owner text,
  lease_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  epoch bigint not null default 0,
  journal_seq bigint not null default 0,
  constraint bucket_pkey PRIMARY KEY (bucket)
)
create table bucket_workspace (
  bucket smallint not null,
  workspace_id uuid not null,
  offset_ms bigint not null default 0,
  catalogue_no bigint not null default 0,
  constraint bucket_workspace_pkey PRIMARY KEY (bucket, workspace_id)
)
create table bulk (
  bucket smallint not null,
  seq bigint not null identity,
  workspace_id uuid not null,
  customer_id uuid,
  kind text not null,
  message_hash uuid,
  body text not null,
  constraint bulk_pkey PRIMARY KEY (bucket, seq)
)
create table campaign (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  event text not null,
  filters jsonb not null default '[]'::jsonb,
  archived boolean not null default false,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  code text not null default ''::text,
  pages jsonb not null default '[]'::jsonb,
  also jsonb not null default '[]'::jsonb,
  budget bigint,
  goal jsonb,
  kpis jsonb not null default '[]'::jsonb,
  constraint campaign_check CHECK ((starts_at < ends_at)),
  constraint campaign_pkey PRIMARY KEY (workspace_id, id),
  constraint campaign_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table catalogue (
  workspace_id uuid not null,
  no bigint not null,
  body text not null,
  created_at timestamp with time zone not null,
  constraint catalogue_pkey PRIMARY KEY (workspace_id, no)
)
create table catalogue_edge (
  bucket smallint not null,
  workspace_id uuid not null,
  no bigint not null,
  seq bigint not null,
  constraint catalogue_edge_pkey PRIMARY KEY (bucket, workspace_id, no)
)
create table channel_account (
  id uuid not null,
  workspace_id uuid not null,
  channel text not null,
  name text not null,
  settings jsonb not null default '{}'::jsonb,
  secrets bytea,
  attention text,
  attention_at timestamp with time zone,
  created_at timestamp with time zone not null,
  version bigint not null default 1,
  adapter text not null,
  archived_at timestamp with time zone,
  oa text not null default ''::text,
  open_until timestamp with time zone,
  opened_at timestamp with time zone,
  opened_why text,
  opened_times integer not null default 0,
  constraint channel_account_pkey PRIMARY KEY (id),
  constraint channel_account_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table channel_reach (
  workspace_id uuid not null,
  channel text not null,
  sent bigint not null,
  reached bigint not null,
  rate real not null,
  at timestamp with time zone not null,
  constraint channel_reach_pkey PRIMARY KEY (workspace_id, channel),
  constraint channel_reach_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table consent_proof (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  key uuid not null,
  channel text not null,
  purpose text not null,
  granted boolean not null,
  at timestamp with time zone not null,
  source text not null,
  proof text,
  constraint consent_proof_pkey PRIMARY KEY (bucket, workspace_id, customer_id, key)
)
create table consent_purpose (
  workspace_id uuid not null,
  name text not null,
  label jsonb not null,
  text jsonb not null,
  text_version integer not null default 1,
  channels text[] not null,
  asked boolean not null,
  double_opt_in boolean not null,
  archived boolean not null default false,
  version bigint not null default 1,
  constraint consent_purpose_pkey PRIMARY KEY (workspace_id, name),
  constraint consent_purpose_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table consent_request (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  id uuid not null,
  channel text not null,
  purpose text not null,
  text_version integer not null,
  code_hash text,
  tries integer not null default 0,
  asked_by text not null,
  created timestamp with time zone not null,
  expires timestamp with time zone not null,
  confirmed timestamp with time zone,
  constraint consent_request_pkey PRIMARY KEY (bucket, id)
)
create table consent_text (
  workspace_id uuid not null,
  purpose text not null,
  version integer not null,
  text jsonb not null,
  at timestamp with time zone not null,
  changed_by text not null,
  constraint consent_text_pkey PRIMARY KEY (workspace_id, purpose, version)
)
create table conversation (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  channel text not null,
  status text not null,
  unread integer not null default 0,
  opened_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  last_side text not null,
  last_kind text not null,
  last_text text,
  assignee uuid,
  handed_to text,
  answering uuid,
  answering_until timestamp with time zone,
  away_for timestamp with time zone,
  away_seen timestamp with time zone,
  constraint conversation_pkey PRIMARY KEY (bucket, customer_id, channel),
  constraint conversation_status_check CHECK ((status = ANY (ARRAY['open'::text, 'waiting'::text, 'closed'::text])))
)
create table conversation_entry (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  key uuid not null,
  channel text not null,
  at timestamp with time zone not null,
  side text not null,
  kind text not null,
  text text,
  data text,
  said_by text,
  source text not null,
  message_id uuid,
  constraint conversation_entry_pkey PRIMARY KEY (bucket, customer_id, key),
  constraint conversation_entry_side_check CHECK ((side = ANY (ARRAY['customer'::text, 'team'::text, 'note'::text, 'system'::text])))
)
create table coupon (
  id uuid not null,
  workspace_id uuid not null,
  n integer not null,
  key text not null,
  terms jsonb not null,
  archived boolean not null default false,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint coupon_pkey PRIMARY KEY (id),
  constraint coupon_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id),
  constraint coupon_workspace_id_key_key UNIQUE (workspace_id, key),
  constraint coupon_workspace_id_n_key UNIQUE (workspace_id, n)
)
create table coupon_issue (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  key uuid not null,
  code text not null,
  coupon_id uuid not null,
  entry text not null,
  at timestamp with time zone not null,
  source text not null,
  ref text,
  constraint coupon_issue_entry_check CHECK ((entry = ANY (ARRAY['issued'::text, 'claimed'::text, 'redeemed'::text, 'expired'::text, 'moved'::text]))),
  constraint coupon_issue_pkey PRIMARY KEY (bucket, workspace_id, customer_id, key)
)
create table currency_rate (
  workspace_id uuid not null,
  currency text not null,
  valid_from date not null,
  rate numeric(18,8) not null,
  set_by text not null,
  set_at timestamp with time zone not null,
  constraint currency_rate_pkey PRIMARY KEY (workspace_id, currency, valid_from),
  constraint currency_rate_rate_check CHECK ((rate > (0)::numeric)),
  constraint currency_rate_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table customer (
  bucket smallint not null,
  id uuid not null,
  workspace_id uuid not null,
  state text not null storage e,
  version bigint not null,
  due_at timestamp with time zone,
  merged_into uuid,
  constraint customer_pkey PRIMARY KEY (bucket, id)
)
create table customer_snapshot (
  bucket smallint not null,
  id uuid not null,
  workspace_id uuid not null,
  state text not null storage e,
  merged_into uuid,
  constraint customer_snapshot_pkey PRIMARY KEY (bucket, id)
)
create table dead_letter (
  workspace_id uuid not null,
  source_id uuid not null,
  id uuid not null,
  at timestamp with time zone not null,
  topic text,
  code text not null,
  path text,
  detail text not null,
  body text not null,
  constraint dead_letter_pkey PRIMARY KEY (workspace_id, source_id, id),
  constraint dead_letter_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE
)
create table erasure (
  id uuid not null,
  workspace_id uuid not null,
  status text not null,
  step text not null default ''::text,
  done integer not null default 0,
  total integer not null default 0,
  reason text not null,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  claimed_until timestamp with time zone,
  finished_at timestamp with time zone,
  sealed bytea,
  result jsonb not null default '{}'::jsonb,
  error text,
  constraint erasure_pkey PRIMARY KEY (id),
  constraint erasure_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text]))),
  constraint erasure_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table event_name (
  workspace_id uuid not null,
  name text not null,
  label jsonb not null,
  constraint event_name_pkey PRIMARY KEY (workspace_id, name),
  constraint event_name_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table experiment_decision (
  workspace_id uuid not null,
  journey_id uuid not null,
  node text not null,
  experiment uuid not null,
  variant text not null,
  decided_at timestamp with time zone not null,
  decided_by text not null,
  figures jsonb not null,
  constraint experiment_decision_pkey PRIMARY KEY (workspace_id, journey_id, node, experiment),
  constraint experiment_decision_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table frequency_lock (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  turns bigint not null default 1,
  constraint frequency_lock_pkey PRIMARY KEY (bucket, workspace_id, customer_id)
)
create table frequency_rule (
  id uuid not null,
  workspace_id uuid not null,
  segment_id uuid,
  channel text,
  max integer not null,
  per text not null,
  days integer not null,
  version bigint not null default 1,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  constraint frequency_rule_per_check CHECK ((per = ANY (ARRAY['day'::text, 'week'::text, 'days'::text]))),
  constraint frequency_rule_pkey PRIMARY KEY (id),
  constraint frequency_rule_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table history_cursor (
  bucket smallint not null,
  seq bigint not null default 0,
  constraint history_cursor_pkey PRIMARY KEY (bucket)
)
create table history_group (
  history_group smallint not null,
  owner text,
  lease_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  epoch bigint not null default 0,
  batch_no bigint not null default 0,
  batch jsonb,
  constraint history_group_pkey PRIMARY KEY (history_group)
)
create table history_purge (
  workspace_id uuid not null,
  before timestamp with time zone not null,
  constraint history_purge_pkey PRIMARY KEY (workspace_id),
  constraint history_purge_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table http_answer (
  actor uuid not null,
  key text not null,
  body_hash uuid not null,
  answer bytea,
  at timestamp with time zone not null,
  constraint http_answer_pkey PRIMARY KEY (actor, key)
)
create table identifier (
  bucket smallint not null,
  workspace_id uuid not null,
  kind text not null,
  value text not null,
  customer_id uuid not null,
  verified boolean not null,
  created_at timestamp with time zone not null,
  shared boolean not null default false,
  constraint identifier_pkey PRIMARY KEY (bucket, workspace_id, kind, value)
)
create table identity_conflict (
  bucket smallint not null,
  workspace_id uuid not null,
  id uuid not null,
  one uuid not null,
  two uuid not null,
  reason text not null,
  ids jsonb not null,
  event_id text,
  event_name text,
  source text,
  at timestamp with time zone not null,
  status text not null,
  decided_by text,
  decided_at timestamp with time zone,
  constraint identity_conflict_pkey PRIMARY KEY (bucket, workspace_id, id),
  constraint identity_conflict_status_check CHECK ((status = ANY (ARRAY['open'::text, 'merged'::text, 'apart'::text, 'moved'::text])))
)
create table import (
  id uuid not null,
  workspace_id uuid not null,
  source text not null,
  target text,
  preset text,
  file_name text not null,
  bytes bigint not null,
  file_hash bytea,
  shape jsonb not null,
  columns jsonb not null default '[]'::jsonb,
  mapping jsonb not null default '{}'::jsonb,
  constants jsonb not null default '{}'::jsonb,
  status text not null,
  position bigint not null default 0,
  read_bytes bigint not null default 0,
  error_bytes bigint not null default 0,
  counts jsonb not null default '{}'::jsonb,
  faults jsonb not null default '[]'::jsonb,
  problem jsonb,
  attempts integer not null default 0,
  owner text,
  lease_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint import_pkey PRIMARY KEY (id),
  constraint import_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'checking'::text, 'ready'::text, 'queued'::text, 'running'::text, 'cancelling'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint import_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table import_feed (
  workspace_id uuid not null,
  source text not null,
  every_hours integer,
  constraint import_feed_pkey PRIMARY KEY (workspace_id, source),
  constraint import_feed_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table imported (
  bucket smallint not null,
  workspace_id uuid not null,
  key uuid not null,
  content uuid not null,
  n integer not null default 1,
  constraint imported_pkey PRIMARY KEY (bucket, workspace_id, key)
)
create table inbox (
  bucket smallint not null,
  received timestamp with time zone not null default clock_timestamp(),
  request_id uuid not null,
  ordinal integer not null,
  workspace_id uuid not null,
  customer_id uuid,
  kind text not null,
  message_hash uuid,
  body text not null storage e,
  constraint inbox_pkey PRIMARY KEY (bucket, received, request_id, ordinal)
)
create table insight_done (
  workspace_id uuid not null,
  job text not null,
  done date not null,
  constraint insight_done_job_check CHECK ((job = ANY (ARRAY['reach'::text, 'kpis'::text]))),
  constraint insight_done_pkey PRIMARY KEY (workspace_id, job),
  constraint insight_done_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table installed_preset (
  workspace_id uuid not null,
  preset text not null,
  journeys uuid[] not null,
  at timestamp with time zone not null,
  constraint installed_preset_pkey PRIMARY KEY (workspace_id, preset),
  constraint installed_preset_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table journal (
  bucket smallint not null,
  seq bigint not null,
  workspace_id uuid not null,
  catalogue_no bigint not null,
  reducer_version integer not null,
  at timestamp with time zone not null,
  body bytea not null storage e,
  constraint journal_pkey PRIMARY KEY (bucket, seq)
)
create table journal_edge (
  bucket smallint not null,
  seq bigint not null,
  at timestamp with time zone not null,
  constraint journal_edge_pkey PRIMARY KEY (bucket)
)
create table journey (
  id uuid not null,
  workspace_id uuid not null,
  name text not null,
  status text not null,
  draft jsonb not null,
  live_version integer,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  draft_by text,
  draft_at timestamp with time zone,
  kind text not null default 'journey'::text,
  campaign_id uuid,
  constraint journey_kind_check CHECK ((kind = ANY (ARRAY['journey'::text, 'broadcast'::text]))),
  constraint journey_pkey PRIMARY KEY (id),
  constraint journey_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'paused'::text, 'draining'::text, 'stopped'::text, 'archived'::text]))),
  constraint journey_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table journey_approval (
  id uuid not null,
  workspace_id uuid not null,
  journey_id uuid not null,
  graph jsonb not null,
  moves jsonb not null,
  note text not null,
  status text not null,
  asked_by text not null,
  asked_by_id uuid not null,
  asked_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  reason text,
  version integer,
  publish_at timestamp with time zone,
  constraint journey_approval_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journey(id),
  constraint journey_approval_pkey PRIMARY KEY (id),
  constraint journey_approval_status_check CHECK ((status = ANY (ARRAY['open'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text]))),
  constraint journey_approval_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table journey_replay (
  id uuid not null,
  workspace_id uuid not null,
  journey_id uuid not null,
  days integer not null,
  graph text not null,
  live_version integer,
  status text not null,
  done integer not null default 0,
  total integer,
  result text,
  problem jsonb,
  owner text,
  lease_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  attempts integer not null default 0,
  created_by text not null,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint journey_replay_pkey PRIMARY KEY (id),
  constraint journey_replay_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint journey_replay_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table journey_schedule (
  workspace_id uuid not null,
  journey_id uuid not null,
  graph jsonb not null,
  moves jsonb not null,
  publish_at timestamp with time zone not null,
  asked_by text not null,
  asked_at timestamp with time zone not null,
  fault jsonb,
  constraint journey_schedule_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journey(id),
  constraint journey_schedule_pkey PRIMARY KEY (workspace_id, journey_id),
  constraint journey_schedule_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table journey_version (
  workspace_id uuid not null,
  journey_id uuid not null,
  version integer not null,
  graph jsonb not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  moves jsonb,
  constraint journey_version_journey_id_fkey FOREIGN KEY (journey_id) REFERENCES journey(id),
  constraint journey_version_pkey PRIMARY KEY (journey_id, version)
)
create table kpi (
  workspace_id uuid not null,
  id uuid not null,
  metric text not null,
  target double precision,
  period text not null,
  position integer not null,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint kpi_period_check CHECK ((period = ANY (ARRAY['week'::text, 'month'::text, 'quarter'::text]))),
  constraint kpi_pkey PRIMARY KEY (workspace_id, id),
  constraint kpi_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table kpi_snapshot (
  workspace_id uuid not null,
  metric text not null,
  week date not null,
  value double precision,
  part double precision not null,
  whole double precision not null,
  taken_at timestamp with time zone not null,
  constraint kpi_snapshot_pkey PRIMARY KEY (workspace_id, metric, week),
  constraint kpi_snapshot_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table limit_count (
  bucket smallint not null,
  workspace_id uuid not null,
  key text not null,
  per text not null,
  window_start timestamp with time zone not null,
  used bigint not null default 0,
  max bigint not null,
  constraint limit_count_per_check CHECK ((per = ANY (ARRAY['minute'::text, 'hour'::text, 'day'::text, 'month'::text, 'ever'::text]))),
  constraint limit_count_pkey PRIMARY KEY (bucket, workspace_id, key, window_start)
)
create table line_chat (
  workspace_id uuid not null,
  account_id uuid not null,
  address text not null,
  reply_token text,
  reply_until timestamp with time zone not null,
  read_token text,
  read_at timestamp with time zone,
  constraint line_chat_pkey PRIMARY KEY (workspace_id, account_id, address)
)
create table line_content (
  workspace_id uuid not null,
  account_id uuid not null,
  message_id text not null,
  address text not null,
  kind text not null,
  state text not null,
  type text,
  size integer,
  bytes bytea storage e,
  at timestamp with time zone not null,
  due timestamp with time zone,
  attempts integer not null default 0,
  forget_due timestamp with time zone,
  constraint line_content_pkey PRIMARY KEY (workspace_id, account_id, message_id),
  constraint line_content_state_check CHECK ((state = ANY (ARRAY['wanted'::text, 'kept'::text, 'too_large'::text, 'gone'::text, 'not_kept'::text, 'unsent'::text])))
)
create table line_day (
  workspace_id uuid not null,
  account_id uuid not null,
  day date not null,
  followers integer,
  targeted_reaches integer,
  blocks integer,
  pulled_at timestamp with time zone not null,
  constraint line_day_pkey PRIMARY KEY (account_id, day)
)
create table line_menu (
  workspace_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  name text not null,
  place integer not null,
  audience jsonb not null,
  menu jsonb not null,
  picture_id uuid,
  alias text,
  status text not null,
  provider_id text,
  published jsonb,
  fault text,
  version bigint not null default 1,
  created_at timestamp with time zone not null default clock_timestamp(),
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint line_menu_pkey PRIMARY KEY (id),
  constraint line_menu_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'archived'::text])))
)
create table line_menu_old (
  workspace_id uuid not null,
  account_id uuid not null,
  provider_id text not null,
  due timestamp with time zone not null,
  constraint line_menu_old_pkey PRIMARY KEY (account_id, provider_id)
)
create table line_menu_round (
  workspace_id uuid not null,
  account_id uuid not null,
  bucket integer,
  after uuid,
  asked timestamp with time zone,
  constraint line_menu_round_pkey PRIMARY KEY (account_id)
)
create table line_menu_user (
  workspace_id uuid not null,
  account_id uuid not null,
  address text not null,
  wanted text,
  linked text,
  due timestamp with time zone,
  attempts integer not null default 0,
  constraint line_menu_user_pkey PRIMARY KEY (workspace_id, account_id, address)
)
create table line_nonce (
  workspace_id uuid not null,
  account_id uuid not null,
  hash uuid not null,
  kind text not null,
  claims bytea,
  used_by text,
  until timestamp with time zone not null,
  constraint line_nonce_kind_check CHECK ((kind = ANY (ARRAY['link'::text, 'liff'::text]))),
  constraint line_nonce_pkey PRIMARY KEY (hash)
)
create table line_profile (
  workspace_id uuid not null,
  account_id uuid not null,
  address text not null,
  event text not null,
  at timestamp with time zone not null,
  due timestamp with time zone not null,
  attempts integer not null default 0,
  constraint line_profile_pkey PRIMARY KEY (workspace_id, account_id, address)
)
create table line_unit (
  workspace_id uuid not null,
  account_id uuid not null,
  unit text not null,
  journey_id uuid not null,
  journey_version integer not null,
  node text not null,
  first_day date not null,
  last_day date not null,
  impressions bigint,
  clicks bigint,
  plays bigint,
  figures jsonb,
  pulled_day date,
  pulled_at timestamp with time zone,
  again_at timestamp with time zone,
  constraint line_unit_pkey PRIMARY KEY (account_id, unit)
)
create table message (
  bucket smallint not null,
  id uuid not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  journey_id uuid,
  journey_version integer,
  enrollment_id uuid,
  node text,
  occurrence integer,
  channel text not null,
  state text not null,
  reason text,
  send_after timestamp with time zone not null,
  not_after timestamp with time zone,
  attempts integer not null default 0,
  claim_owner text,
  claim_until timestamp with time zone,
  epoch bigint not null default 0,
  provider_id text,
  sent_at timestamp with time zone,
  body text not null,
  rendered text,
  created timestamp with time zone not null,
  changed timestamp with time zone not null,
  taken text,
  account_id uuid,
  batch_id uuid,
  slot_at timestamp with time zone,
  receipt text,
  cost double precision,
  faults smallint not null default 0,
  again smallint not null default 0,
  dismissed boolean not null default false,
  origin text,
  out_at timestamp with time zone,
  held_by uuid,
  held_as text,
  constraint message_origin_check CHECK ((origin = ANY (ARRAY['reply'::text, 'test'::text, 'auto'::text]))),
  constraint message_pkey PRIMARY KEY (bucket, id)
)
create table message_batch (
  id uuid not null,
  workspace_id uuid not null,
  account_id uuid not null,
  members uuid[] not null,
  claim_until timestamp with time zone,
  created timestamp with time zone not null default clock_timestamp(),
  constraint message_batch_pkey PRIMARY KEY (id)
)
create table message_price (
  id uuid not null,
  workspace_id uuid not null,
  account_id uuid not null,
  purpose text,
  category text,
  prefix text not null default ''::text,
  price numeric(14,6) not null,
  currency text not null,
  valid_from date not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint message_price_account_id_fkey FOREIGN KEY (account_id) REFERENCES channel_account(id),
  constraint message_price_pkey PRIMARY KEY (id),
  constraint message_price_price_check CHECK ((price >= (0)::numeric)),
  constraint message_price_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table module (
  workspace_id uuid not null,
  id uuid not null,
  name text not null,
  folder text not null default ''::text,
  tags text[] not null default '{}'::text[],
  channel text not null,
  purpose text not null,
  draft jsonb not null,
  live_version integer,
  archived boolean not null default false,
  version bigint not null default 1,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  constraint module_pkey PRIMARY KEY (workspace_id, id),
  constraint module_purpose_check CHECK ((purpose = ANY (ARRAY['marketing'::text, 'transactional'::text]))),
  constraint module_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table module_version (
  workspace_id uuid not null,
  module_id uuid not null,
  version integer not null,
  content jsonb not null,
  note text not null default ''::text,
  published_by text not null,
  published_at timestamp with time zone not null,
  constraint module_version_pkey PRIMARY KEY (workspace_id, module_id, version),
  constraint module_version_workspace_id_module_id_fkey FOREIGN KEY (workspace_id, module_id) REFERENCES module(workspace_id, id)
)
create table notice (
  bucket smallint not null,
  id uuid not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  journey_id uuid not null,
  node text not null,
  level text not null,
  text text not null,
  roles text[] not null,
  users text[] not null,
  body text not null,
  at timestamp with time zone not null,
  constraint notice_pkey PRIMARY KEY (bucket, id)
)
create table notice_read (
  workspace_id uuid not null,
  user_id uuid not null,
  notice_id uuid not null,
  at timestamp with time zone not null,
  constraint notice_read_pkey PRIMARY KEY (workspace_id, user_id, notice_id)
)
create table order_entry (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  order_no text not null,
  entry text not null,
  key uuid not null,
  occurred timestamp with time zone not null,
  amount bigint not null,
  currency text not null,
  body text not null,
  constraint order_entry_pkey PRIMARY KEY (bucket, workspace_id, customer_id, order_no, key)
)
create table outflow_cursor (
  bucket smallint not null,
  seq bigint not null,
  constraint outflow_cursor_pkey PRIMARY KEY (bucket)
)
create table parked (
  bucket smallint not null,
  customer_id uuid not null,
  workspace_id uuid not null,
  reason text not null,
  error text not null,
  at timestamp with time zone not null,
  constraint parked_pkey PRIMARY KEY (bucket, customer_id)
)
create table parked_input (
  bucket smallint not null,
  customer_id uuid not null,
  seq bigint not null identity,
  workspace_id uuid not null,
  kind text not null,
  message_hash uuid,
  received timestamp with time zone not null,
  request_id uuid not null,
  ordinal integer not null,
  body text not null,
  constraint parked_input_pkey PRIMARY KEY (bucket, customer_id, seq)
)
create table picture (
  workspace_id uuid not null,
  id uuid not null,
  type text not null,
  width integer not null,
  height integer not null,
  size integer not null,
  bytes bytea not null storage e,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint picture_pkey PRIMARY KEY (id)
)
create table points_entry (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  key uuid not null,
  entry text not null,
  amount bigint not null,
  at timestamp with time zone not null,
  ends timestamp with time zone,
  reason text not null,
  source text not null,
  ref text,
  constraint points_entry_entry_check CHECK ((entry = ANY (ARRAY['earned'::text, 'burned'::text, 'expired'::text, 'moved'::text]))),
  constraint points_entry_pkey PRIMARY KEY (bucket, workspace_id, customer_id, key)
)
create table process (
  id text not null,
  role text not null,
  at timestamp with time zone not null,
  constraint process_pkey PRIMARY KEY (id, role)
)
create table process_metrics (
  id text not null,
  roles text[] not null,
  at timestamp with time zone not null,
  body jsonb not null,
  constraint process_metrics_pkey PRIMARY KEY (id)
)
create table product (
  workspace_id uuid not null,
  id uuid not null,
  code text not null,
  sku text,
  name text not null,
  category text[] not null default '{}'::text[],
  brand text,
  price bigint,
  cost bigint,
  currency text,
  stock integer,
  image_url text,
  url text,
  status text not null default 'active'::text,
  variants jsonb not null default '[]'::jsonb,
  attributes jsonb not null default '{}'::jsonb,
  archived boolean not null default false,
  version bigint not null default 1,
  mirrored bigint not null default 0,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint product_pkey PRIMARY KEY (workspace_id, id),
  constraint product_status_check CHECK ((status = ANY (ARRAY['active'::text, 'hidden'::text, 'discontinued'::text]))),
  constraint product_workspace_id_code_key UNIQUE (workspace_id, code),
  constraint product_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table quick_reply (
  id uuid not null,
  workspace_id uuid not null,
  name text not null,
  text text not null,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  version bigint not null default 1,
  constraint quick_reply_pkey PRIMARY KEY (id),
  constraint quick_reply_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table rate_line (
  account_id uuid not null,
  key text not null,
  free_at timestamp with time zone not null,
  refused smallint not null default 0,
  constraint rate_line_pkey PRIMARY KEY (account_id, key)
)
create table recommendation_run (
  workspace_id uuid not null,
  at timestamp with time zone not null,
  orders integer not null,
  constraint recommendation_run_pkey PRIMARY KEY (workspace_id),
  constraint recommendation_run_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table rejected_event (
  workspace_id uuid not null,
  id uuid not null,
  at timestamp with time zone not null,
  source text not null,
  code text not null,
  path text,
  detail text not null,
  body text not null,
  constraint rejected_event_pkey PRIMARY KEY (workspace_id, id)
)
create table sandbox_call (
  workspace_id uuid not null,
  id uuid not null,
  webhook_id text not null,
  signed boolean not null,
  method text not null,
  path text not null,
  headers jsonb not null,
  body text not null,
  status integer not null,
  at timestamp with time zone not null,
  constraint sandbox_call_pkey PRIMARY KEY (workspace_id, id)
)
create table sandbox_contact (
  workspace_id uuid not null,
  channel text not null,
  address text not null,
  name text not null,
  following boolean not null default true,
  created timestamp with time zone not null,
  constraint sandbox_contact_pkey PRIMARY KEY (workspace_id, channel, address)
)
create table sandbox_message (
  workspace_id uuid not null,
  id uuid not null,
  channel text not null,
  address text not null,
  direction text not null,
  retry_key text,
  payload jsonb not null,
  at timestamp with time zone not null,
  constraint sandbox_message_direction_check CHECK ((direction = ANY (ARRAY['to_customer'::text, 'from_customer'::text]))),
  constraint sandbox_message_pkey PRIMARY KEY (workspace_id, id)
)
create table sandbox_object (
  workspace_id uuid not null,
  kind text not null,
  key text not null,
  body jsonb not null,
  at timestamp with time zone not null default clock_timestamp(),
  constraint sandbox_object_pkey PRIMARY KEY (workspace_id, kind, key)
)
create table sandbox_receipt (
  workspace_id uuid not null,
  id uuid not null,
  url text not null,
  body text not null,
  headers jsonb not null,
  due timestamp with time zone not null,
  attempts integer not null default 0,
  method text not null default 'POST'::text,
  constraint sandbox_receipt_pkey PRIMARY KEY (workspace_id, id)
)
create table schema_migration (
  name text not null,
  hash text not null,
  at timestamp with time zone not null default now(),
  constraint schema_migration_pkey PRIMARY KEY (name)
)
create table seen (
  bucket smallint not null,
  workspace_id uuid not null,
  hash uuid not null,
  day date not null,
  constraint seen_pkey PRIMARY KEY (bucket, workspace_id, hash)
)
create table segment (
  id uuid not null,
  workspace_id uuid not null,
  n integer not null,
  name text not null,
  purpose text not null default ''::text,
  kind text not null,
  status text not null,
  draft jsonb not null,
  live_version integer,
  groups jsonb not null default '{}'::jsonb,
  library text,
  version integer not null default 1,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  constraint segment_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'partition'::text, 'static'::text]))),
  constraint segment_pkey PRIMARY KEY (id),
  constraint segment_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'live'::text, 'archived'::text]))),
  constraint segment_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id),
  constraint segment_workspace_id_n_key UNIQUE (workspace_id, n)
)
create table segment_job (
  id uuid not null,
  workspace_id uuid not null,
  segment_id uuid,
  kind text not null,
  params jsonb not null default '{}'::jsonb,
  status text not null,
  stage text not null,
  bucket smallint not null default 0,
  after uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  done bigint not null default 0,
  total bigint,
  hits bigint not null default 0,
  problem jsonb,
  attempts integer not null default 0,
  owner text,
  lease_until timestamp with time zone not null default '-infinity'::timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint segment_job_kind_check CHECK ((kind = ANY (ARRAY['backfill'::text, 'snapshot'::text, 'tag'::text, 'untag'::text, 'tell'::text]))),
  constraint segment_job_pkey PRIMARY KEY (id),
  constraint segment_job_segment_id_fkey FOREIGN KEY (segment_id) REFERENCES segment(id),
  constraint segment_job_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint segment_job_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table segment_version (
  workspace_id uuid not null,
  segment_id uuid not null,
  version integer not null,
  definition jsonb not null,
  since bigint not null,
  filled_at timestamp with time zone,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint segment_version_pkey PRIMARY KEY (segment_id, version),
  constraint segment_version_segment_id_fkey FOREIGN KEY (segment_id) REFERENCES segment(id)
)
create table short_link (
  token text not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  message_id uuid not null,
  label text not null,
  url text not null,
  created_at timestamp with time zone not null,
  constraint short_link_pkey PRIMARY KEY (token)
)
create table sign_in_link (
  token_hash bytea not null,
  purpose text not null,
  user_id uuid,
  workspace_id uuid,
  email text,
  role text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint sign_in_link_pkey PRIMARY KEY (token_hash),
  constraint sign_in_link_purpose_check CHECK ((purpose = ANY (ARRAY['first'::text, 'invite'::text, 'reset'::text]))),
  constraint sign_in_link_user_id_fkey FOREIGN KEY (user_id) REFERENCES team_user(id),
  constraint sign_in_link_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table soft_bounce (
  bucket smallint not null,
  workspace_id uuid not null,
  channel text not null,
  address text not null,
  times smallint not null,
  at timestamp with time zone not null,
  constraint soft_bounce_pkey PRIMARY KEY (bucket, workspace_id, channel, address)
)
create table source (
  workspace_id uuid not null,
  id uuid not null,
  kind text not null,
  name text not null,
  settings jsonb not null default '{}'::jsonb,
  secret bytea,
  active boolean not null default true,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  constraint source_kind_check CHECK ((kind = ANY (ARRAY['webhook'::text, 'shopify'::text]))),
  constraint source_pkey PRIMARY KEY (id),
  constraint source_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table source_delivery (
  source_id uuid not null,
  delivery text not null,
  at timestamp with time zone not null,
  constraint source_delivery_pkey PRIMARY KEY (source_id, delivery),
  constraint source_delivery_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE
)
create table source_order (
  source_id uuid not null,
  outside text not null,
  order_no text not null,
  at timestamp with time zone not null,
  constraint source_order_pkey PRIMARY KEY (source_id, outside),
  constraint source_order_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE
)
create table source_state (
  source_id uuid not null,
  last_at timestamp with time zone,
  rows_in bigint not null default 0,
  rejected bigint not null default 0,
  refused_at timestamp with time zone,
  refused_why text,
  last_body text,
  last_topic text,
  constraint source_state_pkey PRIMARY KEY (source_id),
  constraint source_state_source_id_fkey FOREIGN KEY (source_id) REFERENCES source(id) ON DELETE CASCADE
)
create table staff (
  workspace_id uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  store text,
  role text not null default 'staff'::text,
  pin_hash text,
  active boolean not null default true,
  archived boolean not null default false,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint staff_pkey PRIMARY KEY (workspace_id, id),
  constraint staff_role_check CHECK ((role = ANY (ARRAY['manager'::text, 'staff'::text]))),
  constraint staff_workspace_id_code_key UNIQUE (workspace_id, code),
  constraint staff_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table store (
  workspace_id uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  name_en text,
  region text,
  address text,
  phone text,
  latitude double precision,
  longitude double precision,
  hours jsonb not null default '{}'::jsonb,
  active boolean not null default true,
  archived boolean not null default false,
  version bigint not null default 1,
  mirrored bigint not null default 0,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint store_pkey PRIMARY KEY (workspace_id, id),
  constraint store_workspace_id_code_key UNIQUE (workspace_id, code),
  constraint store_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table suppression (
  bucket smallint not null,
  workspace_id uuid not null,
  channel text not null,
  address text not null,
  reason text not null,
  source text not null,
  at timestamp with time zone not null,
  constraint suppression_pkey PRIMARY KEY (bucket, workspace_id, channel, address)
)
create table system (
  key text not null,
  value text not null,
  constraint system_pkey PRIMARY KEY (key)
)
create table team_role (
  workspace_id uuid not null,
  user_id uuid not null,
  role text not null,
  constraint team_role_pkey PRIMARY KEY (workspace_id, user_id),
  constraint team_role_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'marketer'::text, 'analyst'::text, 'staff'::text, 'viewer'::text]))),
  constraint team_role_user_id_fkey FOREIGN KEY (user_id) REFERENCES team_user(id),
  constraint team_role_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id)
)
create table team_session (
  token_hash bytea not null,
  user_id uuid not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint team_session_pkey PRIMARY KEY (token_hash),
  constraint team_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES team_user(id)
)
create table team_user (
  id uuid not null,
  email text not null,
  name text not null,
  password_hash text,
  locale text not null default 'zh-TW'::text,
  created_at timestamp with time zone not null,
  constraint team_user_email_key UNIQUE (email),
  constraint team_user_pkey PRIMARY KEY (id)
)
create table test_code (
  workspace_id uuid not null,
  user_id uuid not null,
  code text not null,
  ends timestamp with time zone not null,
  constraint test_code_pkey PRIMARY KEY (workspace_id, user_id)
)
create table test_recipient (
  workspace_id uuid not null,
  list text not null,
  customer_id uuid not null,
  added_by text not null,
  added_at timestamp with time zone not null default clock_timestamp(),
  constraint test_recipient_pkey PRIMARY KEY (workspace_id, list, customer_id)
)
create table test_self (
  workspace_id uuid not null,
  user_id uuid not null,
  customer_id uuid not null,
  bound_at timestamp with time zone not null default clock_timestamp(),
  constraint test_self_pkey PRIMARY KEY (workspace_id, user_id)
)
create table webhook (
  id uuid not null,
  workspace_id uuid not null,
  name text not null,
  url text not null,
  events text[] not null,
  secret bytea not null,
  old_secret bytea,
  old_until timestamp with time zone,
  state text not null,
  failing_since timestamp with time zone,
  last_ok timestamp with time zone,
  last_error text,
  created_at timestamp with time zone not null,
  version bigint not null default 1,
  constraint webhook_pkey PRIMARY KEY (id)
)
create table webhook_delivery (
  workspace_id uuid not null,
  id uuid not null,
  webhook_id uuid not null,
  customer_id uuid,
  type text not null,
  body text not null,
  state text not null,
  attempts integer not null default 0,
  due timestamp with time zone not null,
  status integer,
  error text,
  created_at timestamp with time zone not null,
  constraint webhook_delivery_pkey PRIMARY KEY (workspace_id, id)
)
create table whatsapp_template (
  workspace_id uuid not null,
  account_id uuid not null,
  name text not null,
  language text not null,
  category text not null,
  status text not null,
  components jsonb not null,
  synced_at timestamp with time zone not null,
  constraint whatsapp_template_pkey PRIMARY KEY (workspace_id, account_id, name, language)
)
create table workspace (
  id uuid not null,
  name text not null,
  kind text not null,
  timezone text not null default 'Asia/Taipei'::text,
  locale text not null default 'zh-TW'::text,
  currency text not null default 'TWD'::text,
  clock_offset_ms bigint not null default 0,
  clock_target timestamp with time zone,
  catalogue_no bigint not null default 0,
  settings jsonb not null default '{}'::jsonb,
  token_secret bytea not null,
  version bigint not null default 1,
  created_at timestamp with time zone not null,
  constraint workspace_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'sandbox'::text]))),
  constraint workspace_pkey PRIMARY KEY (id)
)
CREATE INDEX ad_audience_workspace_id_idx ON ad_audience USING btree (workspace_id)
CREATE INDEX ad_conversion_due_idx ON ad_conversion USING btree (due) WHERE (due IS NOT NULL)
CREATE INDEX ad_member_audience_id_idx ON ad_member USING btree (audience_id) WHERE (told IS NOT NULL)
CREATE INDEX ad_member_due_idx ON ad_member USING btree (due) WHERE (due IS NOT NULL)
CREATE INDEX ad_member_hashes ON ad_member USING gin (((told)::jsonb) jsonb_path_ops) WITH (fastupdate=off) WHERE (told IS NOT NULL)
CREATE INDEX api_key_workspace ON api_key USING btree (workspace_id)
CREATE INDEX audit_kind ON audit USING btree (workspace_id, kind, id DESC)
CREATE INDEX audit_target ON audit USING btree (workspace_id, target, id DESC) WHERE (target IS NOT NULL)
CREATE INDEX audit_workspace ON audit USING btree (workspace_id, at DESC)
CREATE INDEX broadcast_open ON broadcast USING btree (workspace_id) WHERE (ended_at IS NULL)
CREATE INDEX channel_account_workspace ON channel_account USING btree (workspace_id, channel)
CREATE INDEX consent_proof_workspace ON consent_proof USING btree (workspace_id, at)
CREATE INDEX consent_request_customer ON consent_request USING btree (bucket, customer_id)
CREATE INDEX conversation_away ON conversation USING btree (workspace_id) WHERE ((status = 'open'::text) AND (last_side = 'customer'::text) AND (away_for IS DISTINCT FROM opened_at) AND (away_seen IS DISTINCT FROM last_at))
CREATE INDEX conversation_workspace ON conversation USING btree (workspace_id, last_at DESC)
CREATE INDEX conversation_entry_at ON conversation_entry USING btree (bucket, customer_id, channel, at DESC, key DESC)
CREATE INDEX conversation_entry_workspace ON conversation_entry USING btree (workspace_id, at)
CREATE INDEX coupon_issue_coupon ON coupon_issue USING btree (workspace_id, coupon_id, entry)
CREATE INDEX coupon_issue_holder ON coupon_issue USING btree (workspace_id, code)
CREATE INDEX customer_due ON customer USING btree (bucket, due_at) WHERE (due_at IS NOT NULL)
CREATE INDEX erasure_open ON erasure USING btree (status) WHERE (status = ANY (ARRAY['waiting'::text, 'running'::text]))
CREATE INDEX erasure_workspace ON erasure USING btree (workspace_id, id DESC)
CREATE INDEX frequency_rule_workspace ON frequency_rule USING btree (workspace_id)
CREATE INDEX http_answer_at ON http_answer USING btree (at)
CREATE INDEX identifier_created ON identifier USING brin (created_at)
CREATE INDEX identifier_value ON identifier USING btree (workspace_id, value text_pattern_ops)
CREATE INDEX identity_conflict_ids ON identity_conflict USING gin (ids jsonb_path_ops)
CREATE INDEX identity_conflict_open ON identity_conflict USING btree (workspace_id, status, at DESC, id)
CREATE INDEX import_source ON import USING btree (workspace_id, source, id)
CREATE INDEX import_waiting ON import USING btree (lease_until) WHERE (status = ANY (ARRAY['checking'::text, 'queued'::text, 'running'::text, 'cancelling'::text]))
CREATE INDEX import_workspace ON import USING btree (workspace_id, id)
CREATE INDEX journey_campaign ON journey USING btree (workspace_id, campaign_id) WHERE (campaign_id IS NOT NULL)
CREATE INDEX journey_held ON journey USING btree (workspace_id) WHERE ((kind = 'broadcast'::text) AND (status = ANY (ARRAY['paused'::text, 'stopped'::text])))
CREATE INDEX journey_workspace ON journey USING btree (workspace_id)
CREATE UNIQUE INDEX journey_approval_open ON journey_approval USING btree (journey_id) WHERE (status = 'open'::text)
CREATE INDEX journey_approval_workspace ON journey_approval USING btree (workspace_id, asked_at DESC)
CREATE INDEX journey_replay_of ON journey_replay USING btree (workspace_id, journey_id, created_at DESC)
CREATE INDEX journey_replay_open ON journey_replay USING btree (created_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]))
CREATE INDEX journey_schedule_due ON journey_schedule USING btree (publish_at) WHERE (fault IS NULL)
CREATE INDEX limit_count_workspace ON limit_count USING btree (workspace_id, key)
CREATE INDEX line_content_due ON line_content USING btree (due) WHERE (due IS NOT NULL)
CREATE INDEX line_content_forget ON line_content USING btree (forget_due) WHERE (forget_due IS NOT NULL)
CREATE UNIQUE INDEX line_menu_alias ON line_menu USING btree (workspace_id, account_id, alias) WHERE ((alias IS NOT NULL) AND (status <> 'archived'::text))
CREATE INDEX line_menu_workspace ON line_menu USING btree (workspace_id, account_id, place)
CREATE INDEX line_menu_user_due ON line_menu_user USING btree (due) WHERE (due IS NOT NULL)
CREATE INDEX line_nonce_until ON line_nonce USING btree (until)
CREATE INDEX line_profile_due ON line_profile USING btree (due)
CREATE INDEX line_unit_journey ON line_unit USING btree (workspace_id, journey_id)
CREATE INDEX message_customer ON message USING btree (bucket, customer_id, out_at)
CREATE INDEX message_dead ON message USING btree (workspace_id, changed DESC) WHERE ((NOT dismissed) AND ((state = 'unknown'::text) OR ((state = 'failed'::text) AND (reason = 'retries_exhausted'::text)) OR ((state = 'skipped'::text) AND (reason = 'poison'::text))))
CREATE INDEX message_held ON message USING btree (bucket, claim_until) WHERE (state = ANY (ARRAY['claimed'::text, 'sending'::text]))
CREATE INDEX message_held_back ON message USING btree (workspace_id, held_by, changed) WHERE (held_by IS NOT NULL)
CREATE INDEX message_pending ON message USING btree (bucket, send_after) WHERE (state = ANY (ARRAY['intended'::text, 'claimed'::text, 'sending'::text]))
CREATE INDEX message_provider ON message USING btree (workspace_id, provider_id) WHERE ((provider_id IS NOT NULL) AND (channel = ANY (ARRAY['sms'::text, 'messenger'::text, 'instagram'::text])))
CREATE INDEX message_taken ON message USING btree (bucket) WHERE ((taken IS NOT NULL) AND (state = ANY (ARRAY['skipped'::text, 'failed'::text])))
CREATE INDEX message_unknown ON message USING btree (bucket, send_after) WHERE (state = 'unknown'::text)
CREATE INDEX message_workspace ON message USING btree (workspace_id, created DESC)
CREATE INDEX message_price_workspace ON message_price USING btree (workspace_id)
CREATE INDEX notice_customer ON notice USING btree (bucket, customer_id)
CREATE INDEX notice_workspace ON notice USING btree (workspace_id, at DESC, id DESC)
CREATE INDEX order_entry_order ON order_entry USING btree (bucket, workspace_id, order_no)
CREATE INDEX picture_workspace ON picture USING btree (workspace_id) INCLUDE (size)
CREATE INDEX product_sku ON product USING btree (workspace_id, sku) WHERE (sku IS NOT NULL)
CREATE INDEX product_unmirrored ON product USING btree (workspace_id) WHERE (mirrored < version)
CREATE INDEX product_variant_sku ON product USING gin (jsonb_path_query_array(variants, '$[*]."sku"'::jsonpath))
CREATE UNIQUE INDEX quick_reply_name ON quick_reply USING btree (workspace_id, lower(name))
CREATE INDEX sandbox_call_at ON sandbox_call USING btree (workspace_id, at DESC)
CREATE INDEX sandbox_message_at ON sandbox_message USING btree (workspace_id, channel, address, at)
CREATE UNIQUE INDEX sandbox_message_retry ON sandbox_message USING btree (workspace_id, channel, retry_key) WHERE (retry_key IS NOT NULL)
CREATE INDEX seen_day ON seen USING brin (day)
CREATE INDEX segment_job_segment ON segment_job USING btree (workspace_id, segment_id, id)
CREATE INDEX segment_job_waiting ON segment_job USING btree (lease_until) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]))
CREATE INDEX segment_version_workspace ON segment_version USING btree (workspace_id)
CREATE INDEX short_link_created ON short_link USING brin (created_at)
CREATE INDEX source_workspace ON source USING btree (workspace_id)
CREATE INDEX source_delivery_at ON source_delivery USING brin (at)
CREATE INDEX source_order_at ON source_order USING brin (at)
CREATE INDEX store_unmirrored ON store USING btree (workspace_id) WHERE (mirrored < version)
CREATE INDEX team_session_user ON team_session USING btree (user_id)
CREATE INDEX webhook_workspace_id_idx ON webhook USING btree (workspace_id)
CREATE INDEX webhook_delivery_due_idx ON webhook_delivery USING btree (due) WHERE (state = 'waiting'::text)
CREATE INDEX webhook_delivery_workspace_id_webhook_id_created_at_id_idx ON webhook_delivery USING btree (workspace_id, webhook_id, created_at DESC, id)
options bucket (fillfactor=50)
options bulk (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000)
options customer (fillfactor=60, autovacuum_vacuum_scale_factor=0.05)
options frequency_lock (fillfactor=50)
options imported (fillfactor=90)
options inbox (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=20000, autovacuum_vacuum_insert_scale_factor=0, autovacuum_vacuum_insert_threshold=1000000, autovacuum_vacuum_cost_delay=0)
options limit_count (fillfactor=50)
options message (fillfactor=70)
options rate_line (fillfactor=50)
-- ClickHouse
CREATE TABLE customer (`workspace_id` UUID, `customer_id` UUID, `version` UInt64, `name` String, `member_no` String, `email` String, `phone` String, `line_uid` String, `line_following` UInt8, `orders` UInt32, `revenue` Int64, `currency` LowCardinality(String), `first_seen` DateTime64(3, 'UTC'), `last_seen` DateTime64(3, 'UTC'), `tags` Array(String), `traits` String CODEC(ZSTD(1)), `merged_into` UUID, `stage` LowCardinality(String), `stage_at` DateTime64(3, 'UTC'), `orders_by` Array(Tuple(String, UInt32, Int64)), `cost` Int64, `costed` Int64, `first_order` DateTime64(3, 'UTC'), `last_order` DateTime64(3, 'UTC'), `visits` UInt32, `engaged_visits` UInt32, `store_visits` UInt32, `first_touch` String, `last_touch` String, `identifiers` Array(LowCardinality(String)), `consents` Array(LowCardinality(String)), `absorbed` Array(UUID), `reach` Array(LowCardinality(String)), `verified` DateTime64(3, 'UTC'), `faults` Array(LowCardinality(String)), `text_names` Array(LowCardinality(String)), `text_values` Array(String), `date_names` Array(LowCardinality(String)), `date_values` Array(String), `number_names` Array(LowCardinality(String)), `number_values` Array(Float64), `flags` Array(LowCardinality(String)), `list_names` Array(LowCardinality(String)), `list_items` Array(String), `tag_names` Array(LowCardinality(String)), `tag_ends` Array(DateTime64(3, 'UTC')), `bound` Array(LowCardinality(String)), `refusals` Array(LowCardinality(String)), `tier` LowCardinality(String), `points` Nullable(Float64), `coupons` Array(Tuple(String, DateTime64(3, 'UTC'))), `likes_categories` Array(String), `likes_brands` Array(String), `touch_first` Array(String), `touch_last` Array(String), `clock_customer` DateTime64(3, 'UTC'), `clock_marketing` DateTime64(3, 'UTC'), `clock_team` DateTime64(3, 'UTC'), `segments` Array(Tuple(UInt32, UInt16))) ENGINE = ReplacingMergeTree(version) ORDER BY (workspace_id, customer_id) SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 8192
CREATE TABLE event (`workspace_id` UUID, `customer_id` UUID, `bucket` UInt8, `seq` UInt64, `line` UInt32, `part` UInt16, `incarnation` UUID, `kind` LowCardinality(String), `name` LowCardinality(String), `occurred` DateTime64(3, 'UTC'), `received` DateTime64(3, 'UTC'), `folded` DateTime64(3, 'UTC'), `message_id` String, `source` LowCardinality(String), `props` String CODEC(ZSTD(1)), `journey_id` UUID, `version` UInt32, `enrollment_id` UUID, `node` LowCardinality(String), `message` UUID, `channel` LowCardinality(String), `phase` LowCardinality(String), `stage` LowCardinality(String), `rules` UInt64, `segment` LowCardinality(String) MATERIALIZED if(kind = 'segment', JSONExtractString(props, 'segment'), ''), `prop_product_id` Array(String) MATERIALIZED if(startsWith(JSONExtractRaw(props, 'product_id'), '['), arrayFilter(x -> (x NOT IN ('', 'null')), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), [JSONExtractRaw(props, 'product_id')]))))))), if((JSONExtractRaw(props, 'product_id') IN ('', 'null')), [], [JSONExtractRaw(props, 'product_id')])) CODEC(ZSTD(1)), `prop_sku` Array(String) MATERIALIZED if(startsWith(JSONExtractRaw(props, 'sku'), '['), arrayFilter(x -> (x NOT IN ('', 'null')), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), [JSONExtractRaw(props, 'sku')]))))))), if((JSONExtractRaw(props, 'sku') IN ('', 'null')), [], [JSONExtractRaw(props, 'sku')])) CODEC(ZSTD(1)), `prop_category` Array(LowCardinality(String)) MATERIALIZED if(startsWith(JSONExtractRaw(props, 'category'), '['), arrayFilter(x -> (x NOT IN ('', 'null')), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), [JSONExtractRaw(props, 'category')]))))))), if((JSONExtractRaw(props, 'category') IN ('', 'null')), [], [JSONExtractRaw(props, 'category')]))) ENGINE = MergeTree PARTITION BY toYYYYMM(occurred) ORDER BY (workspace_id, name, customer_id, occurred) SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 8192
CREATE TABLE order_state (`workspace_id` UUID, `customer_id` UUID, `order_no` String, `version` UInt64, `known` UInt8, `at` DateTime64(3, 'UTC'), `counts` UInt8, `paid` UInt8, `status` LowCardinality(String), `refunded` LowCardinality(String), `returned` LowCardinality(String), `net` Int64, `currency` LowCardinality(String), `channel` LowCardinality(String), `store` LowCardinality(String), `lines` Array(Tuple(String, String, String, String, Float64, Float64, Float64))) ENGINE = ReplacingMergeTree(version) ORDER BY (workspace_id, customer_id, order_no) SETTINGS non_replicated_deduplication_window = 10000, index_granularity = 8192
CREATE TABLE product (`workspace_id` UUID, `code` String, `sku` String, `name` String, `category` Array(LowCardinality(String)), `brand` LowCardinality(String), `price` Int64, `cost` Int64, `currency` LowCardinality(String), `stock` Int32, `status` LowCardinality(String), `skus` Array(String), `archived` UInt8, `version` UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY (workspace_id, code) SETTINGS index_granularity = 8192
CREATE TABLE schema_migration (`name` String, `hash` String, `at` DateTime DEFAULT now()) ENGINE = ReplacingMergeTree ORDER BY name SETTINGS index_granularity = 8192
CREATE TABLE segment_size (`workspace_id` UUID, `segment` UInt32, `grp` UInt16, `at` DateTime64(3, 'UTC'), `size` UInt64, `computing` UInt8) ENGINE = ReplacingMergeTree ORDER BY (workspace_id, segment, at, grp) SETTINGS index_granularity = 8192
CREATE TABLE store (`workspace_id` UUID, `code` String, `name` String, `name_en` String, `region` LowCardinality(String), `active` UInt8, `archived` UInt8, `version` UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY (workspace_id, code) SETTINGS index_granularity = 8192
