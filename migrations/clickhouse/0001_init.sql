-- History: one wide table of what happened and what was decided, and the newest snapshot of each customer.
-- Times are workspace time. Zero UUIDs and empty strings stand for "none". Deduplication windows are set so that a
-- retried batch (same rows, same token) is stored once.

create table if not exists event (
  workspace_id UUID,
  customer_id UUID,
  bucket UInt8,
  seq UInt64,
  line UInt32,
  part UInt16,
  incarnation UUID,
  kind LowCardinality(String),
  name LowCardinality(String),
  occurred DateTime64(3, 'UTC'),
  received DateTime64(3, 'UTC'),
  folded DateTime64(3, 'UTC'),
  message_id String,
  source LowCardinality(String),
  props String CODEC(ZSTD(1)),
  journey_id UUID,
  version UInt32,
  enrollment_id UUID,
  node LowCardinality(String),
  message UUID,
  channel LowCardinality(String)
) engine = MergeTree
partition by toYYYYMM(occurred)
order by (workspace_id, name, customer_id, occurred)
settings non_replicated_deduplication_window = 10000;

create table if not exists customer (
  workspace_id UUID,
  customer_id UUID,
  version UInt64,
  name String,
  member_no String,
  email String,
  phone String,
  line_uid String,
  line_following UInt8,
  orders UInt32,
  revenue Int64,
  currency LowCardinality(String),
  first_seen DateTime64(3, 'UTC'),
  last_seen DateTime64(3, 'UTC'),
  tags Array(String),
  traits String CODEC(ZSTD(1)),
  merged_into UUID
) engine = ReplacingMergeTree(version)
order by (workspace_id, customer_id)
settings non_replicated_deduplication_window = 10000;
