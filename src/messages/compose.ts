// What one message says, worked out at the moment it is sent: the person's state, the catalogue and the rules as they are now.
// The deliverer composes what goes out; the preview composes the same for a person to look at.
import { rulesIn, type MessageContent } from '../channels/content.ts'
import type { CustomerState } from '../customers/model.ts'
import type { Core } from '../platform/core.ts'
import { parseId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { holds, leavesOf } from '../rules/evaluate.ts'
import type { Rule } from '../rules/model.ts'
import type { IssuedLinks, openMessageLinks } from './link-tokens.ts'
import type { Intent } from './model.ts'
import { RenderFailed, renderFresh } from './render.ts'
import { languageOf } from './render-choose.ts'
import { type MessageLinks, type ScopeSource, templateScope } from './render-scope.ts'
import { openSource } from './scope-source.ts'

export type Composition = {
  content: MessageContent
  purpose: Intent['purpose']
  event: Intent['event']
  vars?: Record<string, unknown> | undefined
  /** of the run that it is of; null: of none */
  enrollment?: Uuid | null | undefined
  customer: CustomerState | null
  workspace: { id: Uuid; name: string; timezone: string; locale: string; currency: string }
  /** workspace time */
  now: number
  links: MessageLinks
  /** wanted language; left out: the customer's */
  locale?: string
  /** what templates ask for, answered otherwise: in previews */
  source?: (own: ScopeSource) => ScopeSource
}

const NOTHING: ReadonlySet<string> = new Set()

/** Numbers of segments and their groups, as states hold them. */
async function segmentNumbers(sql: Sql, workspace: Uuid, ids: Uuid[]) {
  const { rows } = await sql.query<{ id: Uuid; n: number; groups: Record<string, number> }>(
    'select id, n, groups from segment where workspace_id = $1 and id = any($2::uuid[])',
    [workspace, ids],
  )
  return new Map(rows.map(r => [r.id, r]))
}

/** How the rules of a content are answered. What a rule needs to know of the past is kept once a journey with it is
 *  published. */
async function judgeOf(
  sql: Sql,
  { content, customer, workspace, now }: Composition,
): Promise<(rule: Rule) => boolean> {
  if (customer === null) return () => false
  const named = rulesIn(content)
    .flatMap(r => leavesOf(r.rule as Rule))
    .flatMap(leaf => (leaf.op === 'segment' ? (parseId('seg', leaf.segment) ?? []) : []))
  const segments = named.length === 0 ? new Map() : await segmentNumbers(sql, workspace.id, named)
  const subject = {
    state: customer,
    now,
    timezone: workspace.timezone,
    since: null,
    fresh: NOTHING,
    member(segment: string, group: string | undefined): boolean {
      const known = segments.get(parseId('seg', segment) ?? '')
      const held = known && customer.seg?.find(([n]) => n === known.n)
      return held !== undefined && (group === undefined || known.groups[group] === held[1])
    },
  }
  return rule => holds(rule, subject).value
}

/** @throws RenderFailed */
export async function compose(
  core: Pick<Core, 'pool' | 'history'>,
  made: Composition,
): Promise<MessageContent> {
  const { content, customer, workspace, now, links } = made
  const locale = made.locale ?? languageOf(customer, content, workspace.locale)
  const judge = await judgeOf(core.pool, made)
  const own = openSource(core, workspace.id, customer, content.slots ?? {}, now)
  const scope = templateScope(customer, made.event, workspace, links, made.vars, {
    source: made.source ? made.source(own) : own,
    judge,
    locale,
    ...(made.enrollment ? { enrollment: made.enrollment } : {}),
  })
  return renderFresh(content, scope, made.purpose, locale)
}

/** Stores short addresses. False: one of them is another message's. */
async function keepShort(
  sql: Sql,
  message: Uuid,
  owner: { workspace: Uuid; customer: Uuid },
  links: IssuedLinks,
) {
  if (links.short.length === 0) return true
  const { rows } = await sql.query<{ message_id: Uuid }>(
    `with made as (
       insert into short_link (token, workspace_id, customer_id, message_id, label, url, created_at)
       select t.token, $1, $2, $3, t.label, t.url, $4 from unnest($5::text[], $6::text[], $7::text[]) t(token, label, url)
       on conflict (token) do nothing returning message_id)
     select message_id from made union all select message_id from short_link where token = any($5::text[])`,
    [
      owner.workspace,
      owner.customer,
      message,
      new Date(),
      links.short.map(s => s.token),
      links.short.map(s => s.label),
      links.short.map(s => s.url),
    ],
  )
  return rows.every(r => r.message_id === message)
}

const ROUNDS = 5

/** The message as it goes out, its short addresses stored. @throws RenderFailed */
export async function composeToSend(
  core: Core,
  made: Omit<Composition, 'links'> & { message: Uuid; linkDomain: string | null },
  issue: ReturnType<typeof openMessageLinks>,
): Promise<{ content: MessageContent; unsubscribeUrl: string }> {
  const owner = { workspace: made.workspace.id, customer: made.customer?.id ?? made.message }
  for (let round = 0; round < ROUNDS; round++) {
    const links = issue.of(made.message, { domain: made.linkDomain, round })
    const content = await compose(core, { ...made, links })
    if (await keepShort(core.pool, made.message, owner, links))
      return { content, unsubscribeUrl: content.channel === 'email' ? links.unsubscribeUrl : '' }
  }
  throw new RenderFailed('no short address was free')
}
