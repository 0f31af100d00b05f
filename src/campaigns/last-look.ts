// The last look before a broadcast goes out: who gets it by which channel and who does not, what it costs, what is left of
// quotas, whether hours or caps stand in its way. Counted in history by the rules of the fold.
import { newestWorld } from '../catalogue/publish.ts'
import type { ChannelName } from '../channels/model.ts'
import type { Out } from '../contract.ts'
import { channelCosts } from '../messages/channel-costs.ts'
import type { Core } from '../platform/core.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import type { Uuid } from '../platform/ids.ts'
import { allowedFrom } from '../platform/wall-time.ts'
import type { Rule } from '../rules/model.ts'
import { compileRules, type SqlContext } from '../rules/sql/compile.ts'
import { audienceOf } from '../segments/audience.ts'
import { ask, contextOf } from '../segments/preview.ts'
import { amongOf, CONFIRM_ABOVE } from '../segments/publish-audience.ts'
import { type BroadcastSpec, channelsOf, compileBroadcast } from './model.ts'
import type { Broadcast } from './store.ts'
import { workspaceNow } from '../catalogue/workspace.ts'

type Look = Out<'broadcastAudience'>
const NEVER: Rule = { op: 'percent', salt: '', from: 0, to: 0 }

const reachRule = (channel: ChannelName, purpose: BroadcastSpec['purpose']): Rule => ({
  op: 'channel',
  channel,
  is: purpose === 'marketing' ? 'reachable' : 'bound',
})

/** Of the people for whom it is: by channel who is reachable, who is not and why, and who gets it there. */
async function reach(
  core: Core,
  ctx: SqlContext,
  spec: BroadcastSpec,
  among: Rule,
  exclude: Rule | undefined,
) {
  const channels = channelsOf(spec)
  const count = channels.length
  const q = compileRules(
    [
      among,
      exclude ?? NEVER,
      ...channels.map(c => reachRule(c, spec.purpose)),
      ...channels.map((channel): Rule => ({ op: 'channel', channel, is: 'bound' })),
      ...channels.map((channel): Rule => ({ op: 'consent', channel, purpose: 'marketing', is: 'refused' })),
    ],
    ctx,
  )
  const [h, out, ...rest] = q.conditions
  const of = (i: number) => ({ can: rest[i]!, has: rest[count + i]!, no: rest[2 * count + i]! })
  const columns = channels.flatMap((_, i) => {
    const { can, has, no } = of(i)
    const before = channels.slice(0, i).map((_, k) => `not (${of(k).can})`)
    return [
      `toFloat64(countIf(${can})) as reachable${i}`,
      `toFloat64(countIf(${[`(${can})`, ...before].join(' and ')})) as first${i}`,
      `toFloat64(countIf(not (${can}) and not (${has}))) as bare${i}`,
      `toFloat64(countIf(not (${can}) and (${has}) and (${no}))) as refused${i}`,
      `toFloat64(countIf(not (${can}) and (${has}) and not (${no}))) as other${i}`,
    ]
  })
  const nobody = channels.map((_, i) => `not (${of(i).can})`).join(' and ') || '1'
  const rows = await ask<Record<string, number>>(
    core.history,
    `${q.prelude} select ${[...columns, `toFloat64(countIf(${nobody})) as nobody`].join(', ')}
       from ${q.people} and (${h}) and not (${out})`,
    { ...q.params, ws: ctx.workspace },
  )
  return { channels, row: rows[0] ?? {} }
}

