// Segments: drafts, versions, members, their past, and work over all members. Previews of rules stand in rules.ts;
// upload and export are streams beside this table (src/segments/transfer.ts):
// POST /w/{ws}/segments/{segment}/upload?name=list.csv (the file is the body; answers the import) and
// GET /w/{ws}/segments/{segment}/export/members.csv or .xlsx.
import { z } from 'zod'
import { SEGMENT_KINDS, USER_KINDS } from '../segments/model.ts'
import { customerRow } from './customers.ts'
import { e, id, list, page, personalValue, time } from './shared.ts'

const words = z.object({ zh: z.string(), en: z.string() })
export const fault = z.object({
  path: z.string().describe('JSON pointer into the definition'),
  code: z.string(),
  message: words,
  alternative: words.optional().describe('what to do instead'),
})
export const reason = z.object({
  path: z.string().describe('JSON pointer into the rule'),
  leaf: z.string(),
  value: z.boolean(),
  seen: personalValue('free'),
})
const group = z.object({
  key: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, { message: 'use a-z, 0-9, - and _' }),
  name: z.string().max(100),
  rule: personalValue('brand').describe('Rule, or null while it is not written'),
})
export const definition = z.object({
  groups: z.array(group).max(30).describe("live: one, key 'in'; partition: in order; static: none"),
  restName: z.string().max(100).optional().describe('partition: what the rest is called'),
  dwellMs: z
    .number()
    .int()
    .min(60_000)
    .max(400 * 86_400_000)
    .optional()
    .describe('live: how long the rule must have held'),
  tag: z.string().min(1).max(100).optional().describe('live: put on by entering, taken off by leaving'),
})
const groupSize = z.object({ key: z.string(), name: z.string(), size: z.number() })
const user = z.object({ kind: z.enum(USER_KINDS), id, name: z.string() })
const progress = z.object({ done: z.number(), total: z.number().nullable() })

export const segmentRow = z.object({
  id,
  name: z.string(),
  purpose: z.string(),
  kind: z.enum(SEGMENT_KINDS),
  status: z.enum(['draft', 'live', 'archived']),
  library: z.string().nullable(),
  liveVersion: z.number().nullable(),
  definition: definition.describe('live version where there is one, else the draft'),
  size: z.number().nullable().describe('members now; null: not published, or history is down'),
  groups: z.array(groupSize).describe('of a partition, the rest last'),
  change: z
    .object({ entered: z.number(), left: z.number() })
    .nullable()
    .describe('in the last 7 days of workspace time'),
  computing: progress.nullable().describe('the past is being looked at: nobody enters or leaves meanwhile'),
  usedBy: z.array(user),
  updatedAt: time,
  updatedBy: z.string(),
  version: z.number().describe('of what can be edited, for version_conflict'),
})
export const segmentDetail = segmentRow.extend({
  draft: definition,
  changed: z.boolean().describe('the draft differs from the live version'),
  faults: z.array(fault).describe('of the draft'),
  createdAt: time,
  createdBy: z.string(),
})
export const segmentJob = z.object({
  id,
  kind: z.enum(['backfill', 'snapshot', 'tag', 'untag', 'tell']),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  done: z.number(),
  total: z.number().nullable(),
  hits: z.number().describe('customers to whom something was said'),
  detail: z.record(z.string(), z.string()),
  problem: z.object({ code: z.string(), title: z.string(), action: z.string() }).nullable(),
  createdBy: z.string(),
  createdAt: time,
  endedAt: time.nullable(),
})
const versionRow = z.object({
  version: z.number(),
  definition,
  publishedAt: time,
  publishedBy: z.string(),
  filledAt: time.nullable(),
})
const side = versionRow.extend({
  entered: z.number().describe('by events and time, while it was the live version'),
  left: z.number(),
  rechecked: z.object({ entered: z.number(), left: z.number() }).describe('by its publication'),
  size: z.number().nullable().describe('at the last hour it was live'),
  reachable: z.number().nullable().describe('share of members now whom a channel reaches; live version only'),
})

