// What people answer to an SMS, in the words of every adapter: an event, and the refusal where it is a stop word.
import { cleanPhone } from '../customers/contacts.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Account, ChannelEvent } from './adapter.ts'
import { isStopWord } from './sms.ts'

export function smsReply(
  account: Account,
  reply: { id: string; from: string; text: string; at: number; stop?: boolean },
): ChannelEvent[] {
  const phone = cleanPhone(reply.from)
  if (phone === null) return []
  const event = (messageId: string, name: string, props: Record<string, unknown>): ChannelEvent => {
    const body: EventBody = {
      type: 'system',
      name,
      messageId,
      at: reply.at,
      props,
      ids: [{ kind: 'phone', value: phone }],
      proof: 'provider',
      src: account.name,
      ch: 'sms',
    }
    return { address: phone, input: { kind: 'event', messageId, body } }
  }
  const said = event(reply.id, 'sms.message', {
    type: 'text',
    id: reply.id,
    from: 'customer',
    text: reply.text.slice(0, 2_000),
  })
  if (!(reply.stop ?? isStopWord(reply.text))) return [said]
  const refused = event(`${reply.id}:stop`, 'consent.refused', {
    channel: 'sms',
    purpose: 'marketing',
    how: 'reply',
    proof: reply.text.slice(0, 100),
  })
  return [said, { ...refused, reach: { kind: 'refused', at: reply.at } }]
}
