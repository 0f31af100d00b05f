// An order was placed, paid, shipped …; of these products, of such an amount. What is said twice (by browser and server)
// starts once. Amounts are in the smallest unit, net, and of this currency alone.
import { z } from 'zod'
import type { Worth } from '../../customers/order-worth.ts'
import type { OrderLine } from '../../inbox/order-model.ts'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const ON = ['placed', 'paid', 'shipped', 'ready', 'picked_up', 'cancelled', 'refunded', 'returned'] as const
const BY = ['sku', 'product', 'category', 'brand'] as const
const amount = z.number().int().min(0).max(1e12).optional()
const shape = z.strictObject({
  kind: z.literal('order'),
  on: z.enum(ON),
  lines: z
    .strictObject({ by: z.enum(BY), values: z.array(z.string().min(1).max(200)).min(1).max(100) })
    .optional(),
  amount: z.strictObject({ min: amount, max: amount, currency: z.string().regex(/^[A-Z]{3}$/) }).optional(),
  channel: z.array(z.string().min(1).max(32)).min(1).max(20).optional(),
  latenessMs: lateness,
})
type Order = z.infer<typeof shape>

const stands = (worth: Worth | null): boolean => worth?.counts ?? false

/** Whether the order has just become what is waited for. */
function isMove(on: Order['on'], name: string, before: Worth | null, after: Worth | null): boolean {
  if (on === 'placed') return stands(after) && !stands(before)
  if (on === 'paid') return stands(after) && after!.paid && !(before?.paid ?? false)
  return name === `order.${on}`
}

const FIELD = { sku: 'sku', product: 'id', category: 'category', brand: 'brand' } as const
const isOf = ({ by, values }: NonNullable<Order['lines']>, line: OrderLine): boolean =>
  values.includes(line[FIELD[by]] ?? '')

export const order = triggerType<typeof shape>({
  kind: 'order',
  family: 'shop',
  fields: {
    on: choice(ON),
    lines: {
      kind: 'group',
      required: false,
      of: { by: choice(BY), values: { kind: 'text', required: true, many: true } },
    },
    amount: {
      kind: 'group',
      required: false,
      of: {
        min: { kind: 'number', required: false, min: 0 },
        max: { kind: 'number', required: false, min: 0 },
        currency: { kind: 'text', required: true },
      },
    },
    channel: { kind: 'text', required: false, many: true },
  },
  shape,
  facts: t => (t.on === 'paid' ? ['order.placed', 'order.paid', 'order.updated'] : [`order.${t.on}`]),
  admits(t, { name, order: told }) {
    if (told === undefined || !isMove(t.on, name, told.before, told.after)) return false
    const worth = stands(told.after) ? told.after : (told.before ?? told.after)
    if (worth === null) return false
    if (t.lines !== undefined && !worth.lines.some(line => isOf(t.lines!, line))) return false
    if (t.channel !== undefined && !t.channel.includes(worth.channel)) return false
    if (t.amount === undefined) return true
    const { min = 0, max = Number.MAX_SAFE_INTEGER, currency } = t.amount
    return worth.currency === currency && worth.net >= min && worth.net <= max
  },
  about: t => t.lines?.values.join(', ') ?? t.on,
})
