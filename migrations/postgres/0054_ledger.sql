-- Messages that no journey decided: who or what they are for. Left empty: a journey's.
alter table message add column origin text check (origin in ('reply', 'test'));
