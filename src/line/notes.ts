// What LINE's webhooks tell beside events: noted in tables before the webhook is acknowledged, worked off by worker.ts. Told
// again it is the same.
import { setAttention, type LoadedAccount } from '../channels/accounts.ts'
import type { ChannelEvent } from '../channels/adapter.ts'
import { putChat } from '../channels/line/chat.ts'
import type { LineNote } from '../channels/line/notes.ts'
import { resolveBatch } from '../collect/resolve.ts'
import { append } from '../inbox/append.ts'
import type { CommandBody, EventBody } from '../inbox/model.ts'
import { lineUidOf } from '../customers/contacts.ts'
import type { IdRef } from '../customers/model.ts'
import type { Core } from '../platform/core.ts'
import { hashId } from '../platform/ids.ts'
import { linkUrl } from './link-url.ts'
import { noteContent, noteProfile, unsendContent } from './store.ts'
import { spendLinkNonce } from './nonces.ts'

export async function takeNotes(
  core: Core,
  account: LoadedAccount,
  notes: LineNote[],
  receive: (events: ChannelEvent[]) => Promise<void>,
): Promise<void> {
  for (const note of notes) await takeNote(core, account, note, receive)
}

async function takeNote(
  core: Core,
  account: LoadedAccount,
  note: LineNote,
  receive: (events: ChannelEvent[]) => Promise<void>,
): Promise<void> {
  const { workspace, id } = account
  switch (note.do) {
    case 'chat':
      return putChat(core.pool, { workspace, account: id, address: note.address }, note)
    case 'keep_content':
      return noteContent(core.pool, { workspace, account: id, ...note })
    case 'unsend':
      return unsendContent(core.pool, { workspace, account: id, ...note })
    case 'read_profile':
      return noteProfile(core.pool, { workspace, account: id, ...note })
    case 'attention':
      return setAttention(core.pool, id, note.why)
    case 'wants_link':
      return invite(core, account, note)
    case 'linked':
      return link(core, account, note, receive)
  }
}

const INVITES = {
  'zh-TW': { text: '點下方按鈕登入會員，就能綁定 LINE 帳號。', button: '綁定會員', alt: '綁定會員' },
  en: {
    text: 'Tap below and sign in to bind your LINE account.',
    button: 'Bind account',
    alt: 'Bind account',
  },
} as const

/** Who asks to bind is answered with the link that is theirs alone, as a message of the ledger, once for each tap. */
async function invite(
  core: Core,
  account: LoadedAccount,
  note: Extract<LineNote, { do: 'wants_link' }>,
): Promise<void> {
  const { workspace } = account
  const ids: IdRef[] = [{ kind: 'line_uid', value: lineUidOf(account.settings.provider, note.address) }]
  const [[resolved], { rows }] = await Promise.all([
    resolveBatch(core, [{ workspace, ids, proof: 'provider' }]),
    core.pool.query<{ locale: string }>('select locale from workspace where id = $1', [workspace]),
  ])
  const words = rows[0]?.locale.startsWith('en') ? INVITES.en : INVITES['zh-TW']
  const action = { type: 'uri', label: words.button, uri: linkUrl(core, account, note.address) }
  const template = { type: 'buttons', text: words.text, actions: [action] }
  const command: CommandBody['command'] = {
    do: 'say',
    channel: 'line',
    account: account.id,
    content: { channel: 'line', messages: [{ type: 'template', altText: words.alt, template }] },
    origin: 'auto',
    by: 'itinera',
  }
  const body: CommandBody = {
    key: `line:link:${note.event}`,
    bodyHash: hashId(note.event),
    validUntil: Date.now() + INVITE_MS,
    actor: 'itinera',
    command,
  }
  const { customer } = resolved!
  await append(core.pool, core.signals, [
    { workspace, customer, input: { kind: 'command', messageId: null, body } },
  ])
}
const INVITE_MS = 60_000

/** The shop vouched for who signed in, LINE for whose account it is: one person. A nonce that is not ours joins nobody. */
async function link(
  core: Core,
  account: LoadedAccount,
  note: Extract<LineNote, { do: 'linked' }>,
  receive: (events: ChannelEvent[]) => Promise<void>,
): Promise<void> {
  const claims = await spendLinkNonce(core, account, note.nonce, note.address)
  if (!claims) {
    core.log.warn({ account: account.id }, 'LINE told of an account link under a nonce that is not ours')
    return
  }
  const ids: IdRef[] = [
    { kind: 'line_uid', value: lineUidOf(account.settings.provider, note.address) },
    ...claims.ids,
  ]
  const messageId = `line:linked:${hashId(note.nonce)}`
  const body: EventBody = {
    type: 'system',
    name: 'line.linked',
    messageId,
    at: note.at,
    props: { by: 'account_link' },
    ids,
    proof: 'provider',
    src: account.name,
    ch: 'line',
  }
  await receive([{ address: note.address, input: { kind: 'event', messageId, body } }])
}
