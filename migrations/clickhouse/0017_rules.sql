-- What rules ask of a customer's newest snapshot, in columns that are read alone: texts, numbers, yes/no and lists of
-- attributes by name, tags that end, contacts, refusals, membership, likes by rank, touch, clocks. Zero times and empty
-- texts stand for "none". Parsing `traits` for each of a million people takes half a second; these columns a tenth.
alter table customer
  add column if not exists text_names Array(LowCardinality(String)),
  add column if not exists text_values Array(String),
  -- of those texts, the dates: 'YYYY-MM-DD'
  add column if not exists date_names Array(LowCardinality(String)),
  add column if not exists date_values Array(String),
  add column if not exists number_names Array(LowCardinality(String)),
  add column if not exists number_values Array(Float64),
  -- '+name' for true, '-name' for false
  add column if not exists flags Array(LowCardinality(String)),
  -- names of lists that hold something; 'name=item', the item as JSON
  add column if not exists list_names Array(LowCardinality(String)),
  add column if not exists list_items Array(String),
  -- tags that end, and when
  add column if not exists tag_names Array(LowCardinality(String)),
  add column if not exists tag_ends Array(DateTime64(3, 'UTC')),
  add column if not exists bound Array(LowCardinality(String)),
  add column if not exists refusals Array(LowCardinality(String)),
  add column if not exists tier LowCardinality(String),
  add column if not exists points Nullable(Float64),
  -- coupons neither used nor taken back: kind, end
  add column if not exists coupons Array(Tuple(String, DateTime64(3, 'UTC'))),
  add column if not exists likes_categories Array(String),
  add column if not exists likes_brands Array(String),
  -- kind, source, medium, campaign, ad, store, keyword
  add column if not exists touch_first Array(String),
  add column if not exists touch_last Array(String),
  add column if not exists clock_customer DateTime64(3, 'UTC'),
  add column if not exists clock_marketing DateTime64(3, 'UTC'),
  add column if not exists clock_team DateTime64(3, 'UTC');

-- What each order is worth by the newest fold that touched it (src/customers/order-worth.ts), under the customer of the
-- time. A survivor has rows of its own of every order it took over. `version` orders a customer's rows; `known` is 0 where
-- the order is somebody else's by now. Lines: product, sku, category, brand, quantity, of it come back, price (-1: not
-- known).
create table if not exists order_state (
  workspace_id UUID,
  customer_id UUID,
  order_no String,
  version UInt64,
  known UInt8,
  at DateTime64(3, 'UTC'),
  counts UInt8,
  paid UInt8,
  status LowCardinality(String),
  refunded LowCardinality(String),
  returned LowCardinality(String),
  net Int64,
  currency LowCardinality(String),
  channel LowCardinality(String),
  store LowCardinality(String),
  lines Array(Tuple(String, String, String, String, Float64, Float64, Float64))
) engine = ReplacingMergeTree(version)
order by (workspace_id, customer_id, order_no)
settings non_replicated_deduplication_window = 10000;
