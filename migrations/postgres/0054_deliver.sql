-- What the deliverer keeps of a message beside its state.
alter table message
  add column account_id uuid,                                -- the account it left by
  add column batch_id uuid,                                  -- it was sent with others in one request
  add column slot_at timestamptz,                            -- real time: its place in its account's rate
  add column receipt text,                                   -- what the provider told of it before its answer was recorded
  add column cost double precision,                          -- smallest unit; of what was accepted
  add column faults smallint not null default 0,             -- how often working on it failed by a fault of ours
  add column again smallint not null default 0,              -- how often a person had it tried again after it had ended
  add column dismissed boolean not null default false;       -- a person has seen that it failed
create index message_dead on message (workspace_id, changed desc)
  where not dismissed and (state = 'unknown' or (state = 'failed' and reason = 'retries_exhausted') or (state = 'skipped' and reason = 'poison'));

-- Several messages in one request: the id is the provider's retry key. Who and in which order stays as it is until it is known
-- what became of it; what was written to each is message.rendered.
create table message_batch (
  id uuid primary key,
  workspace_id uuid not null,
  account_id uuid not null,
  members uuid[] not null,
  claim_until timestamptz,
  created timestamptz not null default clock_timestamp()
);

-- Who may send when: the moment from which the next place of an account's rate is free (real time).
create table rate_line (
  account_id uuid not null,
  key text not null,
  free_at timestamptz not null,
  primary key (account_id, key)
) with (fillfactor = 50);

-- Circuit breaker: after failures in a row nothing leaves by the account until then; then one message tries it.
alter table channel_account
  add column open_until timestamptz,
  add column opened_at timestamptz,
  add column opened_why text,
  add column opened_times int not null default 0;
