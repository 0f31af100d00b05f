-- Who gets test sends: named lists of customers, and of each team member the customer that they are themself.
create table test_recipient (
  workspace_id uuid not null,
  list text not null,
  customer_id uuid not null,
  added_by text not null,
  added_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, list, customer_id)
);
create table test_self (
  workspace_id uuid not null,
  user_id uuid not null,
  customer_id uuid not null,
  bound_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, user_id)
);
-- A code that a team member sends to the brand, to say which customer they are.
create table test_code (
  workspace_id uuid not null,
  user_id uuid not null,
  code text not null,
  ends timestamptz not null,
  primary key (workspace_id, user_id)
);
