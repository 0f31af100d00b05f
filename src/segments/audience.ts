// Whom a journey would take in at once if it were published now: counted in history by the reasons of entry.ts, in their
// order, and by how they can be reached. What somebody does later is not among it.
import type { History } from '../platform/clickhouse.ts'
import type { Uuid } from '../platform/ids.ts'
import { compileRules, type SqlContext } from '../rules/sql/compile.ts'
import type { ChannelName } from '../channels/model.ts'
import type { Rule } from '../rules/model.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { ask } from './preview.ts'

export const NOT_NOW = ['canary', 'already_in', 'entered_before', 'excluded', 'filter'] as const
export type NotNow = (typeof NOT_NOW)[number]

export type Audience = {
  candidates: number
  people: number
  excluded: { reason: NotNow; people: number }[]
  /** of `people`: who can be reached there */
  reach: { channel: string; people: number }[]
  /** of `people`: kept unsent */
  control: number
}

const inJourney = (exited: string): string =>
  `c.customer_id in (select customer_id from event where workspace_id = {ws:UUID} and journey_id = {journey:UUID}
     and name in ('journey.entered', 'journey.exited') group by customer_id having countIf(name = 'journey.entered') > ${exited})`

export async function audienceOf(
  history: History,
  ctx: SqlContext,
  journey: Uuid,
  graph: JourneyGraph,
  among: Rule,
  channels: string[],
): Promise<Audience> {
  const never: Rule = { op: 'percent', salt: '', from: 0, to: 0 }
  const { filter, entry, policy, reentry } = graph
  const share = (salt: string, to: number): Rule => ({ op: 'percent', salt, from: 0, to })
  const q = compileRules(
    [
      among,
      entry?.canaryPercent === undefined ? { op: 'not', rule: never } : share(journey, entry.canaryPercent),
      entry?.exclude ?? never,
      filter ?? { op: 'not', rule: never },
      policy?.controlPercent ? share(`control:${journey}`, policy.controlPercent) : never,
      ...channels.map(channel => ({
        op: 'channel' as const,
        channel: channel as ChannelName,
        is: 'reachable' as const,
      })),
    ],
    ctx,
  )
  const [h, canary, excluded, passes, control, ...reach] = q.conditions
  const before = reentry.kind === 'never' ? inJourney('0') : '0'
  const why = `multiIf(not (${canary}), 'canary', ${inJourney(`countIf(name = 'journey.exited')`)}, 'already_in',
    ${before}, 'entered_before', ${excluded}, 'excluded', not (${passes}), 'filter', '')`
  const rows = await ask<Record<string, number> & { why: string }>(
    history,
    `${q.prelude} select why, toFloat64(count()) as n, toFloat64(countIf(held)) as control
            ${reach.map((_, i) => `, toFloat64(countIf(r${i})) as n${i}`).join('')}
       from (select ${why} as why, (${control}) as held ${reach.map((r, i) => `, (${r}) as r${i}`).join('')}
               from ${q.people} and (${h}))
      group by why`,
    { ...q.params, ws: ctx.workspace, journey },
  )
  const enters = rows.find(r => r.why === '')
  return {
    candidates: rows.reduce((sum, r) => sum + r.n!, 0),
    people: enters?.n ?? 0,
    excluded: NOT_NOW.flatMap(reason => {
      const found = rows.find(r => r.why === reason)
      return found ? [{ reason, people: found.n! }] : []
    }),
    reach: channels.map((channel, i) => ({ channel, people: enters?.[`n${i}`] ?? 0 })),
    control: enters?.control ?? 0,
  }
}

/** People for whom one of these happened since `at`. */
export async function peopleSince(
  history: History,
  workspace: Uuid,
  names: string[],
  since: number,
): Promise<number> {
  const rows = await ask<{ n: number }>(
    history,
    `select toFloat64(uniqExact(customer_id)) as n from event
      where workspace_id = {ws:UUID} and name in {names:Array(String)} and occurred >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`,
    { ws: workspace, names, since },
  )
  return rows[0]?.n ?? 0
}
