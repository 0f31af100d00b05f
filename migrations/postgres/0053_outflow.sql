-- What leaves to systems outside as it happens: how far each bucket's journal was read for it, webhooks and their deliveries.
create table outflow_cursor (
  bucket smallint primary key,
  seq bigint not null
);
-- what was before there was anybody to tell is nobody's
insert into outflow_cursor (bucket, seq) select bucket, journal_seq from bucket;

create table webhook (
  id uuid primary key,
  workspace_id uuid not null,
  name text not null,
  url text not null,
  events text[] not null,                             -- names; order.* and * stand for many
  secret bytea not null,                              -- sealed
  old_secret bytea,                                   -- sealed; signs beside the new one until old_until
  old_until timestamptz,
  state text not null,                                -- on, paused (by a person), failing (by us, after three days)
  failing_since timestamptz,                          -- the first failure since the last success
  last_ok timestamptz,
  last_error text,
  created_at timestamptz not null,
  version bigint not null default 1
);
create index on webhook (workspace_id);

create table webhook_delivery (
  workspace_id uuid not null,
  id uuid not null,                                   -- what the receiver knows a repeat by
  webhook_id uuid not null,
  customer_id uuid,
  type text not null,
  body text not null,                                 -- the same bytes at every try
  state text not null,                                -- waiting, done, dead
  attempts int not null default 0,
  due timestamptz not null,
  status int,
  error text,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create index on webhook_delivery (due) where state = 'waiting';
create index on webhook_delivery (workspace_id, webhook_id, created_at desc, id);
