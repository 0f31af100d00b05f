-- What LINE has beside messages: answers that a customer's message allows, contents and profiles to fetch, nonces of
-- linked accounts, rich menus, and the sums that LINE counts. Addresses are LINE user ids as the account knows them.

-- The newest tokens of a chat. LINE takes a reply token once, and only soon after the message.
create table line_chat (
  workspace_id uuid not null,
  account_id uuid not null,
  address text not null,
  reply_token text,                                   -- null: used
  reply_until timestamptz not null,                   -- real time
  read_token text,
  read_at timestamptz,                                -- when it was last marked as read at LINE
  primary key (workspace_id, account_id, address)
);

-- Pictures and files that customers sent: fetched from LINE, which keeps them for a while only; forgotten at unsend.
create table line_content (
  workspace_id uuid not null,
  account_id uuid not null,
  message_id text not null,                           -- LINE's
  address text not null,
  kind text not null,                                 -- image, video, audio, file
  state text not null check (state in ('wanted', 'kept', 'too_large', 'gone', 'not_kept', 'unsent')),
  type text,
  size int,
  bytes bytea,
  at timestamptz not null,                            -- workspace time
  due timestamptz,                                    -- real time; null: nothing to do
  attempts int not null default 0,
  primary key (workspace_id, account_id, message_id)
);
alter table line_content alter column bytes set storage external;
create index line_content_due on line_content (due) where due is not null;

-- Profiles to be read after somebody became a friend.
create table line_profile (
  workspace_id uuid not null,
  account_id uuid not null,
  address text not null,
  event text not null,
  at timestamptz not null,                            -- workspace time
  due timestamptz not null,
  attempts int not null default 0,
  primary key (workspace_id, account_id, address)
);
create index line_profile_due on line_profile (due);

-- Good for one LINE user and, told again, for the same one.
create table line_nonce (
  workspace_id uuid not null,
  account_id uuid not null,
  hash uuid not null,                                 -- of the nonce; it is not kept itself
  kind text not null check (kind in ('link', 'liff')),
  claims bytea,                                       -- link: who signed in at the shop, sealed
  used_by text,                                       -- LINE user id
  until timestamptz not null,                         -- real time
  primary key (hash)
);
create index line_nonce_until on line_nonce (until);

create table line_menu (
  workspace_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  name text not null,
  place int not null,                                 -- the first whose audience somebody is in is theirs
  audience jsonb not null,                            -- {kind: all | bound | unbound | segment | tier | tab, …}
  menu jsonb not null,                                -- size, chatBarText, selected, areas
  picture_id uuid,
  alias text,                                         -- others switch to it by this name
  status text not null check (status in ('draft', 'live', 'archived')),
  provider_id text,                                   -- of what is live at LINE
  published jsonb,                                    -- what is live: menu, picture, alias
  fault text,                                         -- what LINE said of the last try
  version bigint not null default 1,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  primary key (id)
);
create index line_menu_workspace on line_menu (workspace_id, account_id, place);
create unique index line_menu_alias on line_menu (workspace_id, account_id, alias) where alias is not null and status <> 'archived';

-- Menus at LINE that nothing needs any more, once nobody is linked to them.
create table line_menu_old (
  workspace_id uuid not null,
  account_id uuid not null,
  provider_id text not null,
  due timestamptz not null,
  primary key (account_id, provider_id)
);

-- Which menu each friend should have and has. Null: the one for all.
create table line_menu_user (
  workspace_id uuid not null,
  account_id uuid not null,
  address text not null,
  wanted text,                                        -- LINE's id of the menu
  linked text,
  due timestamptz,                                    -- null: as wanted
  attempts int not null default 0,
  primary key (workspace_id, account_id, address)
);
create index line_menu_user_due on line_menu_user (due) where due is not null;

-- How far the assignment of an account's menus is: everybody is gone through after a publication; later, who changed.
create table line_menu_round (
  workspace_id uuid not null,
  account_id uuid not null,
  bucket int,                                         -- null: no round under way
  after uuid,
  asked timestamptz,                                  -- facts folded before this have been looked at, workspace time
  primary key (account_id)
);

-- Names under which LINE counts opens and clicks of a node's messages.
create table line_unit (
  workspace_id uuid not null,
  account_id uuid not null,
  unit text not null,
  journey_id uuid not null,
  journey_version int not null,
  node text not null,
  first_day date not null,                            -- UTC+9, as LINE counts days
  last_day date not null,
  impressions bigint,                                 -- null: not told, or fewer than 20
  clicks bigint,
  plays bigint,
  figures jsonb,                                      -- all that LINE said
  pulled_day date,
  pulled_at timestamptz,                              -- real time
  primary key (account_id, unit)
);
create index line_unit_journey on line_unit (workspace_id, journey_id);

create table line_day (
  workspace_id uuid not null,
  account_id uuid not null,
  day date not null,
  followers int,
  targeted_reaches int,
  blocks int,
  pulled_at timestamptz not null,
  primary key (account_id, day)
);

-- What stand-ins keep beside contacts and messages: tokens they gave out, menus, requests they were asked about.
create table sandbox_object (
  workspace_id uuid not null,
  kind text not null,                                 -- begins with the adapter: line_menu, line_reply …
  key text not null,
  body jsonb not null,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, kind, key)
);
