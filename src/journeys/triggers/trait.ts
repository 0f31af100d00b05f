// An attribute was set for the first time, changed, or removed: from one of these values, to one of these, upwards or
// downwards. Numbers and dates have an order; other values have that of `order`, the lowest first.
import { z } from 'zod'
import type { Fault } from '../../rules/check.ts'
import { choice } from './fields.ts'
import { lateness, safeName } from './parts.ts'
import { triggerType } from './type.ts'

const ON = ['any', 'set', 'changed', 'removed'] as const
const WAY = ['up', 'down'] as const
const value = z.union([z.string().max(1000), z.number(), z.boolean()])
const shape = z.strictObject({
  kind: z.literal('trait'),
  trait: safeName(64),
  on: z.enum(ON),
  from: z.array(value).min(1).max(50).optional(),
  to: z.array(value).min(1).max(50).optional(),
  way: z.enum(WAY).optional(),
  order: z.array(z.string().min(1).max(100)).min(2).max(50).optional(),
  latenessMs: lateness,
})

/** Above zero: upwards; null: they have no order. */
export function compared(before: unknown, after: unknown, order: string[] | undefined): number | null {
  if (order !== undefined) {
    const [a, b] = [order.indexOf(String(before)), order.indexOf(String(after))]
    return a < 0 || b < 0 ? null : b - a
  }
  if (typeof before === 'number' && typeof after === 'number') return after - before
  if (typeof before !== 'string' || typeof after !== 'string') return null
  const dates = /^\d{4}-\d{2}-\d{2}/
  return dates.test(before) && dates.test(after) ? (after > before ? 1 : after < before ? -1 : 0) : null
}

/** Of a list one item is enough. Compared as they are written: 3 is "3". */
const isOneOf = (values: unknown[], seen: unknown): boolean =>
  Array.isArray(seen)
    ? seen.some(v => isOneOf(values, v))
    : seen !== null && values.some(v => String(v) === String(seen))

const isKind = (on: (typeof ON)[number], before: unknown, after: unknown): boolean => {
  if (on === 'set') return before === null && after !== null
  if (on === 'changed') return before !== null && after !== null
  return on === 'any' || after === null
}

export const trait = triggerType<typeof shape>({
  kind: 'trait',
  family: 'member',
  fields: {
    trait: { kind: 'trait', required: true },
    on: choice(ON),
    from: { kind: 'text', required: false, many: true },
    to: { kind: 'text', required: false, many: true },
    way: choice(WAY, false),
    order: { kind: 'text', required: false, many: true, when: { field: 'way', is: WAY } },
  },
  shape,
  facts: () => ['trait.changed'],
  admits(t, { props }) {
    const { before, after } = props
    if (props.trait !== t.trait || !isKind(t.on, before, after)) return false
    if (t.from !== undefined && !isOneOf(t.from, before)) return false
    if (t.to !== undefined && !isOneOf(t.to, after)) return false
    if (t.way === undefined) return true
    const by = compared(before, after, t.order)
    return by !== null && (t.way === 'up' ? by > 0 : by < 0)
  },
  validate(t): Fault[] {
    const nothing = t.on === 'removed' && (t.to !== undefined || t.way !== undefined)
    const noBefore = t.on === 'set' && (t.from !== undefined || t.way !== undefined)
    return nothing || noBefore
      ? [
          {
            path: nothing ? '/to' : '/from',
            code: 'no_such_side',
            message: nothing
              ? { zh: '移除之後沒有新的值', en: 'What is removed has no value afterwards' }
              : { zh: '第一次填寫之前沒有舊的值', en: 'What is set for the first time had no value before' },
            alternative: { zh: '改選「改變」', en: 'Choose "changed" instead' },
          },
        ]
      : []
  },
  about: t => t.trait,
})
