-- Receipts of providers that tell their own ids only find our message by it.
create index message_provider on message (workspace_id, provider_id)
  where provider_id is not null and channel in ('sms', 'messenger', 'instagram');

-- Some providers call by GET.
alter table sandbox_receipt add column method text not null default 'POST';
