// A campaign begins or ends: at `time` so many days from that day, or, without a time, to the moment. Whoever took part is
// known by the campaign's event.
import { z } from 'zod'
import type { PublishedCampaign, World } from '../../customers/world.ts'
import { dateMoment, wallDate } from '../../platform/wall-time.ts'
import type { Rule } from '../../rules/model.ts'
import { choice, GROUP, OFFSET, SEGMENT } from './fields.ts'
import { DAY_MS, offsetDays, safeName, segmentOf, wallTime, withinSegment } from './parts.ts'
import { triggerType } from './type.ts'

const AT = ['start', 'end'] as const
const WHO = ['all', 'joined', 'not_joined'] as const
const shape = z.strictObject({
  kind: z.literal('campaign'),
  campaign: safeName(64),
  at: z.enum(AT),
  offsetDays,
  time: wallTime.optional(),
  who: z.enum(WHO).optional(),
  ...withinSegment,
})
type Campaign = z.infer<typeof shape>

const campaignOf = (t: Campaign, world: World): PublishedCampaign | undefined =>
  world.campaigns?.find(c => c.id === t.campaign)

const rules = new WeakMap<PublishedCampaign, Rule>()
/** Took part since its beginning. */
function joined(campaign: PublishedCampaign): Rule {
  let rule = rules.get(campaign)
  if (rule === undefined) {
    const events = [{ event: campaign.event, where: campaign.where ?? [] }, ...(campaign.also ?? [])]
    const any = events.map(
      ({ event, where }): Rule => ({
        op: 'event',
        event,
        ...(where.length === 0 ? {} : { where }),
        window: { in: 'since', at: campaign.start },
        measure: { of: 'count', test: { is: 'at_least', value: 1 } },
      }),
    )
    rule = any.length === 1 ? any[0]! : { op: 'or', rules: any }
    rules.set(campaign, rule)
  }
  return rule
}

export const campaign = triggerType<typeof shape>({
  kind: 'campaign',
  family: 'time',
  fields: {
    campaign: { kind: 'campaign', required: true },
    at: choice(AT),
    offsetDays: OFFSET,
    time: { kind: 'wall_time', required: false },
    who: choice(WHO, false),
    segment: SEGMENT,
    group: GROUP,
  },
  shape,
  common(t, world, after) {
    const found = campaignOf(t, world)
    if (found === undefined) return null
    const base = Date.parse(t.at === 'start' ? found.start : found.end)
    const at =
      t.time === undefined
        ? base + t.offsetDays * DAY_MS
        : dateMoment(wallDate(base, world.timezone), t.offsetDays, t.time, world.timezone)
    return at > after ? at : null
  },
  segment: segmentOf,
  stands(t, ctx) {
    const found = campaignOf(t, ctx.world)
    if (found === undefined) return false
    if (t.who === undefined || t.who === 'all') return true
    return ctx.evaluate(joined(found)).value === (t.who === 'joined')
  },
  props(t, { world }) {
    const found = campaignOf(t, world)
    return found ? [{ campaign: found.id, name: found.name, start: found.start, end: found.end }] : []
  },
  rules(t, world) {
    const found = campaignOf(t, world)
    return found === undefined || t.who === undefined || t.who === 'all' ? [] : [joined(found)]
  },
  about: t => t.campaign,
})
