-- Attributes that a workspace declares, and what was said about consent.

-- A row under a built-in name (src/customers/attributes.ts) changes its labels, purpose and marks, not its type.
create table attribute (
  workspace_id uuid not null references workspace (id),
  name text not null,
  label jsonb not null,                               -- { zh, en }
  type text not null check (type in ('text', 'number', 'boolean', 'date', 'list')),
  choices jsonb,                                      -- [{ value, label }], null: any value
  wanted boolean not null,
  purpose text not null,
  personal boolean not null,
  sensitive boolean not null,
  created_at timestamptz not null,
  primary key (workspace_id, name)
);

-- Append-only, written by owners: who agreed to or refused what, and what shows it. Stays with the customer id of the
-- time; a survivor's are found through the ids it absorbed.
create table consent_proof (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  key uuid not null,                                  -- hash of what was said: told twice it is one row
  channel text not null,
  purpose text not null,
  granted boolean not null,
  at timestamptz not null,                            -- workspace time
  source text not null,
  proof text,                                         -- JSON: text, version, url, ip, at
  primary key (bucket, workspace_id, customer_id, key)
);
