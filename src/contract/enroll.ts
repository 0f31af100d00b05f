// Entering a journey from another system.
import { z } from 'zod'
import { e, id } from './shared.ts'

const text = (max: number) => z.string().trim().min(1).max(max).optional()

export const enrollEndpoints = {
  enrollByApi: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/enroll',
    scope: 'customers:write',
    summary:
      'Asks a customer into a live journey whose trigger is the API. Entry rules decide; who is not known yet becomes known',
    body: z.object({
      customer: text(100).describe('cus_…; or say who it is by what follows'),
      userId: text(512).describe('member number'),
      email: text(320),
      phone: text(40),
      lineUid: text(200),
      cardNo: text(200),
      anonymousId: text(512),
      traits: z.record(z.string(), z.unknown()).optional(),
      props: z
        .record(z.string(), z.unknown())
        .default({})
        .describe('for messages and branches: event.props.<name>'),
      id: text(200).describe('your id of this call: said again within 7 days, it is not done again'),
    }),
    out: z.object({ customer: id, accepted: z.literal(true) }),
  }),
} as const
