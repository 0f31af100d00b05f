// Versions of journeys: what a publication would change and for whom, comparing, restoring.
import { z } from 'zod'
import { APPROVAL_STATUSES } from '../journeys/versions/status.ts'
import { USE_KINDS } from '../journeys/versions/uses.ts'
import { e, id, ok, personalValue, time } from './shared.ts'

const move = z.discriminatedUnion('do', [
  z.strictObject({ from: z.number().int(), node: z.string(), do: z.literal('move'), to: z.string() }),
  z.strictObject({ from: z.number().int(), node: z.string(), do: z.literal('catch_up'), to: z.string() }),
  z.strictObject({ from: z.number().int(), node: z.string(), do: z.literal('release'), port: z.string() }),
  z.strictObject({ from: z.number().int(), node: z.string(), do: z.literal('exit') }),
])
export const moves = z
  .array(move)
  .max(3000)
  .describe(
    'what becomes of people who wait at a node of an earlier version; who is not named stays on theirs',
  )

export const graphDiff = z.object({
  nodes: z.array(
    z.object({
      node: z.string(),
      change: z.enum(['added', 'removed', 'changed']),
      type: z.string(),
      title: z.string().nullable(),
      retyped: z.boolean(),
      retitled: z.boolean(),
      fields: z.array(z.string()),
      ways: z.array(z.string()),
    }),
  ),
  parts: z.array(z.string()).describe('of the graph beside its nodes'),
})

const place = z.object({
  version: z.number(),
  node: z.string(),
  type: z.string(),
  title: z.string().nullable(),
  people: z.number(),
  change: z.enum(['same', 'changed', 'removed']),
  stays: z.boolean().describe('the new version has the same node: they can wait on there'),
  ports: z.array(z.string()),
  catchUp: z.array(z.string()).describe('new nodes that people here are past, and can be brought through'),
})

const approval = z.object({
  id,
  journey: z.object({ id, name: z.string() }),
  status: z.enum(APPROVAL_STATUSES),
  note: z.string(),
  moves: z.array(z.unknown()),
  askedBy: z.string(),
  askedAt: time,
  decidedBy: z.string().nullable(),
  decidedAt: time.nullable(),
  reason: z.string().nullable(),
  version: z.number().nullable().describe('what was published by it'),
  at: time.nullable().describe('the publication is to wait for this moment'),
  outdated: z.boolean().describe('the draft is not what was asked for any more'),
  mayDecide: z.boolean().describe('the caller is another person, with journeys:approve'),
})
const confirm = z
  .number()
  .int()
  .optional()
  .describe('how many people enter at once; needed above `confirmAbove` of the audience')
const publication = z.object({ version: z.number(), moves: moves.default([]), confirm })
const at = z.iso.datetime({ offset: true }).describe('from now on, within a year; workspace time')
const scheduled = z.object({
  at: time,
  by: z.string(),
  askedAt: time,
  changed: z.boolean().describe('the draft was changed since; what was scheduled is published'),
  fault: z
    .object({ code: z.string(), title: z.string(), action: z.string() })
    .nullable()
    .describe('why it could not be published at its moment'),
})
export { publication, scheduled }

const uses = z.record(z.enum(USE_KINDS), z.array(z.string()))
const publishingSettings = z.object({
  approval: z.boolean().describe('another person has to approve what is published'),
})

