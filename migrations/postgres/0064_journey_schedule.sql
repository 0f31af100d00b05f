-- A publication that waits for its moment: one a journey. What is published is what was scheduled, whatever becomes of the draft.
-- The row goes with the publication, in one transaction; one that could not be published stays with `fault`.
create table journey_schedule (
  workspace_id uuid not null references workspace (id),
  journey_id uuid not null references journey (id),
  graph jsonb not null,
  moves jsonb not null,                               -- Move[] (src/journeys/model.ts)
  publish_at timestamptz not null,                    -- workspace time
  asked_by text not null,                             -- as the audit names people
  asked_at timestamptz not null,
  fault jsonb,                                        -- { code, title, action }: why it was not published
  primary key (workspace_id, journey_id)
);
create index journey_schedule_due on journey_schedule (publish_at) where fault is null;

-- a second person may approve a publication that is to wait
alter table journey_approval add column publish_at timestamptz;
