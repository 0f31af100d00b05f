// Lets an event of the customer happen, which may start other journeys and counts for rules like any other. Fields: { event:
// 'VIP Invited', props?: { list: 'spring' } }. At the eighth journey that caused the next nobody enters any more. Port: next.
import { z } from 'zod'
import { isReservedName } from '../../customers/fold.ts'
import { faultsOf } from '../../rules/check.ts'
import type { Scalar } from '../../rules/model.ts'
import type { NodeType } from './type.ts'

const name = z
  .string()
  .min(1)
  .max(64)
  .refine(n => n !== '__proto__', { message: 'reserved name' })
const shape = z.strictObject({
  event: z.string().min(1).max(200),
  props: z.record(name, z.union([z.string().max(500), z.number(), z.boolean()])).optional(),
})

export const emit: NodeType = {
  type: 'emit',
  family: 'data',
  fields: { event: { kind: 'event', required: true }, props: { kind: 'value', required: false, many: true } },
  ports: () => ['next'],
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    if (Object.keys(parsed.data.props ?? {}).length > 20)
      return [
        {
          path: '/props',
          code: 'too_many_props',
          message: { zh: '最多 20 個屬性', en: 'At most 20 properties' },
        },
      ]
    return isReservedName(parsed.data.event)
      ? [
          {
            path: '/event',
            code: 'reserved_event',
            message: {
              zh: `「${parsed.data.event}」由系統產生，旅程不能自己送出`,
              en: `"${parsed.data.event}" is said by the product alone`,
            },
            alternative: { zh: '換一個自己的名稱', en: 'Choose a name of your own' },
          },
        ]
      : []
  },
  enter(fields) {
    const { event, props = {} } = fields as { event: string; props?: Record<string, Scalar> }
    return { kind: 'go', port: 'next', effects: [{ kind: 'emit', name: event, props }] }
  },
}
