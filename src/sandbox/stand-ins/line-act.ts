// LINE's stand-in, the phone's side: what somebody does at the chat becomes a signed webhook, as LINE would send it.
import { createHmac, randomBytes } from 'node:crypto'
import type { LoadedAccount } from '../../channels/accounts.ts'
import type { Core } from '../../platform/core.ts'
import { never, Problem } from '../../platform/errors.ts'
import { newId, publicId, type Uuid } from '../../platform/ids.ts'
import { inTransaction, type Sql } from '../../platform/postgres.ts'
import {
  accountAt,
  type LineFromCustomer,
  newUlid,
  postWebhook,
  putContact,
  putMessage,
  sandboxNow,
} from '../stand-in.ts'
import { LINE_USER } from './line-http.ts'
import { switchMenu } from './line-menus.ts'
import type { SentContent } from './line-people.ts'
import type { ReplyToken } from './line-messages.ts'
import type { SandboxAct } from './model.ts'
import { addObject } from './objects.ts'

const AT = { adapter: 'line', channel: 'line' } as const
const REPLY_MS = 60_000
const MOST_PICTURE_CHARACTERS = 700_000

/** One event of a user, signed. */
export async function postEvent(
  sql: Sql,
  account: LoadedAccount,
  address: string,
  at: number,
  event: Record<string, unknown>,
): Promise<void> {
  const { workspace } = account
  const told = {
    mode: 'active',
    timestamp: Math.floor(at),
    source: { type: 'user', userId: address },
    webhookEventId: newUlid(at),
    deliveryContext: { isRedelivery: false },
    ...event,
  }
  const body = JSON.stringify({
    destination: 'U' + publicId('chn', account.id).slice(-20),
    events: [told],
  })
  const signature = createHmac('sha256', account.secrets.channelSecret ?? '')
    .update(body)
    .digest('base64')
  await postWebhook(sql, {
    workspace,
    channel: 'line',
    account: account.id,
    body,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'LineBotWebhook/2.0',
      'x-line-signature': signature,
    },
  })
}

/** A token by which this may be answered once, within a minute. */
async function replyToken(sql: Sql, workspace: Uuid, address: string): Promise<string> {
  const token = randomBytes(16).toString('hex')
  const held: ReplyToken = { address, until: Date.now() + REPLY_MS }
  await addObject(sql, workspace, 'line_reply', token, held)
  return token
}

/** Somebody agreed to link their account at LINE's page. */
export async function linkedByCustomer(
  core: Core,
  workspace: Uuid,
  address: string,
  nonce: string,
): Promise<void> {
  const account = await accountAt(core, workspace, AT)
  const at = await sandboxNow(core.pool, workspace)
  await inTransaction(core.pool, async sql => {
    await postEvent(sql, account, address, at, {
      type: 'accountLink',
      replyToken: await replyToken(sql, workspace, address),
      link: { result: 'ok', nonce },
    })
  })
  core.signals.emit('receipt')
}

/** What befalls the account, or somebody at it, that the phone has no button for: any event of LINE's, signed. */
export async function tellLineEvent(
  core: Core,
  workspace: Uuid,
  address: string,
  event: Record<string, unknown>,
): Promise<void> {
  const account = await accountAt(core, workspace, AT)
  const at = await sandboxNow(core.pool, workspace)
  await postEvent(core.pool, account, address, at, event)
  core.signals.emit('receipt')
}

