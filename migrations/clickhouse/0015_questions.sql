-- What lists, reports and the page on data quality ask of a customer's snapshot. Filled by the next fold of each
-- customer; until then the defaults mean "not known".
alter table customer
  add column if not exists absorbed Array(UUID),
  add column if not exists reach Array(LowCardinality(String)),
  add column if not exists verified DateTime64(3, 'UTC'),
  add column if not exists faults Array(LowCardinality(String));
