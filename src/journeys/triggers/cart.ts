// Something lies in the cart, and for so long nothing was put in, taken out, or bought.
import { z } from 'zod'
import { MAX_SPAN_MS } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('cart'),
  idleMs: z.number().int().min(60_000).max(MAX_SPAN_MS),
})

export const cart = triggerType<typeof shape>({
  kind: 'cart',
  family: 'shop',
  fields: { idleMs: { kind: 'duration', required: true } },
  shape,
  moment(t, { state, after }) {
    const at = state.cart === undefined ? null : state.cart.at + t.idleMs
    return at !== null && at > after ? at : null
  },
  moves: () => ({ facts: ['Product Added', 'Product Removed', 'Cart Viewed', 'Order Completed'] }),
  props: (_, { state }) => [
    {
      products: (state.cart?.items ?? []).map(([product_id, quantity, price]) => ({
        product_id,
        quantity,
        ...(price === undefined ? {} : { price }),
      })),
    },
  ],
})
