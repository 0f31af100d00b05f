// The links of messages: clicks (signed, redirected, counted once a target), opens of mails, and unsubscribing (a page to confirm, and
// one click by RFC 8058). A GET never unsubscribes, and what mail scanners fetch never counts as a click.
import { type Context, Hono } from 'hono'
import { isMachineAgent, isRobot } from '../channels/machine.ts'
import { MARKETING } from '../consent/model.ts'
import { append } from '../inbox/append.ts'
import { runCommand } from '../inbox/command.ts'
import type { Core } from '../platform/core.ts'
import { bucketOf, hashId, newId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import {
  type ClickTarget,
  isShortToken,
  readClickToken,
  readOpenToken,
  readUnsubscribeToken,
} from './link-tokens.ts'
import { type Intent, moduleProps, type Rendered } from './model.ts'
import { advance, lockMessage, openKey } from './receipts.ts'
import { isWebUrl } from './render-scope.ts'
import { preferenceUrl } from './preference-link.ts'
import { type About, aboutMessage } from './about.ts'
import { tell } from './outcome-rows.ts'
import { customerStates } from './store.ts'
import { suppress } from './suppression.ts'
import { notFoundPage, unsubscribePage } from './unsubscribe-page.ts'
import { LINK_PAGE_HEADERS } from '../platform/http/headers.ts'

/** What fetches a link without a person: previews, prefetches, scanners that say who they are. */
export function isMachine(method: string, header: (name: string) => string | undefined): boolean {
  if (method !== 'GET') return true
  const purpose = `${header('purpose') ?? ''} ${header('sec-purpose') ?? ''} ${header('x-moz') ?? ''} ${header('x-purpose') ?? ''}`
  if (/prefetch|preview|prerender/i.test(purpose)) return true
  return isRobot(header('user-agent'))
}

const isMachineOpen = (method: string, header: (name: string) => string | undefined): boolean =>
  isMachine(method, header) || isMachineAgent(header('user-agent'))

/** The module that a message was made from, as history names it. */
async function moduleOfMessage(sql: Sql, message: Uuid): Promise<Record<string, string>> {
  const { rows } = await sql.query<{ body: string }>(
    'select body from message where bucket = $1 and id = $2',
    [bucketOf(message), message],
  )
  return rows[0] ? moduleProps(JSON.parse(rows[0].body) as Intent) : {}
}

/** Counts a click: each target of a message once. `workspace`: only of a message of that one; `url`: null for a button
 *  whose answer came to us. */
export async function recordClick(
  core: Core,
  click: { message: Uuid; label: string; url: string | null; cta?: string; workspace?: Uuid },
): Promise<void> {
  const told = await inTransaction(core.pool, async sql => {
    const row = await lockMessage(sql, click.message)
    if (!row || (click.workspace !== undefined && row.workspace_id !== click.workspace)) return null
    const at = Date.now() + row.offset_ms
    await advance(sql, click.message, row, {
      state: 'clicked',
      at,
      moves: true,
      detail: {
        label: click.label,
        ...(click.url === null ? { tap: 'true' } : { url: click.url }),
        ...(click.cta === undefined ? {} : { cta: click.cta }),
        ...(await moduleOfMessage(sql, click.message)),
      },
      key: `click:${click.message}:${hashId(click.label, click.url ?? 'tap')}`,
    })
    return row
  })
  if (told) tell(core.signals, [told], [told.workspace_id])
}

/** Notes that a mail was opened: by a person, once; by a machine, once, and that moves nothing. */
export async function recordOpen(core: Core, message: Uuid, machine: boolean): Promise<void> {
  const told = await inTransaction(core.pool, async sql => {
    const row = await lockMessage(sql, message)
    if (!row) return null
    const at = Date.now() + row.offset_ms
    await advance(sql, message, row, {
      state: 'opened',
      at,
      moves: !machine,
      ...(machine ? { detail: { machine: 'true' } } : {}),
      key: openKey(message, machine),
    })
    return row
  })
  if (told) tell(core.signals, [told], [told.workspace_id])
}

/** An opt-out: written before it is acknowledged, then told to the customer's owner. False for a message not known. */
export async function optOut(core: Core, message: Uuid, how: 'one_click' | 'page'): Promise<boolean> {
  const about = await aboutMessage(core.pool, message)
  if (about !== null && about.topic !== MARKETING) return optOutOf(core, about, message, how)
  const told = await inTransaction(core.pool, async sql => {
    const row = await lockMessage(sql, message)
    if (!row) return null
    const at = Date.now() + row.offset_ms
    const of = { workspace: row.workspace_id, customer: row.customer_id }
    if (row.rendered) {
      const { address } = JSON.parse(row.rendered) as Rendered
      await suppress(sql, [{ ...of, channel: row.channel, address, reason: 'opt_out', source: how, at }])
    }
    const messageId = `opt_out:${message}:${newId()}`
    await append(sql, null, [
      {
        ...of,
        input: {
          kind: 'event',
          messageId,
          body: {
            type: 'system',
            name: 'consent.refused',
            messageId,
            at,
            ids: [],
            proof: 'server',
            src: how,
            ch: row.channel,
            props: { channel: row.channel, purpose: 'marketing', how, message },
          },
        },
      },
    ])
    return row
  })
  if (told) tell(core.signals, [told], [told.workspace_id])
  return told !== null
}

/** Of one purpose: the address may still be written to for others, so it is the customer's own word alone. It is folded
 *  before it is acknowledged. @throws when it was not */
async function optOutOf(core: Core, about: About, message: Uuid, how: string): Promise<true> {
  const now = (await customerStates(core.pool, [about.workspace], [about.customer])).get(about.customer)
  const answer = await runCommand(core, {
    workspace: about.workspace,
    customer: now?.id ?? about.customer,
    key: `opt_out:${message}:${how}`,
    actor: how,
    command: {
      do: 'set_consent',
      channel: about.channel,
      purpose: about.topic,
      on: false,
      proof: { url: `${core.baseUrl}/u` },
    },
  })
  if (answer.status !== 200) throw new Error(`the opt-out was answered ${answer.status}`)
  return true
}

/** One transparent dot. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

const page = (c: Context, html: string, status: 200 | 404 | 503 = 200) => {
  for (const [name, value] of Object.entries(LINK_PAGE_HEADERS)) c.header(name, value)
  return c.html(html, status)
}

async function shortTarget(core: Core, token: string): Promise<ClickTarget | null> {
  if (!isShortToken(token)) return null
  const { rows } = await core.pool.query<{ message: Uuid; label: string; url: string }>({
    name: 'short_target',
    text: 'select message_id as message, label, url from short_link where token = $1',
    values: [token],
  })
  return rows[0] ?? null
}

export function messageApp(core: Core): Hono {
  const app = new Hono()
  const follow = async (c: Context, click: ClickTarget | null) => {
    if (!click || !isWebUrl(click.url)) return page(c, notFoundPage(c.req.header('accept-language')), 404)
    if (!isMachine(c.req.method, name => c.req.header(name))) {
      try {
        await recordClick(core, click)
      } catch (error) {
        // the person still gets where they wanted
        core.log.error({ code: (error as { code?: string }).code }, 'links: a click was not recorded')
      }
    }
    c.header('referrer-policy', 'no-referrer-when-downgrade')
    c.header('cache-control', 'no-store')
    return c.redirect(click.url, 302)
  }
  app.get('/t/:token', c => follow(c, readClickToken(core.secrets, c.req.param('token'))))
  app.get('/l/:token', async c => follow(c, await shortTarget(core, c.req.param('token'))))
  app.get('/o/:token', async c => {
    const message = readOpenToken(core.secrets, c.req.param('token'))
    if (!message) return c.body(null, 404)
    try {
      await recordOpen(
        core,
        message,
        isMachineOpen(c.req.method, name => c.req.header(name)),
      )
    } catch (error) {
      core.log.error({ code: (error as { code?: string }).code }, 'links: an open was not recorded')
    }
    c.header('cache-control', 'no-store')
    return c.body(PIXEL, 200, { 'content-type': 'image/gif' })
  })
  app.get('/u/:token', async c => {
    const message = readUnsubscribeToken(core.secrets, c.req.param('token'))
    const language = c.req.header('accept-language')
    if (!message) return page(c, notFoundPage(language), 404)
    const about = await aboutMessage(core.pool, message)
    return page(c, unsubscribePage(language, 'ask', about && preferenceUrl(core, about.customer)))
  })
  app.post('/u/:token', async c => {
    const message = readUnsubscribeToken(core.secrets, c.req.param('token'))
    const language = c.req.header('accept-language')
    if (!message) return page(c, notFoundPage(language), 404)
    const form = await c.req.parseBody()
    const how = form.confirm === 'yes' ? 'page' : 'one_click'
    try {
      const known = await optOut(core, message, how)
      return known ? page(c, unsubscribePage(language, 'done')) : page(c, notFoundPage(language), 404)
    } catch (error) {
      core.log.error({ code: (error as { code?: string }).code }, 'links: an opt-out was not stored')
      return page(c, unsubscribePage(language, 'failed'), 503)
    }
  })
  return app
}
