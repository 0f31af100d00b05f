-- Who else was told of under the same hashes: whoever is taken out must not take them along. Without fastupdate: each
-- look would read the list of what is not sorted in yet (5 ms after a large fill).
create index ad_member_hashes on ad_member using gin ((told::jsonb) jsonb_path_ops) with (fastupdate = off) where told is not null;