/** Of the people for whom it is: who has had as many marketing messages as each cap allows. */
async function capped(
  core: Core,
  ctx: SqlContext,
  among: Rule,
  exclude: Rule | undefined,
  caps: { max: number; withinMs: number }[],
): Promise<Look['capped']> {
  const found: Look['capped'] = []
  for (const cap of caps) {
    const q = compileRules([among, exclude ?? NEVER], ctx)
    const [h, out] = q.conditions
    const rows = await ask<{ n: number }>(
      core.history,
      `${q.prelude} select toFloat64(count()) as n from ${q.people} and (${h}) and not (${out})
          and c.customer_id in (
            select customer_id from (
              select message, any(customer_id) as customer_id, countIf(name = 'message.accepted') > 0 as went,
                     countIf(name = 'message.intended' and JSONExtractString(props, 'purpose') = 'marketing') > 0 as marketing
                from event where workspace_id = {ws:UUID} and name in ('message.intended', 'message.accepted')
                 and occurred > fromUnixTimestamp64Milli({since:Int64}, 'UTC') group by message)
             where went and marketing group by customer_id having count() >= {most:UInt32})`,
      { ...q.params, ws: ctx.workspace, since: ctx.at - cap.withinMs, most: cap.max },
    )
    const people = rows[0]?.n ?? 0
    if (people > 0) found.push({ ...cap, people })
  }
  return found
}

/** How many people it is for now. */
export async function audienceNow(
  core: Core,
  workspace: WorkspaceRow,
  journey: Uuid,
  spec: BroadcastSpec,
): Promise<number> {
  const graph = compileBroadcast(spec)
  const ctx = await contextOf(core.pool, workspace, workspaceNow(workspace))
  return (await audienceOf(core.history, ctx, journey, graph, amongOf(graph)!, [])).people
}

export async function lastLook(core: Core, workspace: WorkspaceRow, b: Broadcast): Promise<Look> {
  const now = workspaceNow(workspace)
  const { spec } = b
  const graph = compileBroadcast(spec)
  const among = amongOf(graph)!
  const exclude = graph.entry?.exclude
  const [ctx, costs, world] = await Promise.all([
    contextOf(core.pool, workspace, now),
    channelCosts(core.pool, workspace, now),
    newestWorld(core.pool, workspace.id),
  ])
  const [counted, reached, full] = await Promise.all([
    audienceOf(core.history, ctx, b.journey, graph, among, []),
    reach(core, ctx, spec, among, exclude),
    spec.purpose === 'marketing'
      ? capped(core, ctx, among, exclude, world.sending?.caps ?? [])
      : Promise.resolve([]),
  ])
  const at = Math.max(now, b.startAt?.getTime() ?? now)
  const open = spec.when.kind === 'local' ? at : allowedFrom(at, world.quietHours, workspace.timezone)
  const byCost = spec.by === 'cost' && reached.channels.length > 1
  const channels = reached.channels.map((channel, i) => {
    const known = costs.find(c => c.channel === channel)
    const n = (name: string) => reached.row[`${name}${i}`] ?? 0
    const gets = n('first')
    const costPerMessage = known?.costPerMessage ?? 0
    return {
      channel,
      reachable: n('reachable'),
      gets: byCost ? null : gets,
      unreachable: [
        { reason: 'no_contact' as const, people: n('bare') },
        { reason: 'refused' as const, people: n('refused') },
        { reason: 'other' as const, people: n('other') },
      ].filter(u => u.people > 0),
      costPerMessage,
      cost: Math.round((byCost ? n('reachable') : gets) * costPerMessage),
      quota: known?.quota ?? null,
    }
  })
  return {
    candidates: counted.candidates,
    people: counted.people,
    control: counted.control,
    excluded: counted.excluded,
    channels,
    nobody: reached.row.nobody ?? 0,
    cost: channels.reduce((sum, c) => (byCost ? Math.max(sum, c.cost) : sum + c.cost), 0),
    currency: workspace.currency,
    capped: full,
    quiet:
      open > at && world.quietHours
        ? { ...world.quietHours, waitsUntil: new Date(open).toISOString() }
        : null,
    startAt: b.startAt?.toISOString() ?? null,
    confirmAbove: CONFIRM_ABOVE,
    asOf: new Date(now).toISOString(),
  }
}
