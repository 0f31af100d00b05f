// The part of a fold's writing that keeps what was said: entries once each, and the conversation they belong to.
import type { Said } from '../conversations/model.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { instants, smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Run } from '../platform/postgres.ts'

type Who = { id: Uuid; workspace: Uuid }

/** Only what was not there yet counts. Older than what is known, it changes neither the status nor the last line; what the
 *  team said closes what was unread. Rows are touched in key order. */
export function writeSaid(run: Run, all: { work: Who; row: Said }[]): void {
  const said = all.filter(s => s.row.kind !== 'unsent')
  const unsent = all.filter(s => s.row.kind === 'unsent')
  if (said.length > 0) writeEntries(run, said)
  if (unsent.length > 0) takeBack(run, unsent)
}

/** What somebody has taken back at the channel cannot be read here any more either. */
function takeBack(run: Run, unsent: { work: Who; row: Said }[]): void {
  run(
    'w_unsent',
    `with gone as (
       update conversation_entry e set kind = 'unsent', text = null, data = null
         from unnest($1::smallint[], $2::uuid[], $3::uuid[]) g(bucket, customer_id, key)
        where e.bucket = any($1::smallint[]) and e.bucket = g.bucket and e.customer_id = g.customer_id and e.key = g.key
       returning e.bucket, e.customer_id, e.channel, e.at)
     update conversation c set last_kind = 'unsent', last_text = null from gone
      where c.bucket = gone.bucket and c.customer_id = gone.customer_id and c.channel = gone.channel and c.last_at = gone.at`,
    [
      smallints(unsent.map(s => bucketOf(s.work.id))),
      uuids(unsent.map(s => s.work.id)),
      uuids(unsent.map(s => s.row.key)),
    ],
  )
}

function writeEntries(run: Run, said: { work: Who; row: Said }[]): void {
  run(
    'w_said',
    `with given as (
       select * from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[])
         g(bucket, workspace_id, customer_id, key, channel, at, side, kind, text, data, said_by, source, message_id)),
     fresh as (
       insert into conversation_entry (bucket, workspace_id, customer_id, key, channel, at, side, kind, text, data, said_by, source, message_id)
       select * from given
       on conflict (bucket, customer_id, key) do nothing
       returning *),
     last as (
       select distinct on (bucket, customer_id, channel) * from fresh
        order by bucket, customer_id, channel, at desc, side = 'team' desc),
     counted as (
       select l.*, (select count(*)::int from fresh f where f.bucket = l.bucket and f.customer_id = l.customer_id and f.channel = l.channel and f.side = 'customer') as n
         from last l)
     insert into conversation (bucket, workspace_id, customer_id, channel, status, unread, opened_at, last_at, last_side, last_kind, last_text, handed_to)
     select bucket, workspace_id, customer_id, channel, case when kind = 'resolved' then 'closed' when side = 'team' then 'waiting' else 'open' end,
            case side when 'team' then 0 else n end, at, at, side, kind, left(text, 200), case kind when 'handed' then text end
       from counted order by bucket, customer_id, channel
     on conflict (bucket, customer_id, channel) do update set
       status = case when excluded.last_kind = 'failed' then 'open'
                     when excluded.last_at >= conversation.last_at and excluded.last_kind = 'resolved' then 'closed'
                     when excluded.last_at < conversation.last_at or excluded.last_side = 'system' then conversation.status else excluded.status end,
       opened_at = case when excluded.last_side = 'customer' and conversation.status <> 'open' and excluded.last_at >= conversation.last_at
                        then excluded.opened_at else conversation.opened_at end,
       unread = case when excluded.last_side = 'team' and excluded.last_at >= conversation.last_at then 0
                     when excluded.last_side = 'team' then conversation.unread else conversation.unread + excluded.unread end,
       handed_to = case when excluded.last_kind = 'handed' then excluded.handed_to else conversation.handed_to end,
       last_side = case when excluded.last_at < conversation.last_at then conversation.last_side else excluded.last_side end,
       last_kind = case when excluded.last_at < conversation.last_at then conversation.last_kind else excluded.last_kind end,
       last_text = case when excluded.last_at < conversation.last_at then conversation.last_text else excluded.last_text end,
       last_at = greatest(conversation.last_at, excluded.last_at)`,
    [
      smallints(said.map(s => bucketOf(s.work.id))),
      uuids(said.map(s => s.work.workspace)),
      uuids(said.map(s => s.work.id)),
      uuids(said.map(s => s.row.key)),
      texts(said.map(s => s.row.channel)),
      instants(said.map(s => s.row.at)),
      texts(said.map(s => s.row.side)),
      texts(said.map(s => s.row.kind)),
      texts(said.map(s => s.row.text)),
      texts(said.map(s => s.row.data && JSON.stringify(s.row.data))),
      texts(said.map(s => s.row.author)),
      texts(said.map(s => s.row.src)),
      uuids(said.map(s => s.row.message ?? null)),
    ],
  )
}

/** What was said with somebody who is part of `work` now goes on here: open where either is, both unread. The entries stay
 *  under the id of the time; whoever reads asks for all ids. Of the other bucket only reads. */
export function joinConversations(run: Run, joins: { work: Who; from: Uuid }[]): void {
  run(
    'w_join_conversation',
    `insert into conversation (bucket, workspace_id, customer_id, channel, status, unread, opened_at, last_at, last_side, last_kind, last_text, assignee, handed_to, away_for)
     select distinct on (u.bucket, u.id, c.channel) u.bucket, c.workspace_id, u.id, c.channel, c.status, c.unread, c.opened_at, c.last_at, c.last_side, c.last_kind, c.last_text, c.assignee, c.handed_to, c.away_for
       from unnest($1::smallint[], $2::uuid[], $3::smallint[], $4::uuid[]) u(bucket, id, from_bucket, from_id)
       cross join lateral (select * from conversation c where c.bucket = u.from_bucket and c.customer_id = u.from_id offset 0) c
      order by u.bucket, u.id, c.channel, c.last_at desc
     on conflict (bucket, customer_id, channel) do update set
       status = case when 'open' in (conversation.status, excluded.status) then 'open'
                     when excluded.last_at > conversation.last_at then excluded.status else conversation.status end,
       unread = conversation.unread + excluded.unread,
       opened_at = least(conversation.opened_at, excluded.opened_at),
       assignee = coalesce(conversation.assignee, excluded.assignee),
       handed_to = coalesce(conversation.handed_to, excluded.handed_to),
       last_side = case when excluded.last_at > conversation.last_at then excluded.last_side else conversation.last_side end,
       last_kind = case when excluded.last_at > conversation.last_at then excluded.last_kind else conversation.last_kind end,
       last_text = case when excluded.last_at > conversation.last_at then excluded.last_text else conversation.last_text end,
       last_at = greatest(conversation.last_at, excluded.last_at)`,
    [
      smallints(joins.map(j => bucketOf(j.work.id))),
      uuids(joins.map(j => j.work.id)),
      smallints(joins.map(j => bucketOf(j.from))),
      uuids(joins.map(j => j.from)),
    ],
  )
}
