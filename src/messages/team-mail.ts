// A notice to the team by e-mail, through the workspace's own e-mail account. One message of the ledger, however many read
// it: it is accepted once the first of them has it, and after a crash it is not sent again (a mail has no key for that).
import type { LoadedAccount } from '../channels/accounts.ts'
import type { SendResult } from '../channels/adapter.ts'
import { adapterNamed } from '../channels/register.ts'
import type { CustomerState } from '../customers/model.ts'
import type { MessageContent } from '../channels/content.ts'
import type { TeamMail } from '../journeys/model.ts'
import type { Core } from '../platform/core.ts'
import { bucketOf, deriveId, publicId, type Uuid } from '../platform/ids.ts'
import type { Pool } from '../platform/postgres.ts'
import { decideTime } from './decide.ts'
import type { Prepared } from './inner.ts'
import { renderContent, renderNotice } from './render.ts'
import { type MessageLinks, templateScope } from './render-scope.ts'
import type { Claim, WorkspaceFacts } from './store.ts'

const HTML =
  '<p style="white-space:pre-line">{{ event.text }}</p><p><a href="{{ event.url }}">{{ event.name }}</a></p>'

/** Members of these roles, and these; neither: all. */
async function recipients(
  pool: Pool,
  workspace: Uuid,
  of: Pick<TeamMail, 'roles' | 'users'>,
): Promise<string[]> {
  const { rows } = await pool.query<{ email: string }>(
    `select u.email from team_role r join team_user u on u.id = r.user_id
      where r.workspace_id = $1 and (($2 = '{}' and $3 = '{}') or r.role = any($2::text[]) or u.email = any($3::text[]))
      order by u.email`,
    [workspace, of.roles, of.users.map(u => u.toLowerCase())],
  )
  return rows.map(r => r.email)
}

/** The mail to those of the team whom it is for by now, or why it does not go. `account`: the one of e-mail. */
export async function prepareTeamMail(
  core: Core,
  claim: Claim,
  workspace: WorkspaceFacts,
  customer: CustomerState | null,
  links: MessageLinks,
  now: number,
  account: LoadedAccount | null,
): Promise<Prepared> {
  const { intent } = claim
  const early = decideTime(intent, { now, paused: workspace.paused })
  if (early !== null) return { wait: early }
  if (account === null) return { wait: { do: 'skip', reason: 'no_account' } }
  const { text, roles, users } = intent.content as TeamMail
  const to = await recipients(core.pool, workspace.id, { roles, users })
  if (to.length === 0) return { wait: { do: 'skip', reason: 'no_address' } }
  const said = renderNotice(text, templateScope(customer, intent.event, workspace, links, intent.vars))
  const url = `${core.baseUrl}/w/${publicId('wsp', workspace.id)}/customers/${publicId('cus', claim.customer)}`
  const props = { text: said, url, name: workspace.name }
  const scope = templateScope(null, { name: workspace.name, at: now, props }, workspace, links)
  const content: MessageContent = {
    channel: 'email',
    subject: `${workspace.name}: ${said.split('\n')[0]!.slice(0, 80)}`,
    html: HTML,
    track: false, // a colleague who looks is no customer who clicks
  }
  const rendered = renderContent(
    { ...content, subject: '{{ event.subject }}' },
    { ...scope, event: { ...props, subject: content.subject } },
    'transactional',
    workspace.locale,
  )
  return { rendered: { address: to.join(', '), content: rendered, unsubscribeUrl: '', account: account.id } }
}

/** To each in turn. What the first gets decides; a later one that fails is told in the detail. */
export async function sendTeamMail(
  account: LoadedAccount,
  claim: Claim,
  rendered: { address: string; content: unknown },
  signal: AbortSignal,
): Promise<SendResult> {
  const adapter = adapterNamed(account.adapter)
  if (!adapter) return { kind: 'rejected', detail: `no adapter ${account.adapter}` }
  let first: SendResult | null = null
  for (const address of rendered.address.split(', ')) {
    const result = await adapter.send(
      account,
      {
        id: deriveId(bucketOf(claim.id), claim.id, address),
        workspace: claim.workspace,
        address,
        purpose: 'transactional',
        content: rendered.content as MessageContent,
        unsubscribeUrl: '',
        receiptUrl: '',
      },
      signal,
    )
    first ??= result
    if (first.kind !== 'accepted') return first
  }
  return first ?? { kind: 'rejected', detail: 'nobody to write to' }
}
