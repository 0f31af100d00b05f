-- Message modules: contents that many journeys use, with versions; short addresses of links in texts; what is bought
-- together, counted nightly.

create table module (
  workspace_id uuid not null references workspace (id),
  id uuid not null,
  name text not null,
  folder text not null default '',                    -- '' is the top; '/' parts folders
  tags text[] not null default '{}',
  channel text not null,
  purpose text not null check (purpose in ('marketing', 'transactional')),
  draft jsonb not null,                               -- MessageContent (src/channels/content.ts), may have faults
  live_version int,                                   -- null: never published
  archived boolean not null default false,
  version bigint not null default 1,
  created_by text not null,
  created_at timestamptz not null,
  updated_by text not null,
  updated_at timestamptz not null,
  primary key (workspace_id, id)
);

-- Immutable. A journey's version holds a copy of the one it was published with.
create table module_version (
  workspace_id uuid not null,
  module_id uuid not null,
  version int not null,
  content jsonb not null,
  note text not null default '',
  published_by text not null,
  published_at timestamptz not null,
  primary key (workspace_id, module_id, version),
  foreign key (workspace_id, module_id) references module (workspace_id, id)
);

-- Addresses in texts where every character is paid for (SMS). The token is the only key; the row says what it leads to.
create table short_link (
  token text primary key,                             -- 8 characters of a keyed hash
  workspace_id uuid not null,
  customer_id uuid not null,
  message_id uuid not null,
  label text not null,
  url text not null,
  created_at timestamptz not null
);
create index short_link_created on short_link using brin (created_at);

-- Pairs of products in the same orders, best first; made anew each night (src/modules/recommend.ts has the formula).
create table bought_with (
  workspace_id uuid not null references workspace (id),
  product text not null,
  other text not null,                                -- '' in the rows of `product` = '': top sellers
  orders int not null,
  score double precision not null,
  rank smallint not null,
  primary key (workspace_id, product, rank)
);
create table recommendation_run (
  workspace_id uuid primary key references workspace (id),
  at timestamptz not null,                            -- real time of the newest count
  orders int not null
);
