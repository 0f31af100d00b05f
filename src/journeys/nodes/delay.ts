// Waits a time, or until a wall time in the workspace's zone. Fields, one of:
//   { ms: 3600000 }                                     one hour
//   { until: { time: '09:00', weekdays: [1, 2, 3] } }   the next Monday, Tuesday or Wednesday at nine
// Port: next.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { NodeType } from '../model.ts'
import { wallTime } from '../shape.ts'

export const MAX_WAIT_MS = 366 * 86_400_000

const shape = z.union([
  z.strictObject({ ms: z.number().int().min(0).max(MAX_WAIT_MS) }),
  z.strictObject({
    until: z.strictObject({
      time: wallTime,
      weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7).optional(),
    }),
  }),
])

export const delay: NodeType = {
  type: 'delay',
  family: 'time',
  fields: { ms: { kind: 'duration', required: false }, until: { kind: 'wall_time', required: false } },
  ports: () => ['next'],
  waits: fields => fields.ms !== 0,
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (parsed.success) return []
    const both = 'ms' in fields === 'until' in fields
    return both
      ? [
          {
            path: '',
            code: 'delay_kind',
            message: {
              zh: '請設定等待多久，或等到幾點（擇一）',
              en: 'Set how long to wait, or the time to wait for (one of them)',
            },
          },
        ]
      : faultsOf(parsed.error)
  },
  enter(fields, ctx) {
    const f = fields as z.infer<typeof shape>
    const until = 'ms' in f ? ctx.now + f.ms : ctx.nextWallTime(f.until.time, f.until.weekdays ?? null)
    return { kind: 'wait', wait: { kind: 'time', until }, effects: [] }
  },
  resume: () => ({ kind: 'go', port: 'next', effects: [] }),
}
