// Double opt-in by a tap in the chat of LINE. The button's data is signed and names the request; the ledger says to whom and by
// which account the message with it went. Only that person's tap, in that chat and in time, is a consent: an event of theirs.
import type { LoadedAccount } from '../channels/accounts.ts'
import type { ChannelEvent } from '../channels/adapter.ts'
import { findWorkspace } from '../catalogue/workspace.ts'
import { resolveBatch } from '../collect/resolve.ts'
import { findCustomer } from '../customers/store.ts'
import { append } from '../inbox/append.ts'
import type { CommandBody, EventBody } from '../inbox/model.ts'
import { findMessage } from '../messages/ledger.ts'
import type { Core } from '../platform/core.ts'
import { hashId, publicId, type Uuid } from '../platform/ids.ts'
import { DOUBLE_OPT_IN } from './model.ts'
import { confirmRequest, type ConsentRequest, findRequest, textOf } from './store.ts'
import { readTapData, TAP_DATA } from './tokens.ts'

/** `not_theirs`: the data is not ours, or was not sent to this person by this account */
type Outcome = 'confirmed' | 'again' | 'expired' | 'not_theirs'
export type Tap = {
  outcome: Outcome
  at: number
  body: EventBody
  /** what it proves; null: nothing */
  proves: { request: ConsentRequest; event: ChannelEvent } | null
}

/** The taps among what a webhook told, judged. Their events say from now on what came of them, and no longer the token. */
export async function readConsentTaps(
  core: Core,
  account: LoadedAccount,
  events: ChannelEvent[],
): Promise<Tap[]> {
  const taps: Tap[] = []
  for (const { address, input } of events) {
    if (!address || input.kind !== 'event' || input.body.name !== 'line.postback') continue
    const { body } = input
    const { at, props } = body
    const data = props?.data
    const named = typeof data === 'string' ? readTapData(core.secrets, data) : null
    if (named === null || at === undefined) continue
    const { outcome, proves } = await judge(core, account, { address, at, body, data: String(data), named })
    body.props = { ...props, data: TAP_DATA, consent: outcome }
    taps.push({ outcome, at, body, proves })
  }
  return taps
}

type Tapped = { address: string; at: number; body: EventBody; data: string }

async function judge(
  core: Core,
  account: LoadedAccount,
  { address, at, body, data, named }: Tapped & { named: Uuid | 'forged' },
): Promise<Pick<Tap, 'outcome' | 'proves'>> {
  const { workspace } = account
  const request = named === 'forged' ? null : await findRequest(core.pool, workspace, named)
  // its data ended with the message it is of
  const message = typeof body.props?.message === 'string' ? body.props.message : null
  if (!request || !message || !(await wasSent(core, account, { request, message, address, at, body, data })))
    return { outcome: 'not_theirs', proves: null }
  if (request.confirmed !== null) return { outcome: 'again', proves: null }
  if (request.expires.getTime() <= at) return { outcome: 'expired', proves: null }
  const { channel, purpose, textVersion } = request
  const text = await textOf(core.pool, workspace, purpose, textVersion)
  const messageId = `consent:${request.id}`
  const granted: EventBody = {
    ...body,
    name: 'consent.granted',
    messageId,
    props: {
      channel,
      purpose,
      proof: {
        version: String(textVersion),
        ...(text === null ? {} : { text: `${text.zh} / ${text.en}` }),
        address,
        how: 'postback',
        message: publicId('msg', message),
        at: new Date(at).toISOString(),
      },
    },
    src: DOUBLE_OPT_IN,
  }
  const event: ChannelEvent = { address, input: { kind: 'event', messageId, body: granted } }
  return { outcome: 'confirmed', proves: { request, event } }
}

/** This very message, with this data, went by this account to who tapped; and they are still the customer who was asked. */
async function wasSent(
  core: Core,
  account: LoadedAccount,
  tap: Tapped & { request: ConsentRequest; message: Uuid },
): Promise<boolean> {
  const [sent, asked] = await Promise.all([
    findMessage(core.pool, account.workspace, tap.message),
    findCustomer(core.pool, account.workspace, tap.request.customer),
  ])
  const own = tap.body.ids[0]!
  return (
    sent !== null &&
    sent.account === account.id &&
    sent.rendered?.address === tap.address &&
    JSON.stringify(sent.intent.content).includes(tap.data) &&
    asked?.state.ids.some(id => id.kind === own.kind && id.value === own.value && id.verified) === true
  )
}

const ANSWERS: Record<Outcome, { zh: string; en: string }> = {
  confirmed: { zh: '已確認，謝謝您。', en: 'Confirmed. Thank you.' },
  again: { zh: '您先前已經確認過了。', en: 'You have confirmed this before.' },
  expired: {
    zh: '這則確認已過期，沒有任何變更。需要的話，請再申請一次。',
    en: 'This confirmation is too old, and nothing has changed. Please ask for a new one.',
  },
  not_theirs: {
    zh: '這則確認不是發給您的，沒有任何變更。',
    en: 'This confirmation was not sent to you, and nothing has changed.',
  },
}
const ANSWER_MS = 60_000

/** Once the events are stored: the request is done, and who tapped is told, once for each tap. */
export async function answerTaps(core: Core, account: LoadedAccount, taps: Tap[]): Promise<void> {
  if (taps.length === 0) return
  const { workspace } = account
  const found = await findWorkspace(core.pool, workspace)
  const language = found?.locale.startsWith('en') ? 'en' : 'zh'
  const resolved = await resolveBatch(
    core,
    taps.map(({ body }) => ({ workspace, ids: body.ids, proof: body.proof })),
  )
  await append(
    core.pool,
    core.signals,
    taps.map(({ outcome, body: { messageId } }, i) => {
      const command: CommandBody['command'] = {
        do: 'say',
        channel: 'line',
        account: account.id,
        content: { channel: 'line', messages: [{ type: 'text', text: ANSWERS[outcome][language] }] },
        origin: 'auto',
        by: 'itinera',
      }
      const body: CommandBody = {
        key: `consent:${messageId}`,
        bodyHash: hashId(messageId),
        validUntil: Date.now() + ANSWER_MS,
        actor: 'itinera',
        command,
      }
      return {
        workspace,
        customer: resolved[i]!.customer,
        input: { kind: 'command' as const, messageId: null, body },
      }
    }),
  )
  for (const { proves, at } of taps)
    if (proves) await confirmRequest(core.pool, workspace, proves.request.id, new Date(at))
}
