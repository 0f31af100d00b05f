// The shape of a journey graph that came from outside: drafts, files, the text form. What its parts mean is in model.ts.
import { z } from 'zod'
import { DAY_MS, safeName, wallTime } from './triggers/parts.ts'
import { triggerShape } from './triggers/register.ts'

export { wallTime }

/** Names of ways that people choose; those that the product gives are taken. */
export const portName = safeName(60).refine(
  n => !['else', 'exit', 'timeout', 'other', 'unsent', 'again', 'end'].includes(n),
  { message: 'this branch name is taken by the product' },
)

const reentry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('always') }),
  z.strictObject({
    kind: z.literal('after_exit'),
    coolDownMs: z
      .number()
      .int()
      .min(0)
      .max(3660 * DAY_MS),
  }),
])

const span = z
  .number()
  .int()
  .min(1_000)
  .max(366 * DAY_MS)
const percent = z.number().min(0).max(100)
const moment = z.iso.datetime({ offset: true })

const entry = z.strictObject({
  exclude: z.unknown().optional(),
  maxAtOnce: z.number().int().min(1).max(50).optional(),
  cap: z
    .strictObject({ max: z.number().int().min(1).max(1e9), per: z.enum(['hour', 'day', 'ever']) })
    .optional(),
  from: moment.optional(),
  to: moment.optional(),
  canaryPercent: percent.optional(),
  canaryPeople: z.number().int().min(1).max(1_000_000).optional(),
  backfill: z.boolean().optional(),
})

const policy = z.strictObject({
  zone: z.strictObject({ trait: safeName(64) }).optional(),
  quietHours: z.strictObject({ from: wallTime, to: wallTime }).nullable().optional(),
  caps: z
    .array(z.strictObject({ max: z.number().int().min(1).max(50), withinMs: span }))
    .max(4)
    .optional(),
  priority: z.number().int().min(1).max(9).optional(),
  usefulForMs: span.optional(),
  late: z.strictObject({ afterMs: span, do: z.enum(['send', 'skip']) }).optional(),
  controlPercent: z.number().min(0).max(90).optional(),
  budget: z
    .strictObject({ amount: z.number().int().min(0).max(1e12), per: z.enum(['day', 'month', 'ever']) })
    .optional(),
  kpis: z
    .array(
      z.strictObject({
        id: safeName(64),
        name: z.string().min(1).max(100),
        node: z.string().nullable(),
        measure: z.union([
          z.strictObject({ kind: z.enum(['reached', 'clicked', 'goal', 'revenue']) }),
          z.strictObject({ kind: z.literal('rule'), rule: z.unknown(), windowMs: span }),
        ]),
        target: z.number().min(0).max(1e12),
      }),
    )
    .max(50)
    .optional(),
})

const place = { x: z.number().min(-1e6).max(1e6), y: z.number().min(-1e6).max(1e6) }
const canvas = z.strictObject({
  places: z.record(safeName(64), z.strictObject(place)).optional(),
  groups: z
    .array(
      z.strictObject({ id: safeName(64), name: z.string().max(100), nodes: z.array(z.string()).max(300) }),
    )
    .max(50)
    .optional(),
  comments: z
    .array(
      z.strictObject({ id: safeName(64), text: z.string().max(2000), ...place, node: z.string().optional() }),
    )
    .max(100)
    .optional(),
})

/** A graph as it comes from outside. Rules are checked one by one (validate.ts). */
export const graphShape = z.strictObject({
  format: z.literal(1),
  name: z.string().min(1).max(200),
  trigger: triggerShape,
  filter: z.unknown().optional(),
  entry: entry.optional(),
  key: safeName(200).optional(),
  reentry,
  goal: z.strictObject({ rule: z.unknown(), exitOnGoal: z.boolean(), windowMs: span.optional() }).optional(),
  exits: z.array(z.strictObject({ name: z.string().min(1).max(100), rule: z.unknown() })).max(20),
  policy: policy.optional(),
  start: z.string(),
  nodes: z.record(
    safeName(64),
    z.strictObject({
      type: z.string(),
      fields: z.record(z.string(), z.unknown()),
      next: z.record(z.string(), z.string().nullable()),
      title: z.string().max(200).optional(),
    }),
  ),
  canvas: canvas.optional(),
})
