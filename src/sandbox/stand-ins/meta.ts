// The stand-ins of WhatsApp, Messenger and Instagram: Meta's Graph API as far as the product uses it, with its windows, and
// signed webhooks. Who writes first opens the window; outside of it WhatsApp takes templates only, Messenger and Instagram
// answers of people under a tag, for seven days.
import { type Context, Hono } from 'hono'
import { hookUrlOf, type LoadedAccount } from '../../channels/accounts.ts'
import { signRaw } from '../../channels/adapters/meta.ts'
import { workspaceOfToken } from '../../channels/stand-in.ts'
import { cleanPhone } from '../../customers/contacts.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { accountAt, type Hook, sandboxNow, type StandInFault, takeStandInFault } from '../stand-in.ts'
import type { SandboxAct, StandIn } from './model.ts'
import { hang } from './hang.ts'
import { hookPath, keepFromCustomer, keepMessage, postReceipts } from './wire.ts'
import { SANDBOX_TEMPLATES } from './whatsapp-templates.ts'

export type MetaChannel = 'whatsapp' | 'messenger' | 'instagram'
type Json = Record<string, unknown>

const DAY_MS = 86_400_000
/** Nobody uses WhatsApp, Messenger or Instagram under these. */
export const NO_WHATSAPP = '+886900000000'
export const NO_PSID = '0000000000000000'

const refuse = (c: Context, status: 400 | 401 | 429 | 500, code: number, message: string, subcode?: number) =>
  c.json(
    {
      error: {
        message: `(#${code}) ${message}`,
        type: 'OAuthException',
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        fbtrace_id: newId(),
      },
    },
    status,
  )

/** Takes a fault that answers before anything is kept. */
async function misbehave(c: Context, channel: MetaChannel, fault: StandInFault['kind'] | null) {
  switch (fault) {
    case 'error_401':
      return refuse(c, 401, 190, 'Invalid OAuth access token')
    case 'error_429':
      c.header('retry-after', '2')
      return channel === 'whatsapp'
        ? refuse(c, 429, 130429, 'Rate limit hit')
        : refuse(c, 400, 613, 'Calls to this api have exceeded the rate limit')
    case 'error_500':
      return refuse(c, 500, 2, 'Service temporarily unavailable')
    case 'bad_recipient':
      return channel === 'whatsapp'
        ? refuse(c, 400, 131026, 'Message undeliverable')
        : refuse(c, 400, 100, 'No matching user found', 2018001)
    case 'hang':
      return hang()
    default:
      return null
  }
}

/** When this person wrote last, the sandbox's time; 0: never. */
async function lastHeard(
  core: Core,
  workspace: Uuid,
  channel: MetaChannel,
  address: string,
): Promise<number> {
  const { rows } = await core.pool.query<{ at: Date | null }>(
    `select max(at) as at from sandbox_message
      where workspace_id = $1 and channel = $2 and address = $3 and direction = 'from_customer'`,
    [workspace, channel, address],
  )
  return rows[0]?.at?.getTime() ?? 0
}

function hookOf(core: Core, account: LoadedAccount, body: object): Hook {
  const text = JSON.stringify(body)
  return {
    workspace: account.workspace,
    method: 'POST',
    url: hookPath(core, hookUrlOf(core, account))!,
    body: text,
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': signRaw(account.secrets.appSecret ?? '', Buffer.from(text)),
    },
  }
}

function graphApp(channel: MetaChannel) {
  return (core: Core): Hono<{ Variables: { workspace: Uuid } }> => {
    const app = new Hono<{ Variables: { workspace: Uuid } }>()
    app.use(async (c, next) => {
      const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
      const workspace = workspaceOfToken(core, token, channel)
      if (workspace === null) return refuse(c, 401, 190, 'Invalid OAuth access token')
      c.set('workspace', workspace)
      return next()
    })
    app.post('/:version/:from/messages', async c => {
      const workspace = c.get('workspace')
      const fault = await takeStandInFault(core.pool, workspace, channel)
      const answer = await misbehave(c, channel, fault)
      if (answer) return answer
      const body = (await c.req.json().catch(() => null)) as Json | null
      if (body === null) return refuse(c, 400, 100, 'Invalid parameter')
      return channel === 'whatsapp'
        ? takeWhatsapp(core, c, workspace, body, fault)
        : takeChat(core, c, channel, workspace, body, fault)
    })
    if (channel === 'whatsapp')
      app.get('/:version/:waba/message_templates', c => c.json({ data: SANDBOX_TEMPLATES, paging: {} }))
    app.get('/:version/:id', c =>
      c.json(
        channel === 'whatsapp'
          ? { id: c.req.param('id'), verified_name: 'Sandbox', display_phone_number: '+886 900 000 001' }
          : { id: c.req.param('id'), name: 'Sandbox', username: 'sandbox' },
      ),
    )
    app.onError((error, c) => {
      core.log.error({ error: error.message.slice(0, 200) }, `stand-in: ${channel} failed`)
      return refuse(c, 500, 1, 'An unknown error occurred')
    })
    return app
  }
}

