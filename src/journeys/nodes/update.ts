// Changes the customer's file. Fields: { traits?: { stage: 'welcomed', note: null }, addTags?: ['vip'],
// removeTags?: ['new'] }; null removes a trait. Port: next.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { Scalar } from '../../rules/model.ts'
import type { Effect, NodeType } from '../model.ts'

const named = z
  .string()
  .min(1)
  .max(64)
  .refine(n => n !== '__proto__', { message: 'reserved name' })
const shape = z.strictObject({
  traits: z.record(named, z.union([z.string().max(1000), z.number(), z.boolean(), z.null()])).optional(),
  addTags: z.array(named).max(20).optional(),
  removeTags: z.array(named).max(20).optional(),
})
type Fields = { traits?: Record<string, Scalar | null>; addTags?: string[]; removeTags?: string[] }

export const update: NodeType = {
  type: 'update',
  family: 'data',
  fields: {
    traits: { kind: 'trait', required: false, many: true },
    addTags: { kind: 'tag', required: false, many: true },
    removeTags: { kind: 'tag', required: false, many: true },
  },
  ports: () => ['next'],
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    const { traits, addTags, removeTags } = parsed.data
    return Object.keys(traits ?? {}).length + (addTags?.length ?? 0) + (removeTags?.length ?? 0) > 0
      ? []
      : [
          {
            path: '',
            code: 'nothing_to_do',
            message: { zh: '請至少設定一個屬性或標籤', en: 'Set at least one attribute or tag' },
          },
        ]
  },
  enter(fields) {
    const f = fields as Fields
    const effects: Effect[] = []
    for (const [trait, value] of Object.entries(f.traits ?? {}))
      effects.push({ kind: 'set_trait', trait, value })
    for (const tag of f.addTags ?? []) effects.push({ kind: 'add_tag', tag })
    for (const tag of f.removeTags ?? []) effects.push({ kind: 'remove_tag', tag })
    return { kind: 'go', port: 'next', effects }
  },
}
