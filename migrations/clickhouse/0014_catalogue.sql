-- Copies of stores and products, so that questions about the past can name and group by them. Money in the smallest
-- unit; -1 stands for "not known". The newest version of a code wins.

create table if not exists store (
  workspace_id UUID,
  code String,
  name String,
  name_en String,
  region LowCardinality(String),
  active UInt8,
  archived UInt8,
  version UInt64
) engine = ReplacingMergeTree(version)
order by (workspace_id, code);

create table if not exists product (
  workspace_id UUID,
  code String,
  sku String,
  name String,
  category Array(LowCardinality(String)),
  brand LowCardinality(String),
  price Int64,
  cost Int64,
  currency LowCardinality(String),
  stock Int32,
  status LowCardinality(String),
  skus Array(String),
  archived UInt8,
  version UInt64
) engine = ReplacingMergeTree(version)
order by (workspace_id, code);
