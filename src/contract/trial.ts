// Trying a journey out before it is published: one person's walk under a virtual clock, and a replay over the past.
import { z } from 'zod'
import { e, id, personal, personalValue, time } from './shared.ts'

const props = z.record(z.string(), z.unknown())
const ms = z
  .number()
  .int()
  .min(0)
  .max(3_660 * 86_400_000)
const OUTCOMES = ['accepted', 'failed', 'skipped', 'unknown'] as const
const STATES = [...OUTCOMES, 'delivered', 'opened', 'clicked', 'bounced', 'complained', 'blocked'] as const
const scalar = z.union([z.string(), z.number(), z.boolean()])
const traitValue = z.union([scalar, z.array(scalar)]).nullable()

const madeUp = z
  .strictObject({
    seed: z.number().int().min(0).optional().describe('another number is another person, for shares'),
    traits: props.optional(),
    tags: z.array(z.string()).max(50).optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
    memberNo: z.string().optional(),
    line: z.boolean().optional().describe('a LINE friend'),
    consent: z.record(z.string(), z.boolean()).optional().describe('to marketing, by channel'),
    past: z
      .array(z.strictObject({ event: z.string().min(1), agoMs: ms, props: props.optional() }))
      .max(200)
      .optional()
      .describe('what happened before; nothing of it starts a journey'),
  })
  .describe('somebody who does not exist')

const command = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('set_traits'), traits: z.record(z.string(), traitValue) }),
  z.strictObject({ do: z.literal('add_tag'), tag: z.string(), until: z.string().optional() }),
  z.strictObject({ do: z.literal('remove_tag'), tag: z.string() }),
  z.strictObject({
    do: z.literal('set_consent'),
    channel: z.string(),
    on: z.boolean(),
    purpose: z.string().optional(),
  }),
])
const action = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('event'),
    name: z.string().min(1).max(200),
    props: props.optional(),
    traits: props.optional(),
    agoMs: ms.optional(),
  }),
  z.strictObject({ do: z.literal('wait'), ms }),
  z.strictObject({ do: z.literal('until'), at: z.number().describe('workspace time, ms') }),
  z.strictObject({ do: z.literal('next') }).describe('to the next moment at which time alone does something'),
  z.strictObject({
    do: z.literal('message'),
    node: z.string(),
    state: z.enum(STATES),
    reason: z.string().optional(),
    detail: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ do: z.literal('enroll') }),
  z.strictObject({ do: z.literal('set'), command }),
])
const ending = z.union([
  z.literal('hold'),
  z.strictObject({ outcome: z.enum(OUTCOMES), reason: z.string().optional() }),
])

const limitNow = z.object({
  kind: z
    .enum([
      'stopped',
      'account',
      'reach',
      'preference',
      'consent',
      'suppressed',
      'person',
      'frequency',
      'quota',
      'budget',
      'cap',
      'canary',
      'throttle',
      'pool',
    ])
    .describe('person: a cap of the workspace or the journey for each person; frequency: a frequency rule'),
  stands: z.boolean().describe('it would hold this message back, were it let out now'),
  reason: z.string().nullable().describe('skip reason; of suppressed: why the address is listed'),
  name: z.string().nullable().describe('of the account, journey, segment or coupon'),
  rule: id.nullable(),
  used: z.number().nullable().describe('of a budget: smallest unit of the currency'),
  max: z.number().nullable(),
  per: z.enum(['minute', 'hour', 'day', 'month', 'ever']).nullable(),
  until: time.nullable().describe('when what is used now counts no more'),
  say: z.object({ zh: z.string(), en: z.string() }),
})

const walk = z.object({
  at: time,
  next: time.nullable().describe('the next moment at which time alone does something'),
  lines: z.array(
    z.object({
      at: time,
      by: z.enum(['hand', 'fold', 'message']),
      name: z.string(),
      props: personalValue('free'),
      own: z.boolean().describe('of the journey that is looked at'),
      node: z.string().nullable(),
      message: id.nullable(),
      action: z.number().describe('which of `actions` it belongs to; -1: the start'),
    }),
  ),
  messages: z.array(
    z.object({
      id,
      node: z.string(),
      channel: z.string(),
      purpose: z.enum(['marketing', 'transactional']),
      at: time,
      state: z.string(),
      reason: z.string().nullable(),
      content: personalValue('rendered').nullable(),
      limits: z
        .array(limitNow)
        .describe(
          'of a real customer: which limits ask about it, as of `limitsAt`; none for somebody made up',
        ),
    }),
  ),
  limitsAt: time
    .nullable()
    .describe('when the limits were read: what is left when the message really goes is not known'),
  visits: z.record(z.string(), z.number()),
  ways: z.record(z.string(), z.number()).describe('how often each way was gone: node|port'),
  here: z.array(z.string()).describe('nodes where runs of it are'),
  control: z.boolean().describe('of the control group'),
  fault: z.object({ code: z.string(), text: z.string(), action: z.number() }).nullable(),
})

export const trialEndpoints = {
  simulateJourney: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/simulate',
    scope: 'journeys:read',
    quiet: true,
    summary: 'One person’s walk by the production reducer under a virtual clock; nothing is sent or kept',
    body: z.strictObject({
      graph: personalValue('brand').optional().describe('JourneyGraph; default: the draft'),
      person: z.union([z.strictObject({ customer: id }), z.strictObject({ madeUp })]),
      at: time.optional().describe('default: workspace time now'),
      beside: z.boolean().default(false).describe('the other published journeys live, too'),
      endings: z.record(z.string(), ending).optional().describe('how messages of a node end'),
      actions: z.array(action).max(500),
    }),
    out: walk,
  }),
  simulationStart: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/simulation',
    scope: 'journeys:read',
    summary: 'What a simulation in the browser starts from: the published world, and what channels there are',
    out: z.object({
      at: time,
      workspace: z.object({ name: z.string(), locale: z.string() }),
      channels: z.array(z.string()).describe('with an account'),
      journey: z.object({ uuid: z.string(), version: z.number() }),
      world: personalValue('brand'),
    }),
  }),
  simulationPerson: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/simulation/people/{customer}',
    scope: 'customers:read',
    audit: 'saw',
    summary: 'A customer as the journey would meet them, as far as the seat may see them',
    out: z.object({
      name: personal('name').nullable(),
      identifiers: z.array(z.object({ kind: z.string(), value: personal('by-kind') })),
      traits: z.array(
        z.object({ name: z.string(), value: personalValue('by-kind'), sensitive: z.boolean() }),
      ),
      state: personalValue('brand').describe('the rest of the state; values of the two lists are put in'),
    }),
  }),
} as const
