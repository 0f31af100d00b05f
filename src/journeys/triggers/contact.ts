// A friend was added on LINE, came back after blocking, or blocked. Who comes back is no new friend.
import { z } from 'zod'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const ON = ['added', 'returned', 'blocked'] as const
const shape = z.strictObject({ kind: z.literal('contact'), on: z.enum(ON), latenessMs: lateness })

export const contact = triggerType<typeof shape>({
  kind: 'contact',
  family: 'social',
  fields: { on: choice(ON) },
  shape,
  facts: t => [t.on === 'blocked' ? 'contact.unfollowed' : 'contact.followed'],
  admits(t, { props }) {
    if (props.channel !== undefined && props.channel !== 'line') return false
    return t.on === 'blocked' || (props.is_unblocked === true) === (t.on === 'returned')
  },
  about: t => t.on,
})
