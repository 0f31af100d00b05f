// LINE Messaging API: push under a retry key, multicast, replies; signed webhooks in. What the calls and webhooks are is in
// src/channels/line/.
import { randomBytes } from 'node:crypto'
import { isLineProvider } from '../../customers/contacts.ts'
import type { Adapter } from '../adapter.ts'
import { closeConnections } from '../exchange.ts'
import { takeReplyToken } from '../line/chat.ts'
import { parseLine } from '../line/events.ts'
import { sandboxLoginChannel } from '../line/login.ts'
import { batchKey, checkLine, MULTICAST_MAX, sendLine, sendMulticast } from '../line/send.ts'
import { unitFor } from '../line/units.ts'
import { STAND_IN, standInToken } from '../stand-in.ts'

// LINE takes 2,000 requests a second of an account: with answers 50 ms away that is a hundred at once. The ledger's groups grow
// with it, too: at 32 a message cost PostgreSQL 0.56 ms, at 128 0.31
const CONCURRENCY = 128
const SECOND = 1_000

/** What is wrong with a setting, by its name; null: nothing. */
function wrong(settings: Record<string, string>): { setting: string; action: string } | null {
  const {
    provider,
    chatName = '',
    aggregation = '',
    phoneNotifications = '',
    shopLoginUrl = '',
    loginChannelId = '',
  } = settings
  if (provider !== undefined && !isLineProvider(provider))
    return { setting: 'provider', action: 'Use lower-case letters, digits, - and _, at most 32.' }
  if (chatName.length > 20 || /LINE/i.test(chatName))
    return { setting: 'chatName', action: 'At most 20 characters, and not the word LINE.' }
  if (!['', 'on', 'off'].includes(aggregation))
    return { setting: 'aggregation', action: 'Write on when LINE has granted it to this account, else off.' }
  if (!['', 'on', 'off'].includes(phoneNotifications))
    return {
      setting: 'phoneNotifications',
      action: 'Write on when LINE has approved notification messages for this account, else off.',
    }
  if (shopLoginUrl !== '' && !/^https?:\/\/\S+$/.test(shopLoginUrl))
    return { setting: 'shopLoginUrl', action: "Give the https address of the shop's sign-in page." }
  if (!/^\d{0,20}$/.test(loginChannelId))
    return { setting: 'loginChannelId', action: 'Give the channel id of the LINE Login channel: digits.' }
  return null
}

export const line: Adapter = {
  name: 'line',
  channel: 'line',
  delivery: 'at_least_once',
  settings: [
    'baseUrl',
    'dataUrl',
    'provider',
    'chatName',
    'chatIcon',
    'aggregation',
    'phoneNotifications',
    'shopLoginUrl',
    'loginChannelId',
  ],
  secrets: ['accessToken', 'channelSecret'],
  required: ['accessToken', 'channelSecret'],
  concurrency: CONCURRENCY,
  wrong,
  send: sendLine,
  batch: { max: MULTICAST_MAX, key: batchKey, send: sendMulticast },
  rates: [
    { key: 'send', max: 2_000, perMs: SECOND },
    { key: 'batch', max: 200, perMs: SECOND },
  ],
  check: checkLine,
  async extras(sql, account, { address, of, answers, at }) {
    const { workspace, id } = account
    const replyToken = answers ? await takeReplyToken(sql, { workspace, account: id, address }) : null
    // what is answered by a reply token is counted under no unit
    if (replyToken !== null) return { replyToken }
    const unit = of && account.settings.aggregation === 'on' ? await unitFor(sql, account, of, at) : undefined
    return unit === undefined ? {} : { unit }
  },
  parse: parseLine,
  standIn: (core, workspace) => ({
    name: 'LINE',
    settings: { baseUrl: STAND_IN, aggregation: 'on', loginChannelId: sandboxLoginChannel(workspace) },
    secrets: {
      accessToken: standInToken(core, workspace, 'line'),
      channelSecret: randomBytes(16).toString('hex'),
    },
  }),
  async close() {
    closeConnections()
  },
}
