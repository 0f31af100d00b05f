// A product became available, for those who like such a thing: they carry a tag with the name of its category, brand or
// code; or its category is among what they like most.
import { z } from 'zod'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

export const LAUNCHED = 'product.launched'

const WHO = ['tagged', 'likes', 'all'] as const
const shape = z.strictObject({
  kind: z.literal('launch'),
  who: z.enum(WHO),
  /** only products of one of these categories or brands */
  only: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
  latenessMs: lateness,
})

const TOP = 3
const namesOf = (props: Record<string, unknown>): string[] =>
  [props.product, props.brand, ...(Array.isArray(props.category) ? props.category : [])].filter(
    (name): name is string => typeof name === 'string' && name !== '',
  )

export const launch = triggerType<typeof shape>({
  kind: 'launch',
  family: 'shop',
  fields: { who: choice(WHO), only: { kind: 'text', required: false, many: true } },
  shape,
  facts: () => [LAUNCHED],
  admits(t, { props }, { state, evaluate }) {
    const names = namesOf(props)
    if (t.only !== undefined && !names.some(name => t.only!.includes(name))) return false
    if (t.who === 'all') return true
    if (t.who === 'tagged') return names.some(name => Object.hasOwn(state.tags, name))
    return (['category', 'brand'] as const).some(
      of => evaluate({ op: 'likes', of, values: names, top: TOP }).value,
    )
  },
  about: t => t.only?.join(', ') ?? '',
})
