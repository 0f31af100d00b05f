-- What a publication does with people on earlier versions (VersionMoves, src/journeys/model.ts).
alter table journey_version add column moves jsonb;
-- draining: nobody enters, runs go on to their end. archived: put away; only what has stopped, or was never published.
alter table journey drop constraint journey_status_check;
alter table journey add constraint journey_status_check
  check (status in ('draft', 'live', 'paused', 'draining', 'stopped', 'archived'));
