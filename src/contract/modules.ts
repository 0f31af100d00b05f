// Message modules: contents that many journeys use, with versions; previews as any customer.
import { z } from 'zod'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { mailBlock } from '../modules/mail-blocks.ts'
import { PURPOSES } from '../modules/model.ts'
import type { Rule } from '../rules/model.ts'
import { e, id, personalValue, time } from './shared.ts'
import { fault } from './segments.ts'

const content = personalValue('brand').describe('MessageContent; docs/MODULES.md')
const fields = z.object({
  name: z.string().trim().min(1).max(120),
  folder: z
    .string()
    .trim()
    .max(120)
    .regex(/^(?:[^/]+(?:\/[^/]+)*)?$/, { message: 'names, parted by /' })
    .describe("'' is the top; '/' parts folders"),
  tags: z.array(z.string().trim().min(1).max(40)).max(20),
  purpose: z.enum(PURPOSES),
  content,
})
const use = z.object({
  journey: id,
  name: z.string(),
  kind: z.string().describe('journey or broadcast'),
  status: z.string(),
  draft: z.boolean().describe('the draft names it: it takes the newest version when it is published'),
  versions: z
    .array(z.object({ version: z.number(), module: z.number(), live: z.boolean() }))
    .describe('published versions with people, and which version of the module each holds, for ever'),
  edit: z.number().describe("the journey's version, for publishing anew"),
})
export const moduleRow = z.object({
  id,
  name: z.string(),
  folder: z.string(),
  tags: z.array(z.string()),
  channel: z.enum(CHANNEL_NAMES),
  purpose: z.enum(PURPOSES),
  liveVersion: z.number().nullable(),
  changed: z.boolean().describe('the draft differs from the newest version'),
  content: content.describe('the newest version, else the draft'),
  archived: z.boolean(),
  usedBy: z.array(use),
  version: z.number(),
  updatedBy: z.string(),
  updatedAt: time,
})
const detail = moduleRow.extend({ draft: content, faults: z.array(fault) })
const version = z.object({
  version: z.number(),
  content,
  note: z.string(),
  publishedBy: z.string(),
  publishedAt: time,
})

const linkSettings = z.object({
  linkDomain: z.string().max(200).nullable(),
  own: z.string().describe('what is used while there is none'),
  version: z.number(),
})

