-- Soft bounces in a row of one address; a delivery ends the row. A third makes it a dead address.
create table soft_bounce (
  bucket smallint not null,
  workspace_id uuid not null,
  channel text not null,
  address text not null,
  times smallint not null,
  at timestamptz not null,
  primary key (bucket, workspace_id, channel, address)
);

-- What mailbox providers told of an account's mails, by day of workspace time: what its reputation is judged by.
create table account_reputation (
  workspace_id uuid not null,
  account_id uuid not null,
  day date not null,
  delivered bigint not null default 0,
  bounced bigint not null default 0,
  complained bigint not null default 0,
  primary key (workspace_id, account_id, day)
);