export const journeyVersionEndpoints = {
  publishPlan: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/publish-plan',
    scope: 'journeys:read',
    summary: 'What publishing the draft would change, and who waits where',
    out: z.object({
      liveVersion: z.number().nullable(),
      nextVersion: z.number(),
      diff: graphDiff.nullable().describe('against the live version; null: nothing was published yet'),
      places: z.array(place),
      approval: z.object({
        needed: z.boolean().describe('the workspace wants a second person'),
        open: approval.nullable(),
      }),
      stale: z.boolean().describe('history is down: how many people wait is not known'),
    }),
  }),
  schedulePublication: e({
    method: 'put',
    path: '/w/{ws}/journeys/{journey}/schedule',
    scope: 'journeys:publish',
    audit: 'published',
    summary: 'Publishes the draft as it is now, at a later moment; in place of what waited before',
    body: publication.extend({ at }),
    out: scheduled,
  }),
  unschedulePublication: e({
    method: 'delete',
    path: '/w/{ws}/journeys/{journey}/schedule',
    scope: 'journeys:publish',
    summary: 'Takes back the publication that waits for its moment',
    out: ok,
  }),
  journeyVersion: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/versions/{version}',
    scope: 'journeys:read',
    summary: 'One published version',
    out: z.object({
      version: z.number(),
      publishedAt: time,
      publishedBy: z.string(),
      graph: personalValue('brand').describe('JourneyGraph'),
      moves: z.array(z.unknown()).describe('what its publication did with people on earlier versions'),
    }),
  }),
  publishAudience: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/audience',
    scope: 'journeys:read',
    summary:
      'Whom the draft would take in if it were published now, by channel, with costs; who not, and why',
    out: z.object({
      when: z
        .enum(['now', 'moment', 'later'])
        .describe(
          'now: members at the publication; moment: all at `at`; later: one by one, as things happen',
        ),
      at: time.nullable(),
      candidates: z.number().nullable(),
      people: z.number().nullable(),
      excluded: z.array(z.object({ reason: z.string(), people: z.number() })),
      control: z.number().nullable().describe('of `people`: kept unsent'),
      channels: z.array(
        z.object({
          channel: z.string(),
          messages: z.number().describe('of send, reach and ask nodes: most that one person gets'),
          people: z.number().nullable().describe('who can be reached; null: nobody enters at once'),
          costPerMessage: z.number().describe('smallest unit of the currency'),
          cost: z.number().nullable().describe('at most, smallest unit of the currency'),
          quota: z
            .object({ max: z.number(), left: z.number() })
            .nullable()
            .describe('this month; null: no limit'),
        }),
      ),
      recent: z
        .object({ days: z.number(), people: z.number() })
        .nullable()
        .describe('for whom what triggers it happened of late, before filters'),
      currency: z.string(),
      confirmAbove: z.number(),
      asOf: time,
    }),
  }),
  compareJourney: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/compare',
    scope: 'journeys:read',
    summary: 'What differs between two versions, or a version and the draft',
    query: z.object({ from: z.string(), to: z.string() }).describe('a number, or draft'),
    out: graphDiff,
  }),
  restoreJourney: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/restore',
    scope: 'journeys:write',
    summary: 'Makes a published version the draft again',
    body: z.object({ from: z.number().int(), version: z.number() }),
    out: ok,
  }),
  exportJourney: e({
    method: 'get',
    path: '/w/{ws}/journeys/{journey}/file',
    scope: 'journeys:read',
    summary: 'The draft or a version as a file, with the names of what it uses',
    query: z.object({ version: z.coerce.number().int().optional() }),
    out: z.object({
      itinera: z.literal('journey'),
      format: z.literal(1),
      graph: personalValue('brand').describe('JourneyGraph'),
      uses: uses,
      names: z.record(z.string(), z.string()).describe('what ids in it are called'),
    }),
  }),
  importJourney: e({
    method: 'post',
    path: '/w/{ws}/journeys/import',
    scope: 'journeys:write',
    summary: 'A new draft from a file (or a plain graph); says what this workspace lacks',
    body: z.object({ file: z.unknown() }),
    out: z.object({
      journey: id,
      missing: z.array(z.object({ kind: z.enum(USE_KINDS), name: z.string() })),
      mapped: z.array(
        z.object({ kind: z.enum(USE_KINDS), name: z.string(), from: z.string(), to: z.string() }),
      ),
    }),
  }),
  approvals: e({
    method: 'get',
    path: '/w/{ws}/approvals',
    scope: 'journeys:read',
    summary: 'Publications that wait for a second person, or were decided; the newest 100',
    query: z.object({ journey: z.string().optional(), open: z.enum(['true']).optional() }),
    out: z.object({ items: z.array(approval) }),
  }),
  askApproval: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/approvals',
    scope: 'journeys:write',
    summary: 'Asks for a publication to be approved',
    body: publication.extend({ note: z.string().max(1000).default(''), at: at.optional() }),
    out: z.object({ id }),
  }),
  approvePublication: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/approvals/{approval}/approve',
    scope: 'journeys:approve',
    audit: 'published',
    summary: 'Publishes what was asked for, or has it wait for its moment; by another person than asked',
    body: z.object({ reason: z.string().max(1000).default('') }),
    out: z.object({ version: z.number().nullable().describe('null: it waits for its moment') }),
  }),
  rejectPublication: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/approvals/{approval}/reject',
    scope: 'journeys:approve',
    summary: 'Says no, and why; by another person than asked',
    body: z.object({ reason: z.string().max(1000) }),
    out: ok,
  }),
  withdrawApproval: e({
    method: 'post',
    path: '/w/{ws}/journeys/{journey}/approvals/{approval}/withdraw',
    scope: 'journeys:write',
    summary: 'Takes the request back',
    out: ok,
  }),
  publishingSettings: e({
    method: 'get',
    path: '/w/{ws}/publishing-settings',
    scope: 'journeys:read',
    summary: 'What publishing takes in this workspace',
    out: z.object({ settings: publishingSettings, version: z.number() }),
  }),
  savePublishingSettings: e({
    method: 'put',
    path: '/w/{ws}/publishing-settings',
    scope: 'workspace:write',
    summary: 'Whether a second person has to approve publications',
    body: z.object({ settings: publishingSettings, version: z.number() }),
    out: z.object({ settings: publishingSettings, version: z.number() }),
  }),
} as const
