// What the parts of the contract have in common: roles, scopes, and the small shapes. Nothing of Node here.
import { z } from 'zod'

export const ROLES = ['owner', 'admin', 'marketer', 'analyst', 'staff', 'viewer'] as const
export type Role = (typeof ROLES)[number]
/** Scopes of API keys. A role stands for a set of them (src/team/roles.ts). */
export const SCOPES = [
  'customers:read',
  'customers:write',
  'customers:merge',
  'customers:personal',
  'customers:import',
  'customers:export',
  'journeys:read',
  'journeys:write',
  'journeys:publish',
  'journeys:approve',
  'segments:read',
  'segments:write',
  'segments:publish',
  'membership:read',
  'membership:write',
  'messages:read',
  'messages:write',
  'conversations:read',
  'conversations:write',
  'modules:read',
  'modules:write',
  'sources:read',
  'sources:write',
  'channels:read',
  'channels:write',
  'sandbox:use',
  'ops:read',
  'team:read',
  'team:write',
  'workspace:write',
  'events:write',
  'catalogue:read',
  'catalogue:write',
  'privacy:read',
  'privacy:write',
] as const
export type Scope = (typeof SCOPES)[number]

export const time = z.string().describe('RFC 3339, UTC')
export const id = z.string()
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() })
export const list = z.object({
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export const ok = z.object({ ok: z.literal(true) })
/** src/journeys/node-name.ts */
export const nodeName = z
  .object({
    type: z.string(),
    title: z.string().nullable().describe('null: nobody gave it one'),
    channels: z.array(z.string()).describe('by which it sends, in the order in which they are tried'),
    words: z.string().describe('first words of what it sends, as written; empty: none'),
  })
  .nullable()
  .describe('what the node is called; null: no node, or no version has it any more')

/** Personal data in an answer: who lacks `customers:personal` reads it masked (src/platform/http/mask.ts).
 *  by-kind: the value of an identifier or attribute, by its `kind` or `name` beside it; hit: a search hit's title, when
 *  the hit is a customer; free: anything, in which names are found by their keys; rendered: a
 *  text with a person in it, not shown at all; brand: the brand's own
 *  content, as it is. E-mail addresses, phone numbers and LINE
 *  ids inside other texts are found by their form. */
export type PersonalKind =
  | 'name'
  | 'email'
  | 'phone'
  | 'address'
  | 'by-kind'
  | 'hit'
  | 'free'
  | 'rendered'
  | 'brand'
export const PERSONAL = 'x-personal'
export const personal = (kind: PersonalKind) => z.string().meta({ [PERSONAL]: kind })
export const personalValue = (kind: PersonalKind) => z.unknown().meta({ [PERSONAL]: kind })
export const problem = z.object({
  type: z.string(),
  status: z.number(),
  code: z.string(),
  title: z.string(),
  action: z.string(),
  path: z.string().optional(),
  requestId: z.string(),
})

export type Endpoint = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** below /api; `{ws}` is the workspace id */
  path: string
  /** 'public': no sign-in; 'session': any signed-in user; else the scope needed in the workspace */
  scope: Scope | 'public' | 'session'
  summary: string
  /** asks only, though it is no GET: leaves no line in the audit */
  quiet?: true
  /** kind of its line in the audit log. Writes without one are `changed`; reads without one leave no line */
  audit?: 'saw' | 'exported' | 'published'
  query?: z.ZodObject
  body?: z.ZodType
  out: z.ZodType
}
/** One entry of the table, checked and with its literal types kept. */
export const e = <const T extends Endpoint>(endpoint: T) => endpoint
