// Sends each person down one of several ways by chance, in the given shares; the same person always takes the same way at
// this node. Fields: { shares: [{ name: 'a', percent: 50 }, { name: 'b', percent: 50 }] }. Ports: the names.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { NodeType } from './type.ts'
import { type Share, share, shareFaults, wayAt } from './shares.ts'

const shape = z.strictObject({ shares: z.array(share).min(2).max(20) })

export const randomSplit: NodeType = {
  type: 'random_split',
  family: 'logic',
  fields: {
    shares: {
      kind: 'list',
      required: true,
      of: {
        name: { kind: 'text', required: true },
        percent: { kind: 'percent', required: true, min: 0.1, max: 99.9 },
      },
    },
  },
  ports(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? parsed.data.shares.map(s => s.name) : []
  },
  validate(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? shareFaults(parsed.data.shares, '/shares') : faultsOf(parsed.error)
  },
  enter(fields, ctx) {
    const at = ctx.share(`${ctx.journey.id}/${ctx.node}`)
    const port = wayAt(fields.shares as Share[], at)
    return { kind: 'go', port, effects: [], why: [{ path: '/shares', leaf: 'share', value: true, seen: at }] }
  },
}
