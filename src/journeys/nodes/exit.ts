// Ends the run here as completed. Fields: { reason?: '已是會員' }, told with the end and counted by name. No ports.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { NodeType } from './type.ts'

const shape = z.strictObject({ reason: z.string().min(1).max(100).optional() })

export const exit: NodeType = {
  type: 'exit',
  family: 'end',
  fields: { reason: { kind: 'text', required: false, max: 100 } },
  ports: () => [],
  validate(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter(fields) {
    const { reason } = fields as z.infer<typeof shape>
    return { kind: 'end', how: 'completed', effects: [], ...(reason === undefined ? {} : { exit: reason }) }
  },
}
