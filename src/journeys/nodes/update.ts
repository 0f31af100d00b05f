// Changes the customer's file. Fields: { traits?: { stage: 'welcomed', note: null }, increments?: { visits: 1 }, dates?: {
// last_gift: 0 }, addTags?: ['vip'], removeTags?: ['new'] }; null removes a trait, an increment counts from 0 where there is
// no number, a date is today in the workspace's zone plus so many days. Port: next.
import { z } from 'zod'
import { dateIn } from '../../platform/wall-time.ts'
import { faultsOf } from '../../rules/check.ts'
import type { Scalar } from '../../rules/model.ts'
import type { Effect, NodeType } from './type.ts'

const named = z
  .string()
  .min(1)
  .max(64)
  .refine(n => n !== '__proto__', { message: 'reserved name' })
const shape = z.strictObject({
  traits: z.record(named, z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])).optional(),
  increments: z.record(named, z.number().min(-1e9).max(1e9)).optional(),
  dates: z.record(named, z.number().int().min(-3660).max(3660)).optional(),
  addTags: z.array(named).max(20).optional(),
  removeTags: z.array(named).max(20).optional(),
})
type Fields = {
  traits?: Record<string, Scalar | null>
  increments?: Record<string, number>
  dates?: Record<string, number>
  addTags?: string[]
  removeTags?: string[]
}

export const update: NodeType = {
  type: 'update',
  family: 'data',
  fields: {
    traits: { kind: 'trait', required: false, many: true },
    increments: { kind: 'trait', required: false, many: true },
    dates: { kind: 'trait', required: false, many: true },
    addTags: { kind: 'tag', required: false, many: true },
    removeTags: { kind: 'tag', required: false, many: true },
  },
  ports: () => ['next'],
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    const { traits, increments, dates, addTags, removeTags } = parsed.data
    const all = [traits, increments, dates, addTags, removeTags]
    return all.some(part => part !== undefined && Object.keys(part).length > 0)
      ? []
      : [
          {
            path: '',
            code: 'nothing_to_do',
            message: { zh: '請至少設定一個屬性或標籤', en: 'Set at least one attribute or tag' },
          },
        ]
  },
  enter(fields, ctx) {
    const f = fields as Fields
    const effects: Effect[] = []
    for (const [trait, value] of Object.entries(f.traits ?? {}))
      effects.push({ kind: 'set_trait', trait, value })
    for (const [trait, by] of Object.entries(f.increments ?? {}))
      effects.push({ kind: 'add_to_trait', trait, by })
    for (const [trait, days] of Object.entries(f.dates ?? {}))
      effects.push({ kind: 'set_trait', trait, value: dateIn(ctx.now, days, ctx.timezone) })
    for (const tag of f.addTags ?? []) effects.push({ kind: 'add_tag', tag })
    for (const tag of f.removeTags ?? []) effects.push({ kind: 'remove_tag', tag })
    return { kind: 'go', port: 'next', effects }
  },
}
