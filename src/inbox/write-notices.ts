// The part of a fold's writing that tells the team.
import type { Uuid } from '../platform/ids.ts'
import { bucketOf } from '../platform/ids.ts'
import type { Run } from '../platform/postgres.ts'
import type { NoticeBody } from './model.ts'

export type Noticed = { work: { id: Uuid; workspace: Uuid }; notice: NoticeBody }

/** Lists of texts go as JSON: arrays of arrays would have to be of one length. */
export function writeNotices(run: Run, notices: Noticed[]): void {
  run(
    'w_notice',
    `insert into notice (bucket, id, workspace_id, customer_id, journey_id, node, level, text, roles, users, body, at)
     select bucket, id, workspace_id, customer_id, journey_id, node, level, text,
            array(select jsonb_array_elements_text(roles)), array(select jsonb_array_elements_text(users)), body, at
       from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::jsonb[], $11::text[], $12::timestamptz[])
         u(bucket, id, workspace_id, customer_id, journey_id, node, level, text, roles, users, body, at)
     on conflict (bucket, id) do nothing`,
    [
      notices.map(n => bucketOf(n.work.id)),
      notices.map(n => n.notice.id),
      notices.map(n => n.work.workspace),
      notices.map(n => n.work.id),
      notices.map(n => n.notice.journey),
      notices.map(n => n.notice.node),
      notices.map(n => n.notice.level),
      notices.map(n => n.notice.text),
      notices.map(n => JSON.stringify(n.notice.roles)),
      notices.map(n => JSON.stringify(n.notice.users)),
      notices.map(n => JSON.stringify({ event: n.notice.event, vars: n.notice.vars })),
      notices.map(n => new Date(n.notice.at)),
    ],
  )
}
