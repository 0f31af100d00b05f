// A product (or one of a category or brand) was viewed, once or for the n-th time.
import { z } from 'zod'
import { matches } from '../../rules/match.ts'
import type { PropFilter } from '../../rules/model.ts'
import { countRules, isNth } from './counted.ts'
import { choice, TIMES } from './fields.ts'
import { lateness, times } from './parts.ts'
import { triggerType } from './type.ts'

const VIEWED = 'Product Viewed'
const BY = ['product_id', 'sku', 'category', 'brand'] as const
const shape = z.strictObject({
  kind: z.literal('product'),
  by: z.enum(BY),
  value: z.string().min(1).max(200),
  times,
  latenessMs: lateness,
})

const whereOf = (t: z.infer<typeof shape>): PropFilter[] => [{ path: t.by, op: 'is', value: t.value }]

export const product = triggerType<typeof shape>({
  kind: 'product',
  family: 'web',
  fields: { by: choice(BY), value: { kind: 'text', required: true }, times: TIMES },
  shape,
  facts: () => [VIEWED],
  admits: (t, fact, ctx) => matches(fact.props, whereOf(t)) && isNth(t, VIEWED, whereOf(t), ctx),
  rules: t => countRules(t, VIEWED, whereOf(t)),
  about: t => t.value,
})
