-- What journeys tell the team. The text is a template; `body` holds what was known when it was written.
create table notice (
  bucket smallint not null,
  id uuid not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  journey_id uuid not null,
  node text not null,
  level text not null,                                -- info | warning
  text text not null,
  roles text[] not null,                              -- with `users` empty, too: everybody who may see customers
  users text[] not null,                              -- e-mail addresses of team members
  body text not null,                                 -- JSON: the run's trigger event, what was answered to its nodes
  at timestamptz not null,                            -- workspace time
  primary key (bucket, id)
);
create index notice_workspace on notice (workspace_id, at desc, id desc);
create index notice_customer on notice (bucket, customer_id);

-- Who has read up to which notice, and which later ones.
create table notice_read (
  workspace_id uuid not null,
  user_id uuid not null,
  notice_id uuid not null,
  at timestamptz not null,                            -- real time
  primary key (workspace_id, user_id, notice_id)
);

-- Calls that reached the sandbox's stand-in for other systems.
create table sandbox_call (
  workspace_id uuid not null,
  id uuid not null,
  webhook_id text not null,
  signed boolean not null,                            -- under the workspace's secret, in time
  method text not null,
  path text not null,
  headers jsonb not null,
  body text not null,
  status int not null,                                -- what was answered; 0: nothing
  at timestamptz not null,                            -- workspace time
  primary key (workspace_id, id)
);
create index sandbox_call_at on sandbox_call (workspace_id, at desc);
