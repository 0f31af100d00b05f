-- Events carry the purchase phase and the lifecycle stage they were folded in, with the number of the published rules;
-- snapshots carry what reports group customers by. `orders_by` is [sales channel, orders, net revenue].
alter table event
  add column if not exists phase LowCardinality(String),
  add column if not exists stage LowCardinality(String),
  add column if not exists rules UInt64;

alter table customer
  add column if not exists stage LowCardinality(String),
  add column if not exists stage_at DateTime64(3, 'UTC'),
  add column if not exists orders_by Array(Tuple(String, UInt32, Int64)),
  add column if not exists cost Int64,
  add column if not exists costed Int64,
  add column if not exists first_order DateTime64(3, 'UTC'),
  add column if not exists last_order DateTime64(3, 'UTC'),
  add column if not exists visits UInt32,
  add column if not exists engaged_visits UInt32,
  add column if not exists store_visits UInt32,
  add column if not exists first_touch String,
  add column if not exists last_touch String,
  add column if not exists identifiers Array(LowCardinality(String)),
  add column if not exists consents Array(LowCardinality(String));
