-- What a brand asks its customers for, each with a text in both languages; every version of a text is kept: proofs name it.
create table consent_purpose (
  workspace_id uuid not null references workspace (id),
  name text not null,
  label jsonb not null,                               -- { zh, en }
  text jsonb not null,                                -- { zh, en }: what is agreed to
  text_version int not null default 1,
  channels text[] not null,
  asked boolean not null,                             -- needs a consent of its own; else marketing's stands for it
  double_opt_in boolean not null,
  archived boolean not null default false,
  version bigint not null default 1,
  primary key (workspace_id, name)
);
create table consent_text (
  workspace_id uuid not null,
  purpose text not null,
  version int not null,
  text jsonb not null,
  at timestamptz not null,
  changed_by text not null,
  primary key (workspace_id, purpose, version)
);
-- Asked for a confirmation: nothing is agreed to until it comes.
create table consent_request (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  id uuid not null,
  channel text not null,
  purpose text not null,
  text_version int not null,
  code_hash text,                                     -- sms: signature of the code
  tries int not null default 0,
  asked_by text not null,
  created timestamptz not null,                       -- workspace time
  expires timestamptz not null,                       -- workspace time
  confirmed timestamptz,                              -- workspace time
  primary key (bucket, id)
);
create index consent_request_customer on consent_request (bucket, customer_id);
create index consent_proof_workspace on consent_proof (workspace_id, at);
