-- Who else was told of under the same hashes: whoever is taken out must not take them along.
create index ad_member_hashes on ad_member using gin ((told::jsonb) jsonb_path_ops) where told is not null;
