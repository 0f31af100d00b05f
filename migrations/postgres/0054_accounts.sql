-- An account that is no longer used: what it sent stays readable, nothing new leaves by it.
alter table channel_account add column archived_at timestamptz;
-- Of several LINE accounts of one provider: what keeps the friends of this one apart from those of the first (src/customers/line.ts).
alter table channel_account add column oa text not null default '';
