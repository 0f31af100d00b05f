-- The approved and other templates of a WhatsApp account, as the Cloud API last listed them.
create table whatsapp_template (
  workspace_id uuid not null,
  account_id uuid not null,
  name text not null,
  language text not null,
  category text not null,
  status text not null,
  components jsonb not null,
  synced_at timestamptz not null,
  primary key (workspace_id, account_id, name, language)
);
