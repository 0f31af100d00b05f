-- What customers and the team said to each other, by channel. Entries are written by the fold that folds what was said, so
-- once, in the person's order, and with them when they are merged or forgotten; notes by whoever writes them.
create table conversation_entry (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  key uuid not null,                                  -- hash of what names it at its sender: told twice it is there once
  channel text not null,
  at timestamptz not null,                            -- workspace time at which it was said
  side text not null check (side in ('customer', 'team', 'note', 'system')),
  kind text not null,                                 -- text | image | sticker | postback | location … | unsent | away | handed
  text text,
  data text,                                          -- JSON: address of a picture, place, sticker, data of a postback
  said_by text,                                       -- who of the team; e-mail, key or name outside
  source text not null,                               -- account or key it came through
  message_id uuid,                                    -- our own message: the ledger says what became of it
  primary key (bucket, customer_id, key)
);
create index conversation_entry_at on conversation_entry (bucket, customer_id, channel, at desc, key desc);
create index conversation_entry_workspace on conversation_entry (workspace_id, at); -- retention

-- One row for each customer and channel.
create table conversation (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  channel text not null,
  status text not null check (status in ('open', 'waiting', 'closed')),
  unread int not null default 0,
  opened_at timestamptz not null,                     -- since when it is open, workspace time
  last_at timestamptz not null,
  last_side text not null,
  last_kind text not null,
  last_text text,
  assignee uuid,
  handed_to text,                                     -- the tool outside that answers; null: it is answered here
  answering uuid,                                     -- who of the team is writing, until
  answering_until timestamptz,                        -- real time
  away_for timestamptz,                               -- the opened_at that an away reply was given for
  away_seen timestamptz,                              -- the last_at that was looked at for one
  primary key (bucket, customer_id, channel)
);
create index conversation_workspace on conversation (workspace_id, last_at desc);
create index conversation_away on conversation (workspace_id)
  where status = 'open' and last_side = 'customer' and away_for is distinct from opened_at and away_seen is distinct from last_at;

-- Ready texts of the team.
create table quick_reply (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  name text not null,
  text text not null,
  updated_by text not null,
  updated_at timestamptz not null,
  version bigint not null default 1
);
create unique index quick_reply_name on quick_reply (workspace_id, lower(name));

-- the product itself answers: away, a confirmation that was asked for
alter table message drop constraint message_origin_check;
alter table message add constraint message_origin_check check (origin in ('reply', 'test', 'auto'));
