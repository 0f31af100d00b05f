-- Privacy: what kind of act an audit line tells of, and erasures of persons with their certificates.

alter table audit add column kind text not null default 'changed'
  check (kind in ('saw', 'changed', 'exported', 'published'));
create index audit_kind on audit (workspace_id, kind, id desc);
create index audit_target on audit (workspace_id, target, id desc) where target is not null;

-- A request to forget one person. What the job searches for is sealed while it runs and gone when it is done: the row
-- that proves the erasure holds no identifier.
create table erasure (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  status text not null check (status in ('waiting', 'running', 'done', 'failed')),
  step text not null default '',
  done int not null default 0,                        -- of `total`, in this step
  total int not null default 0,
  reason text not null,                               -- why it was asked for, in the words of who asked us
  requested_by text not null,                         -- public id of a user or key
  requested_at timestamptz not null,
  claimed_until timestamptz,                          -- a job whose process died is taken up again after this
  finished_at timestamptz,
  sealed bytea,                                       -- encrypted JSON of what is searched for; null when done
  result jsonb not null default '{}',                 -- rows by place, and the certificate
  error text
);
create index erasure_workspace on erasure (workspace_id, id desc);
create index erasure_open on erasure (status) where status in ('waiting', 'running');

-- Raw events that occurred before this moment (workspace time) were removed from history: verify does not miss them.
create table history_purge (
  workspace_id uuid primary key references workspace (id),
  before timestamptz not null
);