export const segmentsEndpoints = {
  segments: e({
    method: 'get',
    path: '/w/{ws}/segments',
    scope: 'segments:read',
    summary: 'All segments with sizes; the last changed first',
    query: z.object({
      status: z.enum(['draft', 'live', 'archived']).optional().describe('default: all but archived'),
      kind: z.enum(SEGMENT_KINDS).optional(),
      q: z.string().max(100).optional().describe('part of the name'),
    }),
    out: z.object({
      items: z.array(segmentRow),
      stale: z.boolean().describe('history is down: sizes are not known'),
      asOf: time,
    }),
  }),
  createSegment: e({
    method: 'post',
    path: '/w/{ws}/segments',
    scope: 'segments:write',
    summary: 'New draft; a static one is a list and live at once',
    body: z.object({
      name: z.string().trim().min(1).max(200),
      purpose: z.string().trim().max(1000).optional(),
      kind: z.enum(SEGMENT_KINDS),
      definition: definition.optional(),
    }),
    out: segmentDetail,
  }),
  segment: e({
    method: 'get',
    path: '/w/{ws}/segments/{segment}',
    scope: 'segments:read',
    summary: 'Draft, live version, faults, who uses it',
    out: segmentDetail,
  }),
  saveSegment: e({
    method: 'patch',
    path: '/w/{ws}/segments/{segment}',
    scope: 'segments:write',
    summary: 'Change the draft, the name or the purpose',
    body: z.object({
      version: z.number(),
      name: z.string().trim().min(1).max(200).optional(),
      purpose: z.string().trim().max(1000).optional(),
      definition: definition.optional(),
    }),
    out: segmentDetail,
  }),
  publishSegment: e({
    method: 'post',
    path: '/w/{ws}/segments/{segment}/publish',
    scope: 'segments:publish',
    audit: 'published',
    summary: 'Publish the draft as a new immutable version; the past is then looked at',
    body: z.object({ version: z.number() }),
    out: segmentDetail,
  }),
  segmentMoves: e({
    method: 'get',
    path: '/w/{ws}/segments/{segment}/moves',
    scope: 'segments:read',
    summary: 'How many the draft of a partition would move from which group to which, and how many stay',
    out: z.object({
      items: z.array(
        z.object({
          from: z.string().nullable().describe('key of a group; null: in none yet'),
          to: z.string(),
          count: z.number(),
        }),
      ),
      asOf: time,
    }),
  }),
  archiveSegment: e({
    method: 'delete',
    path: '/w/{ws}/segments/{segment}',
    scope: 'segments:publish',
    summary: 'Archive it; refused while a journey or another segment uses it',
    out: segmentDetail,
  }),
  segmentVersions: e({
    method: 'get',
    path: '/w/{ws}/segments/{segment}/versions',
    scope: 'segments:read',
    summary: 'Published versions, newest first',
    out: z.object({ items: z.array(versionRow) }),
  }),
  compareSegmentVersions: e({
    method: 'get',
    path: '/w/{ws}/segments/{segment}/versions/compare',
    scope: 'segments:read',
    summary: 'Two versions: what differs in the definition, and what each did',
    query: z.object({ a: z.coerce.number().int().min(1), b: z.coerce.number().int().min(1) }),
    out: z.object({
      a: side,
      b: side,
      changes: z.array(
        z.object({ path: z.string(), before: personalValue('brand'), after: personalValue('brand') }),
      ),
    }),
  }),
  segmentMembers: e({
    method: 'get',
    path: '/w/{ws}/segments/{segment}/members',
    scope: 'customers:read',
    summary: 'Members now, in a fixed order',
    query: list.extend({ group: z.string().max(40).optional() }),
    out: page(
      z.object({
        customer: customerRow,
        group: z.string(),
        since: time.nullable().describe('null: left since the list was made'),
      }),
    ),
  }),
  changeSegmentMembers: e({
    method: 'post',
    path: '/w/{ws}/segments/{segment}/members',
    scope: 'segments:write',
    summary: 'Put people on a static list, or take them off, by customer id',
    body: z.object({ add: z.array(id).max(1_000).default([]), remove: z.array(id).max(1_000).default([]) }),
    out: z.object({
      added: z.number().describe('asked for; who was on it already stays'),
      removed: z.number(),
      unknown: z.array(id).describe('nobody has these ids'),
    }),
  }),
  snapshotSegment: e({
    method: 'post',
    path: '/w/{ws}/segments/{segment}/snapshot',
    scope: 'segments:write',
    summary: 'A static list of those who are members now',
    body: z.object({ name: z.string().trim().min(1).max(200), group: z.string().max(40).optional() }),
    out: z.object({ segment: segmentDetail, job: segmentJob }),
  }),
  tagSegment: e({
    method: 'post',
    path: '/w/{ws}/segments/{segment}/tag',
    scope: 'customers:write',
    summary: 'Put a tag on every member, or take it off',
    body: z.object({
      tag: z.string().trim().min(1).max(100),
      remove: z.boolean().default(false),
      until: time.optional(),
      group: z.string().max(40).optional(),
    }),
    out: segmentJob,
  }),
  segmentJobs: e({
    method: 'get',
    path: '/w/{ws}/segments/{segment}/jobs',
    scope: 'segments:read',
    summary: 'Work over its members, newest first',
    out: z.object({ items: z.array(segmentJob) }),
  }),
  cancelSegmentJob: e({
    method: 'post',
    path: '/w/{ws}/segments/{segment}/jobs/{job}/cancel',
    scope: 'segments:write',
    summary: 'Stop copying or tagging; what was done stays',
    out: segmentJob,
  }),
  segmentHistory: e({
    method: 'get',
    path: '/w/{ws}/segments/{segment}/history',
    scope: 'segments:read',
    summary: 'Size over time, who entered and left',
    query: z.object({ days: z.coerce.number().int().min(1).max(400).default(30) }),
    out: z.object({
      items: z.array(
        z.object({
          at: time.describe("the day's beginning in the workspace's zone"),
          size: z.number().nullable().describe('null: no point was kept on that day'),
          entered: z.number(),
          left: z.number(),
        }),
      ),
      stale: z.boolean(),
      asOf: time,
    }),
  }),
  segmentFlow: e({
    method: 'get',
    path: '/w/{ws}/segments/{segment}/flow',
    scope: 'customers:read',
    summary: 'Who entered and left, newest first, with the reason',
    query: list.extend({ way: z.enum(['entered', 'left']).optional(), group: z.string().max(40).optional() }),
    out: page(
      z.object({
        customer: customerRow.nullable().describe('null: forgotten since'),
        at: time,
        way: z.enum(['entered', 'left']),
        group: z.string(),
        version: z.number(),
        cause: z.string().describe('name of what happened; time, published, list, merged'),
        why: z.array(reason),
      }),
    ),
  }),
  customerSegments: e({
    method: 'get',
    path: '/w/{ws}/customers/{customer}/segments',
    scope: 'customers:read',
    summary: 'Segments of one customer, and why',
    out: z.object({
      items: z.array(
        z.object({
          segment: id,
          name: z.string(),
          kind: z.enum(SEGMENT_KINDS),
          group: z.string(),
          groupName: z.string(),
          since: time,
          rule: personalValue('brand'),
          why: z.array(reason),
          computing: z.boolean(),
        }),
      ),
    }),
  }),
} as const
