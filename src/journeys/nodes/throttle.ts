// Lets through so many people in a minute, hour or day; whoever is beyond that waits for a place in a later window, in the
// order they came. Fields: { max: 100, per: 'minute' | 'hour' | 'day' }. Port: next.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { NodeType } from './type.ts'

const shape = z.strictObject({
  max: z.number().int().min(1).max(1_000_000),
  per: z.enum(['minute', 'hour', 'day']),
})

export const throttle: NodeType = {
  type: 'throttle',
  family: 'time',
  fields: {
    max: { kind: 'number', required: true, min: 1, max: 1_000_000 },
    per: { kind: 'choice', required: true, options: shape.shape.per.options },
  },
  ports: () => ['next'],
  waits: () => true,
  validate(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter(fields, ctx) {
    const { max, per } = fields as z.infer<typeof shape>
    // of all versions of the journey together: publishing again opens no second gate
    const key = `throttle:${ctx.journey.id}:${ctx.node}`
    return {
      kind: 'wait',
      wait: { kind: 'message', message: ctx.messageId() },
      effects: [{ kind: 'ticket', limits: [{ key, max, per, wait: true }] }],
    }
  },
  resume: () => ({ kind: 'go', port: 'next', effects: [] }),
}
