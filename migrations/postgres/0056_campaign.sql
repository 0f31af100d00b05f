-- The campaign in full: its pages, further events by which people take part, what it may cost, its goal and figures.
alter table campaign add column code text not null default '';      -- what its links call it (utm_campaign)
alter table campaign add column pages jsonb not null default '[]';  -- { label, url }
alter table campaign add column also jsonb not null default '[]';   -- further events: { event, where }
alter table campaign add column budget bigint;                      -- smallest unit of the currency
alter table campaign add column goal jsonb;                         -- { event, where, target }
alter table campaign add column kpis jsonb not null default '[]';   -- { measure, target }
