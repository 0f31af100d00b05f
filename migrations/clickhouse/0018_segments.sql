-- Memberships: of each customer's newest snapshot as [number of the segment, number of the group], and the facts
-- segment.entered and segment.left by the segment they are about. `segment_size` holds a point an hour.
alter table customer
  add column if not exists segments Array(Tuple(UInt32, UInt16));

alter table event
  add column if not exists segment LowCardinality(String) materialized if(kind = 'segment', JSONExtractString(props, 'segment'), '');

create table if not exists segment_size (
  workspace_id UUID,
  segment UInt32,
  grp UInt16,
  at DateTime64(3, 'UTC'),
  size UInt64,
  computing UInt8
) engine = ReplacingMergeTree
order by (workspace_id, segment, at, grp);