export async function actOnLine(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  if (!LINE_USER.test(act.address))
    throw new Problem(400, 'invalid', 'This is not a LINE user id', {
      path: 'address',
      action: 'Give U and 32 hexadecimal characters.',
    })
  const account = await accountAt(core, workspace, AT, act.account)
  if (act.act === 'menu' && !(await switchMenu(core, workspace, act.address, act.menu ?? '')))
    throw new Problem(404, 'no_alias', 'No rich menu has this alias', {
      path: 'menu',
      action: 'Publish the menu it should switch to.',
    })
  const at = await sandboxNow(core.pool, workspace)
  await inTransaction(core.pool, async sql => {
    const { rows } = await sql.query<{ following: boolean }>(
      `select following from sandbox_contact where workspace_id = $1 and channel = 'line' and address = $2 for update`,
      [workspace, act.address],
    )
    const known = rows[0]
    if (!known && act.act !== 'follow')
      throw new Problem(404, 'no_contact', 'Nobody of this id is at the sandbox', {
        path: 'address',
        action: 'Follow first.',
      })
    const said = lineSaid(act, known !== undefined)
    if (act.act === 'follow' || act.act === 'unfollow')
      await putContact(sql, {
        workspace,
        channel: 'line',
        address: act.address,
        name: act.name ?? '',
        following: act.act === 'follow',
        at,
      })
    const id = newId(at)
    await putMessage(sql, {
      workspace,
      id,
      channel: 'line',
      address: act.address,
      direction: 'from_customer',
      retryKey: null,
      payload: { ...said.payload, ...(said.message ? { id: said.message } : {}) },
      at,
    })
    if (said.content) await addObject(sql, workspace, 'line_content', said.message!, said.content)
    if (said.readToken) await addObject(sql, workspace, 'line_read', said.readToken, { address: act.address })
    const answerable = act.act !== 'unfollow' && act.act !== 'unsend'
    await postEvent(sql, account, act.address, at, {
      ...(answerable ? { replyToken: await replyToken(sql, workspace, act.address) } : {}),
      ...said.event,
    })
  })
  core.signals.emit('receipt')
}

type LineSaid = {
  payload: LineFromCustomer
  event: Record<string, unknown>
  /** LINE's id of the message */
  message?: string
  content?: SentContent
  readToken?: string
}

const need = (value: string | undefined, path: string, title: string, action: string): string => {
  if (!value) throw new Problem(400, 'invalid', title, { path, action })
  return value
}

function lineSaid(act: SandboxAct, known: boolean): LineSaid {
  const kind = act.act
  switch (kind) {
    case 'follow':
      return { payload: { type: kind }, event: { type: kind, follow: { isUnblocked: known } } }
    case 'unfollow':
      return { payload: { type: kind }, event: { type: kind } }
    case 'text': {
      const text = need(act.text?.slice(0, 5_000), 'text', 'There is no text', 'Write something.')
      const id = messageId()
      const readToken = newUlid(Date.now())
      return {
        payload: { type: 'text', text },
        event: {
          type: 'message',
          message: { type: 'text', id, quoteToken: newUlid(Date.now()), markAsReadToken: readToken, text },
        },
        message: id,
        readToken,
      }
    }
    case 'image': {
      const given = need(act.data, 'data', 'There is no picture', 'Give it as a data URL.')
      const [, type, base64] = /^data:(image\/(?:png|jpeg));base64,([A-Za-z0-9+/=]+)$/.exec(given) ?? []
      if (!type || !base64 || base64.length > MOST_PICTURE_CHARACTERS)
        throw new Problem(400, 'invalid', 'This is no picture, or too large', {
          path: 'data',
          action: 'Give a PNG or JPEG of at most 500 KB as a data URL.',
        })
      const id = messageId()
      return {
        payload: { type: 'image', text: null },
        event: { type: 'message', message: { type: 'image', id, contentProvider: { type: 'line' } } },
        message: id,
        content: { type, base64 },
      }
    }
    case 'unsend': {
      const id = need(act.data, 'data', 'It is not said which message', "Give LINE's id of the message.")
      return {
        payload: { type: 'unsend', message: id },
        event: { type: 'unsend', unsend: { messageId: id } },
      }
    }
    case 'postback':
    case 'menu': {
      const data = need(act.data, 'data', 'There is no postback data', "Give the action's data.")
      const params =
        kind === 'menu' ? { params: { newRichMenuAliasId: act.menu ?? '', status: 'SUCCESS' } } : {}
      return {
        payload: { type: 'postback', data, text: act.text ?? null },
        event: { type: 'postback', postback: { data, ...params } },
      }
    }
    case 'unsubscribe':
      throw new Problem(400, 'invalid', 'LINE has no unsubscribe', { path: 'act', action: 'Use unfollow.' })
    default:
      return never(kind)
  }
}

/** LINE's message ids are digits. */
const messageId = (): string => String(Date.now()) + String(randomBytes(3).readUIntBE(0, 3)).padStart(8, '0')
