// A sandbox workspace with its stand-ins really listening, and short ways to make people and intents, for the tests
// of sending. Nothing is folded here: what the deliverer writes is read from the tables.
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { sandboxAccounts } from '../src/channels/accounts.ts'
import { channelApp } from '../src/channels/routes.ts'
import type { OutcomeBody } from '../src/inbox/model.ts'
import type { CustomerState } from '../src/customers/model.ts'
import type { MessageContent } from '../src/channels/content.ts'
import { type DeliverOptions, openDeliverer } from '../src/messages/deliver.ts'
import { lineApp } from '../src/line/linking.ts'
import { messageApp } from '../src/messages/links.ts'
import type { Intent } from '../src/messages/model.ts'
import { bucketOf, deriveId, newId, type Uuid } from '../src/platform/ids.ts'
import { standInApp } from '../src/sandbox/stand-ins/register.ts'
import { subscribeBrowser } from '../src/sandbox/stand-ins/webpush.ts'
import { startStandInSmtp } from '../src/sandbox/stand-ins/smtp.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'

export type Person = {
  id: Uuid
  line: string
  email: string
  app: string
  browser: string
  state: CustomerState
}
export type Row = {
  id: Uuid
  state: string
  reason: string | null
  attempts: number
  provider_id: string | null
  send_after: Date
  rendered: string | null
  epoch: number
}

export type SendLab = Awaited<ReturnType<typeof openSendLab>>

export const lineText = (text: string): MessageContent => ({
  channel: 'line',
  messages: [{ type: 'text', text }],
})
export const mail = (subject: string, html: string): MessageContent => ({ channel: 'email', subject, html })

export async function openSendLab(options: { before?: (app: Hono) => void } = {}) {
  const core: TestCore = await openTestCore()
  const app = new Hono()
  options.before?.(app)
  app.route('/', channelApp(core))
  app.route('/', messageApp(core))
  app.route('/', lineApp(core))
  app.route('/sandbox', standInApp(core))
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise<void>(resolve => server.once('listening', () => resolve()))
  core.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const smtp = await startStandInSmtp(core)
  const { id: workspace, apiKey } = await createTestWorkspace(core)
  const has = await core.pool.query('select from channel_account where workspace_id = $1', [workspace])
  if (has.rowCount === 0)
    await sandboxAccounts(core.pool, core, workspace, { language: 'zh', brand: '測試品牌' })
  const closing: (() => Promise<void>)[] = []

  return {
    core,
    workspace,
    apiKey,
    smtp,
    async deliverer(wanted: Partial<DeliverOptions> = {}) {
      const d = await openDeliverer(core, wanted)
      closing.push(() => d.stop())
      return d
    },
    /** A customer row as an owner would have written it, with a LINE friend, a mailbox, an app and a browser at the stand-in. */
    async person(change: (s: CustomerState) => void = () => {}): Promise<Person> {
      const id = newId()
      const line = 'U' + id.replaceAll('-', '')
      const email = `${id.slice(-12)}@example.com`
      const at = Date.now() - 60_000
      const app = `app-${id}`
      const browser = await subscribeBrowser(core, workspace, id, 'Ming')
      const state: CustomerState = {
        v: 1,
        workspace,
        id,
        now: at,
        first: at,
        last: at,
        ids: [
          { kind: 'line_uid', value: line, verified: true, at, src: 'test' },
          { kind: 'email', value: email, verified: true, at, src: 'test' },
        ],
        traits: { name: { v: '王小明', at, src: 'test' } },
        tags: {},
        consent: { 'email/marketing': { on: true, at, src: 'test' } },
        line: { following: true, at },
        push: [
          { t: app, p: 'android', at },
          { t: browser, p: 'web', at },
        ],
        enr: [],
        past: {},
        dates: {},
        absorbed: [],
      }
      change(state)
      await core.pool.query(
        'insert into customer (bucket, id, workspace_id, state, version) values ($1, $2, $3, $4, 1)',
        [bucketOf(id), id, workspace, JSON.stringify(state)],
      )
      await core.pool.query(
        `insert into sandbox_contact (workspace_id, channel, address, name, following, created)
         values ($1, 'line', $2, 'Ming', true, now()), ($1, 'push', $3, 'Ming', true, now())`,
        [workspace, line, app],
      )
      return { id, line, email, app, browser, state }
    },
    /** An intent as a fold would have written it. */
    async intend(person: Person, content: MessageContent, more: Partial<Intent> = {}): Promise<Intent> {
      const enrollment = newId(Date.now(), bucketOf(person.id))
      const now = Date.now()
      const intent: Intent = {
        id: deriveId(bucketOf(person.id), enrollment, 'send', 1),
        customer: person.id,
        channel: content.channel,
        purpose: 'marketing',
        content,
        journey: newId(),
        journeyVersion: 1,
        enrollment,
        node: 'send',
        occurrence: 1,
        notBefore: now,
        notAfter: null,
        quiet: null,
        at: now,
        event: null,
        ...more,
      }
      await core.pool.query(
        `insert into message (bucket, id, workspace_id, customer_id, journey_id, journey_version, enrollment_id, node, occurrence,
                              channel, state, send_after, not_after, body, created, changed)
         values ($1, $2, $3, $4, $5, 1, $6, 'send', 1, $7, 'intended', $8, $9, $10, $11, $11)`,
        [
          bucketOf(intent.id),
          intent.id,
          workspace,
          person.id,
          intent.journey,
          enrollment,
          intent.channel,
          new Date(Math.min(now, intent.notBefore)),
          intent.notAfter === null ? null : new Date(intent.notAfter),
          JSON.stringify(intent),
          new Date(now),
        ],
      )
      return intent
    },
    async row(message: Uuid): Promise<Row> {
      const { rows } = await core.pool.query<Row>(
        'select id, state, reason, attempts, provider_id, send_after, rendered, epoch from message where bucket = $1 and id = $2',
        [bucketOf(message), message],
      )
      return rows[0]!
    },
    /** Outcomes in the inboxes, oldest first. */
    async outcomes(message?: Uuid): Promise<OutcomeBody[]> {
      const { rows } = await core.pool.query<{ body: string }>(
        `select body from inbox where workspace_id = $1 and kind = 'outcome' order by received, ordinal`,
        [workspace],
      )
      return rows
        .map(r => JSON.parse(r.body) as OutcomeBody)
        .filter(o => message === undefined || o.message === message)
    },
    /** What arrived at a stand-in. */
    async sink<T>(channel: string, address?: string): Promise<T[]> {
      const { rows } = await core.pool.query<{ payload: T }>(
        `select payload from sandbox_message where workspace_id = $1 and channel = $2 and direction = 'to_customer'
            and ($3::text is null or address = $3) order by at`,
        [workspace, channel, address ?? null],
      )
      return rows.map(r => r.payload)
    },
    /** Makes what waits for a retry due now. */
    async hurry(): Promise<void> {
      await core.pool.query(
        `update message set send_after = now() where workspace_id = $1 and state in ('intended', 'unknown') and send_after < '8000-01-01'`,
        [workspace],
      )
    },
    /** As if everything held by a process had run out of time. */
    async expireAll(): Promise<void> {
      await core.pool.query(
        `update message set claim_until = now() - interval '1 s' where workspace_id = $1 and claim_until is not null`,
        [workspace],
      )
    },
    async close(): Promise<void> {
      for (const c of closing) await c()
      await smtp.stop()
      await new Promise<void>(resolve => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await core.close()
    },
  }
}
