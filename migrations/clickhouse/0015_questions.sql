-- What lists, reports and the page on data quality ask of a customer's snapshot. Filled by the next fold of each
-- customer; until then the defaults mean "not known".
alter table customer
  add column if not exists absorbed Array(UUID),
  add column if not exists kinds Array(LowCardinality(String)),
  add column if not exists reach Array(LowCardinality(String)),
  add column if not exists stage UInt8,
  add column if not exists sold Array(LowCardinality(String)),
  add column if not exists first_order DateTime64(3, 'UTC'),
  add column if not exists verified DateTime64(3, 'UTC'),
  add column if not exists faults Array(LowCardinality(String)),
  add column if not exists touch_at DateTime64(3, 'UTC'),
  add column if not exists touch_kind LowCardinality(String),
  add column if not exists touch_source String,
  add column if not exists touch_medium String,
  add column if not exists touch_campaign String,
  add column if not exists touch_ad String,
  add column if not exists touch_store LowCardinality(String);
