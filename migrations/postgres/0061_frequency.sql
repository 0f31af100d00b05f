-- Frequency rules: at most so many marketing messages to a person in a window, of a segment and by a channel. They are asked
-- when a message is let out; what was let out before is counted from the ledger itself, so nothing is given back by hand.
create table frequency_rule (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  segment_id uuid,                                    -- null: everybody
  channel text,                                       -- null: all of them together
  max int not null,
  per text not null check (per in ('day', 'week', 'days')),
  days int not null,                                  -- of 'days': rolling
  version bigint not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  updated_by text not null,
  updated_at timestamptz not null
);
create index frequency_rule_workspace on frequency_rule (workspace_id);

-- One row a person who was ever counted: whoever counts holds it until what it lets out is written.
create table frequency_lock (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  turns bigint not null default 1,
  primary key (bucket, workspace_id, customer_id)
) with (fillfactor = 50);

alter table message add column out_at timestamptz;    -- workspace time at which it was let to the socket; of marketing only
alter table message add column held_by uuid;          -- the frequency rule that held it back
alter table message add column held_as text;          -- JSON: that rule as it was then
drop index message_customer;
create index message_customer on message (bucket, customer_id, out_at);
create index message_held_back on message (workspace_id, held_by, changed) where held_by is not null;
