-- Pictures of products that were uploaded: small, few, and part of every backup.
create table picture (
  workspace_id uuid not null,
  id uuid not null,                                   -- of workspace and content: the same picture again is the same row
  type text not null,                                 -- png, jpg, webp, gif: by content
  width int not null,
  height int not null,
  size int not null,                                  -- bytes
  bytes bytea not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (id)
);
alter table picture alter column bytes set storage external; -- they are compressed already
create index picture_workspace on picture (workspace_id) include (size);
