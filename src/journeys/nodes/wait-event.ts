// Waits for an event, at most so long. Fields: { event: 'Order Completed', where?: [filters], since?: 'entry' | 'node',
// timeoutMs: 3600000 }. `since` node (default): it must occur after this node was entered (for the first waiting node
// of a run: after the trigger); entry: one since the trigger is enough and passes at once. An event that comes after
// the timeout no longer changes the way. Ports: event, timeout.
import { z } from 'zod'
import { faultsOf, propFilter } from '../../rules/check.ts'
import { happened } from '../../rules/make.ts'
import type { Rule } from '../../rules/model.ts'
import type { NodeContext, NodeType, Step } from '../model.ts'
import { MAX_WAIT_MS } from './delay.ts'

const shape = z.strictObject({
  event: z.string().min(1).max(200),
  where: z.array(propFilter).max(10).optional(),
  since: z.enum(['entry', 'node']).optional(),
  timeoutMs: z.number().int().min(1).max(MAX_WAIT_MS),
})
type Fields = z.infer<typeof shape>

const ruleOf = (f: Fields): Rule => happened(f.event, f.since ?? 'node', f.where)

function look(fields: Record<string, unknown>, ctx: NodeContext, until: number): Step {
  const verdict = ctx.evaluate(ruleOf(fields as Fields))
  return verdict.value
    ? { kind: 'go', port: 'event', effects: [], why: verdict.why }
    : { kind: 'wait', wait: { kind: 'event', until }, effects: [] }
}

export const waitEvent: NodeType = {
  type: 'wait_event',
  family: 'time',
  fields: {
    event: { kind: 'event', required: true },
    where: { kind: 'where', required: false },
    since: { kind: 'choice', required: false, options: ['node', 'entry'] },
    timeoutMs: { kind: 'duration', required: true },
  },
  ports: () => ['event', 'timeout'],
  waits: () => true,
  rules: fields => [ruleOf(fields as Fields)],
  validate(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter: (fields, ctx) => look(fields, ctx, ctx.now + (fields as Fields).timeoutMs),
  resume(fields, ctx, why) {
    const step = look(fields, ctx, ctx.enrollment.nodeAt + (fields as Fields).timeoutMs)
    return step.kind === 'wait' && why.kind === 'timer' ? { kind: 'go', port: 'timeout', effects: [] } : step
  },
}