export const modulesEndpoints = {
  modules: e({
    method: 'get',
    path: '/w/{ws}/modules',
    scope: 'modules:read',
    summary: 'Message modules, the last changed first, with all folders and tags',
    query: z.object({
      channel: z.enum(CHANNEL_NAMES).optional(),
      folder: z.string().max(120).optional().describe('with what is in folders below it'),
      tag: z.string().max(40).optional(),
      q: z.string().max(100).optional().describe('part of the name, a tag or the text'),
      archived: z.enum(['true', 'false']).optional(),
    }),
    out: z.object({
      items: z.array(moduleRow),
      folders: z.array(z.object({ folder: z.string(), count: z.number() })),
      tags: z.array(z.string()),
    }),
  }),
  createModule: e({
    method: 'post',
    path: '/w/{ws}/modules',
    scope: 'modules:write',
    summary: 'New module, as a draft',
    body: fields.extend({
      channel: z.enum(CHANNEL_NAMES),
      folder: fields.shape.folder.default(''),
      tags: fields.shape.tags.default([]),
    }),
    out: detail,
  }),
  module: e({
    method: 'get',
    path: '/w/{ws}/modules/{module}',
    scope: 'modules:read',
    summary: 'Draft, newest version, faults of the draft, who uses it',
    out: detail,
  }),
  saveModule: e({
    method: 'patch',
    path: '/w/{ws}/modules/{module}',
    scope: 'modules:write',
    summary: 'Change the draft. Journeys that are live keep what they were published with',
    body: fields.partial().extend({ version: z.number() }),
    out: detail,
  }),
  publishModule: e({
    method: 'post',
    path: '/w/{ws}/modules/{module}/publish',
    scope: 'modules:write',
    audit: 'published',
    summary: 'The draft as a new immutable version; what is published after it takes this one',
    body: z.object({ version: z.number(), note: z.string().trim().max(500).default('') }),
    out: detail,
  }),
  publishModuleIn: e({
    method: 'post',
    path: '/w/{ws}/modules/{module}/publish-in',
    scope: 'journeys:publish',
    audit: 'published',
    summary: 'Journeys anew with the newest version of the module: whoever enters from now on gets it',
    body: z.object({
      journeys: z
        .array(z.object({ journey: id, version: z.number() }))
        .min(1)
        .max(50),
    }),
    out: z.object({
      items: z.array(
        z.object({
          journey: id,
          name: z.string(),
          version: z.number().nullable().describe('null: it holds the newest already'),
        }),
      ),
    }),
  }),
  archiveModule: e({
    method: 'post',
    path: '/w/{ws}/modules/{module}/archive',
    scope: 'modules:write',
    summary: 'Put it away, or take it back; refused while a draft or a live journey uses it',
    body: z.object({ version: z.number(), archived: z.boolean() }),
    out: detail,
  }),
  previewContent: e({
    method: 'post',
    path: '/w/{ws}/modules/preview',
    scope: 'modules:read',
    quiet: true,
    summary:
      'A content, or a module, as a customer would get it now; and what is better looked at before it goes out',
    body: z.object({
      content: z.unknown().describe('MessageContent, or { channel, module: { id } }'),
      purpose: z.enum(PURPOSES),
      customer: id.optional().describe('left out: somebody of whom nothing is known'),
      locale: z.string().max(10).optional().describe("left out: the customer's language"),
      event: z.object({ name: z.string().max(200), props: z.record(z.string(), z.unknown()) }).optional(),
    }),
    out: z.object({
      content: personalValue('rendered').describe('null: it cannot be filled in'),
      fault: z.string().nullable(),
      locale: z.string(),
      findings: z.array(
        z.object({
          code: z.string(),
          level: z.enum(['warning', 'hint']),
          path: z.string(),
          message: z.object({ zh: z.string(), en: z.string() }),
        }),
      ),
      stoodIn: z
        .enum(['newest', 'nothing'])
        .nullable()
        .describe(
          'for nobody: the newest products stand for what would suit a person; nothing: the catalogue has none. null: not asked for',
        ),
      sms: z
        .object({
          encoding: z.enum(['GSM-7', 'UCS-2']),
          parts: z.number(),
          units: z.number(),
          perPart: z.number(),
          cost: z.number().nullable().describe('of one part, in currency units'),
          currency: z.string(),
        })
        .nullable(),
    }),
  }),
  compileMail: e({
    method: 'post',
    path: '/w/{ws}/modules/compile-mail',
    scope: 'modules:read',
    quiet: true,
    summary: 'Blocks of a mail as HTML, and the conditions that their rules are kept under',
    body: z.object({
      blocks: z.array(mailBlock).max(100),
      conditions: z.record(z.string(), z.custom<Rule>()).default({}),
    }),
    out: z.object({ html: z.string(), conditions: z.record(z.string(), z.unknown()) }),
  }),
  linkSettings: e({
    method: 'get',
    path: '/w/{ws}/settings/links',
    scope: 'modules:read',
    summary: 'Where links of messages lead through',
    out: linkSettings,
  }),
  saveLinkSettings: e({
    method: 'put',
    path: '/w/{ws}/settings/links',
    scope: 'workspace:write',
    summary: 'A domain of your own for links of messages; it must lead to this server',
    body: linkSettings.pick({ linkDomain: true, version: true }),
    out: linkSettings,
  }),
  moduleVersions: e({
    method: 'get',
    path: '/w/{ws}/modules/{module}/versions',
    scope: 'modules:read',
    summary: 'Published versions, newest first, with what each changed',
    out: z.object({
      items: z.array(
        version.extend({
          changes: z.array(
            z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
          ),
        }),
      ),
    }),
  }),
} as const
