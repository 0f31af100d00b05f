-- What an account's provider asks for a unit (a message, a part of an SMS), in its own currency, from a day on. The most exact row
-- that applies counts: the longest prefix, then a category, then a purpose; of those the newest. Without one the account's settings.
create table message_price (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  account_id uuid not null references channel_account (id),
  purpose text,                                       -- marketing | transactional; null: both
  category text,                                      -- of WhatsApp's templates, lower case; null: any
  prefix text not null default '',                    -- digits with which a phone number begins, with country code; '': any
  price numeric(14, 6) not null check (price >= 0),   -- units of the currency
  currency text not null,
  valid_from date not null,                           -- of the workspace's calendar
  created_by text not null,
  created_at timestamptz not null
);
create index message_price_workspace on message_price (workspace_id);

-- What one unit of another currency is in the workspace's, as a person said it, from a day on. Never changed: a newer day is another row.
create table currency_rate (
  workspace_id uuid not null references workspace (id),
  currency text not null,
  valid_from date not null,
  rate numeric(18, 8) not null check (rate > 0),
  set_by text not null,
  set_at timestamptz not null,
  primary key (workspace_id, currency, valid_from)
);
