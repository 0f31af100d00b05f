-- Stores, their staff and products; sources that send webhooks, and what of theirs could not be used; installed
-- industry presets. Other tables and events name a store, a member of staff or a product by its code, never by id.

create table store (
  workspace_id uuid not null references workspace (id),
  id uuid not null,
  code text not null,
  name text not null,
  name_en text,
  region text,
  address text,
  phone text,
  latitude double precision,
  longitude double precision,
  hours jsonb not null default '{}',                  -- {"mon": ["10:00-21:30"], …}; a day that is missing is closed
  active boolean not null default true,
  archived boolean not null default false,
  version bigint not null default 1,
  mirrored bigint not null default 0,                 -- the version that history has
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, code)
);
create index store_unmirrored on store (workspace_id) where mirrored < version;

create table staff (
  workspace_id uuid not null references workspace (id),
  id uuid not null,
  code text not null,
  name text not null,
  store text,                                         -- code of the store; null: of no single one
  role text not null default 'staff' check (role in ('manager', 'staff')),
  pin_hash text,                                      -- argon2id; null: may not confirm anything at a till
  active boolean not null default true,
  archived boolean not null default false,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, code)
);

create table product (
  workspace_id uuid not null references workspace (id),
  id uuid not null,
  code text not null,                                 -- what events name as product_id
  sku text,
  name text not null,
  category text[] not null default '{}',              -- from the widest to the narrowest
  brand text,
  price bigint,                                       -- smallest unit of currency
  cost bigint,
  currency text,                                      -- null: the workspace's
  stock int,                                          -- null: not kept
  image_url text,
  url text,
  status text not null default 'active' check (status in ('active', 'hidden', 'discontinued')),
  variants jsonb not null default '[]',               -- [{sku, name, price?, cost?, stock?}]
  attributes jsonb not null default '{}',
  archived boolean not null default false,
  version bigint not null default 1,
  mirrored bigint not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, code)
);
create index product_sku on product (workspace_id, sku) where sku is not null;
create index product_unmirrored on product (workspace_id) where mirrored < version;

-- Where webhooks of other systems come in. Its id is in the address they post to.
create table source (
  workspace_id uuid not null references workspace (id),
  id uuid not null primary key,
  kind text not null check (kind in ('webhook', 'shopify')),
  name text not null,
  settings jsonb not null default '{}',               -- how it signs, how its bodies become events (src/connectors/model.ts)
  secret bytea,                                       -- encrypted
  active boolean not null default true,
  version bigint not null default 1,
  created_at timestamptz not null
);
create index source_workspace on source (workspace_id);

-- What happened at a source: apart from it, because it changes with each delivery.
create table source_state (
  source_id uuid primary key references source (id) on delete cascade,
  last_at timestamptz,                                -- last delivery with a good signature
  rows_in bigint not null default 0,                  -- events stored, and rows of the catalogue written
  rejected bigint not null default 0,
  refused_at timestamptz,                             -- last delivery that was turned away (signature, clock)
  refused_why text,
  last_body text,                                     -- what the mapping is tried on; emptied after 7 days
  last_topic text
);

-- Deliveries of 7 days, so that a repeated one does nothing.
create table source_delivery (
  source_id uuid not null references source (id) on delete cascade,
  delivery text not null,                             -- the sender's id of it, else the hash of its body
  at timestamptz not null,
  primary key (source_id, delivery)
);
create index source_delivery_at on source_delivery using brin (at);

-- The order number that people know, by the number a shop system has of its own: some of its messages name only that.
create table source_order (
  source_id uuid not null references source (id) on delete cascade,
  outside text not null,
  order_no text not null,
  at timestamptz not null,
  primary key (source_id, outside)
);
create index source_order_at on source_order using brin (at);

-- Bodies that could not be used, 7 days, for a person to look at and replay.
create table dead_letter (
  workspace_id uuid not null,
  source_id uuid not null references source (id) on delete cascade,
  id uuid not null,
  at timestamptz not null,
  topic text,
  code text not null,
  path text,
  detail text not null,
  body text not null,
  primary key (workspace_id, source_id, id)
);

create table installed_preset (
  workspace_id uuid not null references workspace (id),
  preset text not null,
  journeys uuid[] not null,                           -- the drafts it made
  at timestamptz not null,
  primary key (workspace_id, preset)
);

-- Whose order it is, when a source names only the order (a refund, a parcel ready for pick-up).
create index order_entry_order on order_entry (bucket, workspace_id, order_no);
