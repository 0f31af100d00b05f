// The campaign of the demo brand: its spring tea, announced by a journey and a broadcast (the letter is another matter); a budget and
// a goal, so that its pages show what they are for.
import { broadcastSpec } from '../campaigns/model.ts'
import { wallDate } from '../platform/wall-time.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { DEMO_JOURNEYS } from './messages.ts'
import { DAY, HOUR } from './people.ts'

export const DEMO_CAMPAIGN = {
  name: '春茶上市',
  event: 'Order Completed',
  also: 'Product Added',
  /** days before now */
  begins: 21,
  /** dollars */
  budget: 1_000,
  goal: 300,
} as const
/** When the flash sale was told of (src/demo/messages.ts). */
const FLASH = 9

/** Before its journeys are published: the world knows it then. */
export async function addCampaign(sql: Sql, workspace: Uuid, now: number, shopUrl: string): Promise<Uuid> {
  const id = newId()
  const { name, event, also, begins, budget, goal } = DEMO_CAMPAIGN
  await sql.query(
    `insert into campaign (workspace_id, id, name, starts_at, ends_at, event, also, code, pages, budget, goal, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'spring-tea', $8, $9, $10, $4, $4)`,
    [
      workspace,
      id,
      name,
      new Date(now - begins * DAY),
      new Date(now + 7 * DAY),
      event,
      JSON.stringify([{ event: also, where: [] }]),
      JSON.stringify([{ label: '春茶專頁', url: `${shopUrl}/` }]),
      budget,
      JSON.stringify({ event, where: [], target: goal }),
    ],
  )
  return id
}

/** What was sent belongs to it; the flash sale was a broadcast, which is over. `people`: how many were told of that. */
export async function fillCampaign(
  sql: Sql,
  workspace: Uuid,
  campaign: Uuid,
  journeys: Pick<Record<keyof typeof DEMO_JOURNEYS, Uuid>, 'winner' | 'blocker'>,
  now: number,
  people: number,
): Promise<void> {
  const at = now - FLASH * DAY
  const { name, nodes } = DEMO_JOURNEYS.blocker
  const spec = broadcastSpec.parse({
    name,
    purpose: 'marketing',
    by: 'order',
    audience: { exclude: [] },
    variants: [
      { name: 'a', percent: 100, options: [{ channel: 'line', content: nodes.send!.fields.content }] },
    ],
    when: { kind: 'at', at: `${wallDate(at, 'Asia/Taipei')}T12:00` },
  })
  await sql.query(
    `update journey set campaign_id = $2, kind = case when id = $4 then 'broadcast' else kind end
      where workspace_id = $1 and id = any($3::uuid[])`,
    [workspace, campaign, [journeys.winner, journeys.blocker], journeys.blocker],
  )
  await sql.query(
    `insert into broadcast (workspace_id, journey_id, spec, start_at, started_at, audience, ended_at)
     values ($1, $2, $3, $4, $4, $5, $6)`,
    [workspace, journeys.blocker, JSON.stringify(spec), new Date(at), people, new Date(at + HOUR)],
  )
}
