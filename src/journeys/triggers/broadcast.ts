// The start of a broadcast: those who are in a segment then (without one: whom its channels reach) enter, nobody later. It is
// told to each of them by the work that its start queues (src/campaigns); no fact and no moment of their own starts it.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../../channels/model.ts'
import { withinSegment } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('broadcast'),
  ...withinSegment,
  /** without a segment: reachable by one of these */
  channels: z.array(z.enum(CHANNEL_NAMES)).min(1).max(6),
  purpose: z.enum(['marketing', 'transactional']),
})
export type BroadcastTrigger = z.infer<typeof shape>

export const broadcast = triggerType<typeof shape>({
  kind: 'broadcast',
  family: 'time',
  fields: {},
  shape,
  about: t => t.segment ?? '',
})
