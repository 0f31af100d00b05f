-- Identity: identifiers that several people turned up with, and the conflicts that a person decides.

-- It names nobody any more: customer_id is then the customer who stands for the identifier alone (src/customers/shared.ts).
alter table identifier add column shared boolean not null default false;
-- Claims are physically in order of their time: the sweep of abandoned ones reads a narrow range.
create index identifier_created on identifier using brin (created_at);

-- One row for each pair of customers, for ever: what was kept apart is not asked again. Bucket of the smaller id.
create table identity_conflict (
  bucket smallint not null,
  workspace_id uuid not null,
  id uuid not null,
  one uuid not null,                                  -- the smaller id, as it was then
  two uuid not null,
  reason text not null,                               -- member_no | shared
  ids jsonb not null,                                 -- what they have in common: [{kind, value}]
  event_id text,
  event_name text,
  source text,
  at timestamptz not null,                            -- workspace time
  status text not null check (status in ('open', 'merged', 'apart', 'moved')),
  decided_by text,                                    -- null: closed by what happened since
  decided_at timestamptz,                             -- workspace time
  primary key (bucket, workspace_id, id)
);
create index identity_conflict_open on identity_conflict (workspace_id, status, at desc, id);
create index identity_conflict_ids on identity_conflict using gin (ids jsonb_path_ops);
