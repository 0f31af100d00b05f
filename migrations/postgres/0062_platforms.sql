-- Audiences at platforms from which nobody can be taken out (LINE): who leaves is left out of a new one, which takes the place
-- of the one before once everybody is in it.
alter table ad_audience
  add column account_id uuid,                         -- the channel's account whose users are told of
  add column remote_id text,                          -- the platform's own id of what is in use
  add column building boolean not null default false,
  add column building_id text,                        -- of the new one, once it was made
  add column generation int not null default 0,
  add column rebuilt_at timestamptz,                  -- when the last new one was begun
  add column made_at timestamptz,                     -- when what is in use was made
  add column drop_ids text[] not null default '{}';   -- to be deleted at the platform
