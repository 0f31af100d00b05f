// The membership tier went up, went down, or just changed, to one of these. `order` says which tier is above which, the
// lowest first; who had none comes from below all.
import { z } from 'zod'
import type { Fault } from '../../rules/check.ts'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const ON = ['changed', 'up', 'down'] as const
const tiers = z.array(z.string().min(1).max(60)).min(1).max(50)
const shape = z.strictObject({
  kind: z.literal('tier'),
  on: z.enum(ON),
  order: tiers.optional(),
  to: tiers.optional(),
  latenessMs: lateness,
})

export const tier = triggerType<typeof shape>({
  kind: 'tier',
  family: 'member',
  fields: {
    on: choice(ON),
    order: { kind: 'text', required: false, many: true, when: { field: 'on', is: ['up', 'down'] } },
    to: { kind: 'text', required: false, many: true },
  },
  shape,
  facts: () => ['tier.changed'],
  admits(t, fact, { state }) {
    const [before, after] = [fact.before ?? '', state.tier?.v ?? '']
    // told of another time, or once more
    if (before === after || fact.props.tier !== after) return false
    if (t.to !== undefined && !t.to.includes(after)) return false
    if (t.on === 'changed') return true
    const [from, to] = [before, after].map(name => (name === '' ? -1 : (t.order?.indexOf(name) ?? -2)))
    if ((from === -1 && before !== '') || (to === -1 && after !== '')) return false
    return t.on === 'up' ? to! > from! : to! < from!
  },
  validate: (t): Fault[] =>
    t.on === 'changed' || t.order !== undefined
      ? []
      : [
          {
            path: '/order',
            code: 'no_order',
            message: { zh: '請由低到高列出等級', en: 'List the tiers, the lowest first' },
            alternative: { zh: '或改選「任何變動」', en: 'Or choose "any change"' },
          },
        ],
  about: t => t.to?.join(', ') ?? '',
})
