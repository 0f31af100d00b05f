// Another system says who enters: POST /api/w/{ws}/journeys/{journey}/enroll, with anything the messages need.
import { z } from 'zod'
import { publicId } from '../../platform/ids.ts'
import { triggerType } from './type.ts'

/** The event that the endpoint makes of a call. */
export const CALLED = 'journey.called'

const shape = z.strictObject({ kind: z.literal('api') })

export const api = triggerType<typeof shape>({
  kind: 'api',
  family: 'outside',
  fields: {},
  shape,
  facts: () => [CALLED],
  admits: (_, { props }, ctx) => props.journey === publicId('jrn', ctx.journey),
})