async function takeWhatsapp(
  core: Core,
  c: Context,
  workspace: Uuid,
  body: Json,
  fault: StandInFault['kind'] | null,
): Promise<Response> {
  const to = cleanPhone(String(body.to ?? ''))
  const type = String(body.type ?? 'text')
  if (body.messaging_product !== 'whatsapp' || to === null || !body[type])
    return refuse(c, 400, 100, 'Invalid parameter')
  if (to === NO_WHATSAPP) return refuse(c, 400, 131026, 'Message undeliverable')
  const wrong = type === 'template' ? wrongTemplate(body.template as Json) : null
  if (wrong) return refuse(c, 400, wrong.code, wrong.message)
  const now = await sandboxNow(core.pool, workspace)
  if (type !== 'template' && now - (await lastHeard(core, workspace, 'whatsapp', to)) >= DAY_MS)
    return refuse(c, 400, 131047, 'Re-engagement message')
  const { id } = await keepMessage(core, {
    workspace,
    channel: 'whatsapp',
    address: to,
    retryKey: null,
    payload: { type, [type]: body[type] },
  })
  const account = await accountAt(core, workspace, whatsappStandIn)
  const waId = to.slice(1)
  const wamid = `wamid.${id}`
  // receipts come by the real clock, as the ledger counts them
  const timestamp = String(Math.floor(Date.now() / 1000))
  const hooks = ['sent', 'delivered'].map(status =>
    hookOf(core, account, {
      object: 'whatsapp_business_account',
      entry: [
        {
          id: account.settings.wabaId,
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { phone_number_id: account.settings.phoneNumberId },
                statuses: [
                  {
                    id: wamid,
                    status,
                    timestamp,
                    recipient_id: waId,
                    biz_opaque_callback_data: body.biz_opaque_callback_data,
                  },
                ],
              },
            },
          ],
        },
      ],
    }),
  )
  await postReceipts(core, hooks, fault)
  if (fault === 'accept_then_drop') return hang()
  return c.json({
    messaging_product: 'whatsapp',
    contacts: [{ input: to, wa_id: waId }],
    messages: [{ id: wamid, message_status: 'accepted' }],
  })
}

/** As the Cloud API says it: not there in this language, or with another number of values. */
function wrongTemplate(template: Json): { code: number; message: string } | null {
  const language = (template.language as Json | undefined)?.code
  const known = SANDBOX_TEMPLATES.find(t => t.name === template.name && t.language === language)
  if (known?.status !== 'APPROVED')
    return { code: 132001, message: 'Template name does not exist in the translation' }
  const given = (template.components as { type: string; parameters?: unknown[] }[] | undefined) ?? []
  const text = known.components.find(part => part.type === 'BODY')?.text ?? ''
  const wanted = new Set(text.match(/\{\{\w+\}\}/g) ?? []).size
  const values = given.find(part => part.type.toLowerCase() === 'body')?.parameters?.length ?? 0
  return wanted === values
    ? null
    : { code: 132000, message: 'Number of parameters does not match the expected number of params' }
}

async function takeChat(
  core: Core,
  c: Context,
  channel: 'messenger' | 'instagram',
  workspace: Uuid,
  body: Json,
  fault: StandInFault['kind'] | null,
): Promise<Response> {
  const to = String((body.recipient as Json | undefined)?.id ?? '')
  const message = body.message as Json | undefined
  if (to === '' || !message) return refuse(c, 400, 100, 'Param recipient or message is missing')
  if (to === NO_PSID) return refuse(c, 400, 100, 'No matching user found', 2018001)
  const heard = await lastHeard(core, workspace, channel, to)
  const age = (await sandboxNow(core.pool, workspace)) - heard
  const tagged = body.messaging_type === 'MESSAGE_TAG' && body.tag === 'HUMAN_AGENT'
  const open = body.messaging_type === 'UTILITY' || age < (tagged ? 7 * DAY_MS : DAY_MS)
  if (!open) return refuse(c, 400, 10, 'This message is sent outside of allowed window.', 2018278)
  const { id } = await keepMessage(core, {
    workspace,
    channel,
    address: to,
    retryKey: null,
    payload: { ...message, messagingType: body.messaging_type, ...(tagged ? { tag: body.tag } : {}) },
  })
  const account = await accountAt(core, workspace, STAND_INS[channel])
  const mid = `m_${id}`
  const said =
    channel === 'messenger' ? { delivery: { mids: [mid], watermark: Date.now() } } : { read: { mid } }
  await postReceipts(core, [hookOf(core, account, messaging(account, channel, to, Date.now(), said))], fault)
  if (fault === 'accept_then_drop') return hang()
  return c.json({ recipient_id: to, message_id: mid })
}

