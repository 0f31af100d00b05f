// Keeps a share of the people out of what follows, the same ones each time, so that what it earns can be measured against
// them. Fields: { percent: 10 }. Ports: next, held; who is held back ends here when `held` leads nowhere else.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { NodeType } from './type.ts'

const shape = z.strictObject({ percent: z.number().min(0.1).max(90) })

export const holdout: NodeType = {
  type: 'holdout',
  family: 'logic',
  fields: { percent: { kind: 'percent', required: true, min: 0.1, max: 90 } },
  ports: () => ['next', 'held'],
  validate(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter(fields, ctx) {
    const at = ctx.share(`${ctx.journey.id}/${ctx.node}`)
    const held = at < (fields.percent as number)
    return {
      kind: 'go',
      port: held ? 'held' : 'next',
      effects: [],
      why: [{ path: '/percent', leaf: 'share', value: held, seen: at }],
    }
  },
}
