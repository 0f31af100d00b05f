// How a message would end if it were let out now, for who only tries a journey out: as the deliverer decides, with a
// provider that accepts everything. Suppressions and limits shared between people are not known here. Pure.
import { type ChannelKind, CHANNELS, isChannel } from '../channels/model.ts'
import { lineParts } from '../customers/contacts.ts'
import { friendshipWith } from '../customers/line.ts'
import type { CustomerState } from '../customers/model.ts'
import { decide } from '../messages/decide.ts'
import type { Intent, SkipReason } from '../messages/model.ts'

/** Goes to somebody outside; the others stay within the product. */
export const goesOut = isChannel

export type Judged = { do: 'accept' } | { do: 'skip'; reason: SkipReason } | { do: 'wait'; ms: number }

/** @param hasAccount the channel has an account */
export function judge(intent: Intent, customer: CustomerState, now: number, hasAccount: boolean): Judged {
  // the fold has decided it: by a cap, or as too late
  if (intent.ended !== undefined) return { do: 'skip', reason: intent.ended }
  // what stays inside has nobody to ask: it is taken
  if (!isChannel(intent.channel)) return { do: 'accept' }
  const reaches = CHANNELS[intent.channel]
  const account = hasAccount ? { waitMs: 0, settings: accountOf(reaches, customer) } : null
  const decision = decide(intent, reaches, { now, paused: false, account, customer })
  if (decision.do === 'wait') return { do: 'wait', ms: decision.ms }
  return decision.do === 'skip' ? { do: 'skip', reason: decision.reason } : { do: 'accept' }
}

/** The account of a LINE provider whose friend the person is. */
function accountOf(reaches: ChannelKind, customer: CustomerState): Record<string, string> {
  if (reaches.name !== 'line') return {}
  for (const id of customer.ids) {
    if (id.kind !== 'line_uid') continue
    const { provider } = lineParts(id.value)
    if (friendshipWith(customer, provider)?.following) return { provider }
    const [oa] = Object.entries(customer.lines ?? {}).flatMap(([key, line]) =>
      line.following && key.startsWith(`${provider}#`) ? [key.slice(provider.length + 1)] : [],
    )
    if (oa !== undefined) return { provider, oa }
  }
  return {}
}
