// Tries out ways against each other: people are given one by chance, and once one is better beyond doubt
// (src/experiments/stats.ts) those who come after it take that one. A variant of a message is a way that begins with a send
// node. Fields: { variants: [{ name: 'a', percent: 50 }, { name: 'b', percent: 50 }], metric: { kind: 'event', event: 'Order
// Completed' }, windowMs: 604800000, minPeople: 100, autoWinner: true }. Ports: the names.
import { z } from 'zod'
import { faultsOf, propFilter } from '../../rules/check.ts'
import type { NodeType } from './type.ts'
import { MAX_WAIT_MS } from './delay.ts'
import { type Share, share, shareFaults, wayAt } from './shares.ts'

export const METRICS = ['order', 'goal', 'clicked', 'event'] as const

/** What counts as success, within the window after the way was given.
 *  order: bought, and did not return or cancel it; goal: the journey's; clicked: a link of a message of this run */
const metric = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['order', 'goal', 'clicked']) }),
  z.strictObject({
    kind: z.literal('event'),
    event: z.string().min(1).max(200),
    where: z.array(propFilter).max(10).optional(),
  }),
])
export type Metric = z.infer<typeof metric>

export const experimentShape = z.strictObject({
  variants: z.array(share).min(2).max(6),
  metric,
  windowMs: z.number().int().min(60_000).max(MAX_WAIT_MS),
  /** of each variant, before a winner may be named */
  minPeople: z.number().int().min(10).max(1_000_000),
  /** false: a person decides */
  autoWinner: z.boolean().optional(),
})
export type ExperimentFields = z.infer<typeof experimentShape>

export const experiment: NodeType = {
  type: 'experiment',
  family: 'logic',
  fields: {
    variants: {
      kind: 'list',
      required: true,
      of: {
        name: { kind: 'text', required: true },
        percent: { kind: 'percent', required: true, min: 0.1, max: 99.9 },
      },
    },
    metric: {
      kind: 'group',
      required: true,
      of: {
        kind: { kind: 'choice', required: true, options: METRICS },
        event: { kind: 'event', required: true, when: { field: 'kind', is: ['event'] } },
        where: { kind: 'where', required: false, when: { field: 'kind', is: ['event'] } },
      },
    },
    windowMs: { kind: 'duration', required: true },
    minPeople: { kind: 'number', required: true, min: 10, max: 1_000_000 },
    autoWinner: { kind: 'flag', required: false },
  },
  ports(fields) {
    const parsed = experimentShape.shape.variants.safeParse(fields.variants)
    return parsed.success ? parsed.data.map(s => s.name) : []
  },
  validate(fields) {
    const parsed = experimentShape.safeParse(fields)
    return parsed.success ? shareFaults(parsed.data.variants, '/variants') : faultsOf(parsed.error)
  },
  enter(fields, ctx) {
    const winner = ctx.journey.decided?.[ctx.node]
    if (winner !== undefined)
      return {
        kind: 'go',
        port: winner,
        effects: [],
        why: [{ path: '/variants', leaf: 'decided', value: true, seen: winner }],
      }
    const at = ctx.share(`${ctx.journey.id}/${ctx.node}`)
    const port = wayAt(fields.variants as Share[], at)
    return {
      kind: 'go',
      port,
      effects: [],
      why: [{ path: '/variants', leaf: 'share', value: true, seen: at }],
    }
  },
}
