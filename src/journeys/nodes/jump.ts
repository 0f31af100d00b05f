// Goes back (or anywhere) a limited number of times in one run. Fields: { times: 3 }. Ports: again, which leads to the node to
// jump to, for the first `times` visits; else, from then on.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { NodeType } from './type.ts'

const shape = z.strictObject({ times: z.number().int().min(1).max(100) })

export const jump: NodeType = {
  type: 'jump',
  family: 'logic',
  fields: { times: { kind: 'number', required: true, min: 1, max: 100 } },
  ports: () => ['again', 'else'],
  validate(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter(fields, { enrollment, node }) {
    const seen = enrollment.occ[node] ?? 1
    const again = seen <= (fields as z.infer<typeof shape>).times
    return {
      kind: 'go',
      port: again ? 'again' : 'else',
      effects: [],
      why: [{ path: '', leaf: 'times', value: again, seen }],
    }
  },
}
