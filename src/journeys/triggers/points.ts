// Points will expire soon: how long before, the points' settings say.
import { z } from 'zod'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({ kind: z.literal('points'), latenessMs: lateness })

export const points = triggerType<typeof shape>({
  kind: 'points',
  family: 'member',
  fields: {},
  shape,
  facts: () => ['points.expiring'],
})
