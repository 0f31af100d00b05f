-- What a workspace calls an event that comes in, whatever name its clients post.
create table event_name (
  workspace_id uuid not null references workspace (id),
  name text not null,
  label jsonb not null,                               -- { zh, en }
  primary key (workspace_id, name)
);