function messaging(account: LoadedAccount, channel: MetaChannel, user: string, at: number, said: object) {
  const own = channel === 'messenger' ? account.settings.pageId : account.settings.instagramId
  return {
    object: channel === 'messenger' ? 'page' : 'instagram',
    entry: [
      {
        id: own,
        time: Math.floor(at),
        messaging: [{ sender: { id: user }, recipient: { id: own }, timestamp: Math.floor(at), ...said }],
      },
    ],
  }
}

/** A person writes, picks a reply (text with data), taps a button, or opens the chat (follow), which Messenger and Instagram tell as a referral. */
function actAt(channel: MetaChannel) {
  return async (core: Core, workspace: Uuid, act: SandboxAct): Promise<void> => {
    const address = channel === 'whatsapp' ? cleanPhone(act.address) : /^\d{5,30}$/.exec(act.address)?.[0]
    if (!address)
      throw new Problem(400, 'invalid', 'This is no address of this channel', {
        path: 'address',
        action: channel === 'whatsapp' ? 'Give a number such as +886912345678.' : 'Give the digits of an id.',
      })
    if (act.act !== 'follow' && act.act !== 'text' && act.act !== 'postback')
      throw new Problem(400, 'invalid', 'This cannot be done on this channel', {
        path: 'act',
        action: 'Use follow, text or postback.',
      })
    const text = (act.text ?? '').slice(0, 4_000)
    if (act.act === 'text' && text === '')
      throw new Problem(400, 'invalid', 'There is no text', { path: 'text', action: 'Write something.' })
    const account = await accountAt(core, workspace, STAND_INS[channel], act.account)
    const payload =
      act.act === 'follow'
        ? { type: 'follow' }
        : act.act === 'text'
          ? { type: 'text', text }
          : { type: 'postback', data: act.data ?? '', text: text || null }
    const { id, at } = await keepFromCustomer(core, { workspace, channel, address, name: act.name, payload })
    const body =
      channel === 'whatsapp'
        ? whatsappSaid(account, address, id, at, act, text)
        : messaging(account, channel, address, at, chatSaid(id, act, text))
    if (body) await postReceipts(core, [hookOf(core, account, body)])
  }
}

function chatSaid(id: Uuid, act: SandboxAct, text: string): object {
  const mid = `m_${id}`
  if (act.act === 'text')
    return { message: { mid, text, ...(act.data ? { quick_reply: { payload: act.data } } : {}) } }
  if (act.act === 'postback') return { postback: { mid, title: text, payload: act.data ?? '' } }
  return { referral: { ref: 'sandbox', source: 'SHORTLINK', type: 'OPEN_THREAD' } }
}

/** Opening a chat tells WhatsApp's businesses nothing. */
function whatsappSaid(
  account: LoadedAccount,
  phone: string,
  id: Uuid,
  at: number,
  act: SandboxAct,
  text: string,
): object | null {
  if (act.act === 'follow') return null
  const said =
    act.act === 'text' && !act.data
      ? { type: 'text', text: { body: text } }
      : {
          type: 'interactive',
          interactive:
            act.act === 'text'
              ? { type: 'list_reply', list_reply: { id: act.data, title: text } }
              : { type: 'button_reply', button_reply: { id: act.data, title: text } },
        }
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: account.settings.wabaId,
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { phone_number_id: account.settings.phoneNumberId },
              contacts: [{ wa_id: phone.slice(1), profile: { name: act.name ?? '' } }],
              messages: [
                {
                  from: phone.slice(1),
                  id: `wamid.${id}`,
                  timestamp: String(Math.floor(at / 1000)),
                  ...said,
                },
              ],
            },
          },
        ],
      },
    ],
  }
}

const standInOf = (channel: MetaChannel): StandIn => ({
  adapter: channel,
  channel,
  app: graphApp(channel),
  act: actAt(channel),
})

export const whatsappStandIn = standInOf('whatsapp')
export const messengerStandIn = standInOf('messenger')
export const instagramStandIn = standInOf('instagram')
const STAND_INS: Record<MetaChannel, StandIn> = {
  whatsapp: whatsappStandIn,
  messenger: messengerStandIn,
  instagram: instagramStandIn,
}
