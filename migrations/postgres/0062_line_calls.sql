-- Calls of a provider beside messages keep to its limits by the same lines as sends: how often in a row it said "too many".
alter table rate_line add column refused smallint not null default 0;

-- A unit whose figures LINE did not tell now is asked for again then.
alter table line_unit add column again_at timestamptz;
