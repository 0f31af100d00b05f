// The lifecycle stage changed: to one of these, upwards or downwards.
import { z } from 'zod'
import { STAGES, type Stage } from '../../customers/model.ts'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const WAY = ['up', 'down'] as const
const shape = z.strictObject({
  kind: z.literal('stage'),
  to: z.array(z.enum(STAGES)).min(1).optional(),
  way: z.enum(WAY).optional(),
  latenessMs: lateness,
})

export const stage = triggerType<typeof shape>({
  kind: 'stage',
  family: 'member',
  fields: { to: { ...choice(STAGES, false), many: true }, way: choice(WAY, false) },
  shape,
  facts: () => ['stage.changed'],
  admits(t, { props }) {
    const [from, to] = [STAGES.indexOf(props.from as Stage), STAGES.indexOf(props.to as Stage)]
    if (t.to !== undefined && !t.to.includes(props.to as Stage)) return false
    return t.way === undefined || (t.way === 'up' ? to > from : to < from)
  },
  about: t => t.to?.join(', ') ?? '',
})
