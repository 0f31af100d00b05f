-- Who saved a journey's draft last, and when: told to whom has changed it meanwhile.
alter table journey add column draft_by text, add column draft_at timestamptz;
