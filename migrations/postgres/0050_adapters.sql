-- Which adapter speaks for an account: a channel may have several providers.
alter table channel_account add column adapter text;
update channel_account set adapter = case channel when 'email' then 'smtp' else channel end;
alter table channel_account alter column adapter set not null;
