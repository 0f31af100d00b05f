// Pages for customers, without sign-in: what they get (/p/<token>) and what they confirm (/p/c/<token>). A GET changes nothing.
import { type Context, Hono } from 'hono'
import { getConnInfo } from '@hono/node-server/conninfo'
import { CHANNELS, type ChannelName } from '../channels/model.ts'
import { findWorkspace, workspaceNow } from '../catalogue/workspace.ts'
import { addressFor } from '../customers/reach.ts'
import { findCustomer, type StoredCustomer } from '../customers/store.ts'
import { runCommand } from '../inbox/command.ts'
import type { Core } from '../platform/core.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import type { Uuid } from '../platform/ids.ts'
import { wallDate } from '../platform/wall-time.ts'
import { askConsent, confirm, seenProof, type Seen } from './ask.ts'
import { consentFor } from './model.ts'
import { confirmPage, type Html, languageOf, missingPage, preferencePage, type Preferences } from './page.ts'
import { findRequest, type Purpose, purposesOf, workspaceOfCustomer } from './store.ts'
import { readRequestToken } from './tokens.ts'
import { readPreferenceToken } from '../messages/preference-link.ts'
import { LINK_PAGE_HEADERS } from '../platform/http/headers.ts'

const PAUSE_MS = 30 * 86_400_000
async function show(c: Context, page: Html, status: 200 | 404 | 503 = 200): Promise<Response> {
  for (const [name, value] of Object.entries(LINK_PAGE_HEADERS)) c.header(name, value)
  return c.html(await page, status)
}
const language = (c: Context) => languageOf(c.req.query('lang'), c.req.header('accept-language'))

type Known = { workspace: WorkspaceRow; customer: StoredCustomer }

async function known(core: Core, id: Uuid | null): Promise<Known | null> {
  const of = id === null ? null : await workspaceOfCustomer(core.pool, id)
  const workspace = of === null ? null : await findWorkspace(core.pool, of)
  const customer = workspace === null ? null : await findCustomer(core.pool, workspace.id, id!)
  return workspace === null || customer === null ? null : { workspace, customer }
}

const seenOf = (core: Core, c: Context): Seen => ({
  ip: getConnInfo(c).remote.address ?? null,
  agent: c.req.header('user-agent') ?? null,
  url: `${core.baseUrl}/p`,
})

const allowed = (customer: StoredCustomer, purpose: Purpose, channel: ChannelName): boolean => {
  const said = consentFor(customer.state.consent, channel, purpose.name, purpose.asked)
  return CHANNELS[channel].consent === 'implied' && !purpose.asked ? said?.on !== false : said?.on === true
}

/** What can be chosen: purposes by the channels that reach this customer. */
function choosable(
  customer: StoredCustomer,
  purposes: Purpose[],
): { purpose: Purpose; channels: ChannelName[] }[] {
  return purposes
    .filter(p => !p.archived)
    .map(purpose => ({
      purpose,
      channels: purpose.channels.filter(c => addressFor(customer.state, c)?.verified === true),
    }))
    .filter(p => p.channels.length > 0)
}

async function preferencesOf(
  core: Core,
  { workspace, customer }: Known,
  lang: 'zh' | 'en',
): Promise<Preferences> {
  const purposes = await purposesOf(core.pool, workspace.id)
  const { pref } = customer.state
  const now = workspaceNow(workspace)
  return {
    brand: workspace.name,
    purposes: choosable(customer, purposes).map(({ purpose, channels }) => ({
      name: purpose.name,
      label: purpose.label[lang],
      text: purpose.text[lang],
      choices: channels.map(channel => ({ channel, on: allowed(customer, purpose, channel) })),
    })),
    less: pref?.less === true,
    paused: pref?.until !== undefined && pref.until > now ? wallDate(pref.until, workspace.timezone) : null,
  }
}

/** Carries out what the form says; only what is another choice than before is a statement. */
async function choose(
  core: Core,
  of: Known,
  form: Record<string, string | File | (string | File)[]>,
  seen: Seen,
): Promise<'saved' | 'asked' | 'failed'> {
  const { workspace, customer } = of
  const off = form.do === 'off'
  const wanted = new Set([form.c ?? []].flat().map(String))
  const now = workspaceNow(workspace)
  const list: { channel: string; purpose: string; on: boolean; version: string }[] = []
  let asked = false
  for (const { purpose, channels } of choosable(customer, await purposesOf(core.pool, workspace.id)))
    for (const channel of channels) {
      const on = !off && wanted.has(`${purpose.name}/${channel}`)
      if (on === allowed(customer, purpose, channel)) continue
      if (on && purpose.doubleOptIn) {
        await askConsent(core, workspace, customer, { channel, purpose: purpose.name }, 'preference page')
        asked = true
      } else list.push({ channel, purpose: purpose.name, on, version: String(purpose.textVersion) })
    }
  const paused = (customer.state.pref?.until ?? 0) > now
  const answer = await runCommand(core, {
    workspace: workspace.id,
    customer: customer.id,
    key: null,
    actor: 'preference page',
    command: {
      do: 'set_preferences',
      list,
      proof: { ...seenProof(seen), at: new Date(now).toISOString() },
      ...(off
        ? {}
        : {
            less: form.often === 'less',
            ...(form.pause === '30' ? (paused ? {} : { until: now + PAUSE_MS }) : { until: null }),
          }),
    },
  })
  return answer.status !== 200 ? 'failed' : asked ? 'asked' : 'saved'
}

export function consentApp(core: Core): Hono {
  const app = new Hono()
  app.get('/p/:token', async c => {
    const of = await known(core, readPreferenceToken(core.secrets, c.req.param('token')))
    if (of === null) return show(c, missingPage(language(c)), 404)
    return show(c, preferencePage(language(c), await preferencesOf(core, of, language(c)), null))
  })
  app.post('/p/:token', async c => {
    const id = readPreferenceToken(core.secrets, c.req.param('token'))
    const of = await known(core, id)
    if (of === null) return show(c, missingPage(language(c)), 404)
    const note = await choose(core, of, await c.req.parseBody({ all: true }), seenOf(core, c))
    const after = (await known(core, id)) ?? of
    const page = preferencePage(language(c), await preferencesOf(core, after, language(c)), note)
    return show(c, page, note === 'failed' ? 503 : 200)
  })
  const asked = async (c: Context) => {
    const id = readRequestToken(core.secrets, c.req.param('token') ?? '')
    const request = id === null ? null : await findRequest(core.pool, null, id)
    const of = request === null ? null : await known(core, request.customer)
    if (request === null || of === null) return null
    const purpose = (await purposesOf(core.pool, of.workspace.id)).find(p => p.name === request.purpose)
    const label = purpose?.label[language(c)] ?? request.purpose
    return { ...of, request, words: { brand: of.workspace.name, label } }
  }
  app.get('/p/c/:token', async c => {
    const of = await asked(c)
    if (of === null) return show(c, missingPage(language(c)), 404)
    const late = of.request.expires.getTime() <= workspaceNow(of.workspace)
    const step = of.request.confirmed !== null ? 'confirmed' : late ? 'expired' : 'ask'
    return show(c, confirmPage(language(c), of.words, step))
  })
  app.post('/p/c/:token', async c => {
    const of = await asked(c)
    if (of === null) return show(c, missingPage(language(c)), 404)
    const seen = { ...seenOf(core, c), url: `${core.baseUrl}/p/c` }
    const step = await confirm(core, of.request, of.customer, workspaceNow(of.workspace), seen)
    return show(c, confirmPage(language(c), of.words, step), step === 'failed' ? 503 : 200)
  })
  return app
}
