// Why a customer did or did not enter a journey, reach a node, take a branch, get a message.
import { z } from 'zod'
import { reason } from './segments.ts'
import { e, id, personalValue, time } from './shared.ts'

const said = z.object({ zh: z.string(), en: z.string() })

export const whyEndpoints = {
  whyCustomer: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/why',
    scope: 'customers:read',
    audit: 'saw',
    summary: 'Why a customer did (not) enter a journey, reach a node, take its branch, or get a message',
    query: z.object({
      journey: id.optional().describe('needed unless `message` is given'),
      node: z
        .string()
        .max(64)
        .optional()
        .describe('of the journey: why (not) there, and by which way it went on'),
      message: id.optional(),
    }),
    out: z.object({
      asOf: time,
      about: z.enum(['journey', 'node', 'message']),
      journey: z.object({ id, name: z.string() }).nullable(),
      node: z.object({ id: z.string(), title: z.object({ zh: z.string(), en: z.string() }) }).nullable(),
      message: id.nullable(),
      happened: z.boolean().nullable().describe('entered, reached, accepted; null: open, or not known'),
      code: z.string().describe('stable: not_entered.filter, skipped.consent …'),
      say: said.describe('the answer in plain words'),
      at: time.nullable().describe('when it was decided'),
      port: z.string().nullable().describe('of a node that was left: the way taken'),
      rule: personalValue('brand').nullable().describe('the rule that decided, where it was one'),
      why: z.array(reason).describe('its parts that decided, with the values seen'),
      unmet: z
        .array(z.object({ branch: z.string(), rule: personalValue('brand'), why: z.array(reason) }))
        .describe('of a split that went on by `else`: each rule that did not hold, with the values seen'),
      facts: z
        .array(
          z.object({
            at: time,
            name: z.string(),
            node: z.string().nullable(),
            version: z.number().nullable(),
            props: personalValue('free'),
          }),
        )
        .describe('what was recorded, newest first'),
    }),
  }),
} as const
