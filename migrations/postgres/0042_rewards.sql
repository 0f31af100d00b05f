-- Coupons and points: what a workspace defines, the two ledgers, and what experiments have decided.

create table coupon (
  id uuid primary key,
  workspace_id uuid not null references workspace (id),
  n int not null,                                     -- names it in states: small, never used again in the workspace
  key text not null,                                  -- names it in journeys, rules and events, for ever
  terms jsonb not null,                               -- CouponTerms (src/membership/model.ts)
  archived boolean not null default false,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (workspace_id, n),
  unique (workspace_id, key)
);

-- Append-only, written by owners: what became of each coupon of a customer. Stays with the customer id of the time.
create table coupon_issue (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  key uuid not null,                                  -- hash of the cause: told twice it is one row
  code text not null,
  coupon_id uuid not null,
  entry text not null check (entry in ('issued', 'claimed', 'redeemed', 'expired', 'moved')),
  at timestamptz not null,                            -- workspace time
  source text not null,
  ref text,                                           -- order it was used for
  primary key (bucket, workspace_id, customer_id, key)
);
create index coupon_issue_code on coupon_issue (bucket, workspace_id, code);
create index coupon_issue_coupon on coupon_issue (workspace_id, coupon_id, entry);

-- Append-only, written by owners. The sum of a customer's amounts is the balance in their state.
create table points_entry (
  bucket smallint not null,
  workspace_id uuid not null,
  customer_id uuid not null,
  key uuid not null,                                  -- hash of the cause
  entry text not null check (entry in ('earned', 'burned', 'expired', 'moved')),
  amount bigint not null,                             -- negative: taken
  at timestamptz not null,                            -- workspace time
  ends timestamptz,                                   -- when they expire, or did
  reason text not null,
  source text not null,
  ref text,
  primary key (bucket, workspace_id, customer_id, key)
);

-- The variant that everybody takes from the decision on. `experiment`: hash of what is tried out, so that another
-- experiment at the same node begins anew.
create table experiment_decision (
  workspace_id uuid not null references workspace (id),
  journey_id uuid not null,
  node text not null,
  experiment uuid not null,
  variant text not null,
  decided_at timestamptz not null,                    -- workspace time
  decided_by text not null,                           -- 'itinera', or the person
  figures jsonb not null,                             -- counts, rates and p-values of the time
  primary key (workspace_id, journey_id, node, experiment)
);
