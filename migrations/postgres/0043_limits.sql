-- Limits shared between people: a channel's quota, a journey's budget, an entry cap, a throttle, a coupon's pool. One row a
-- key and window, taken when a message is let out, in the transaction that lets it; here the bucket is the key's hash.
-- Lock order: after `message`, in key order.
create table limit_count (
  bucket smallint not null,
  workspace_id uuid not null,
  key text not null,                                  -- 'quota:<account>', 'budget:<journey>', 'cap:<journey>' … (src/messages/limits.ts)
  per text not null check (per in ('minute', 'hour', 'day', 'month', 'ever')),
  window_start timestamptz not null,                  -- workspace time; 'ever': 1970
  used bigint not null default 0,                     -- messages; of a budget: ten-thousandths of the smallest unit
  max bigint not null,                                -- as asked last
  primary key (bucket, workspace_id, key, window_start)
) with (fillfactor = 50);
create index limit_count_workspace on limit_count (workspace_id, key);

-- What this message has taken of limits, JSON [key, per, window start, amount][]; given back when it ends unsent.
alter table message add column taken text;
create index message_taken on message (bucket) where taken is not null and state in ('skipped', 'failed');
