// What goes along with a message beside its content, where the account's provider takes it: a name under which messages like it
// are counted, and the token by which the customer's own message may be answered. Kept with what was rendered, so that every
// try says the same.
import type { Ready } from './deliver-one.ts'
import type { Work } from './deliver-work.ts'

/** A journey's message is an answer when what began it is the customer's own word, as long ago as an answer may take. */
const OWN_WORDS = new Set(['line.message', 'line.postback'])
const ANSWER_MS = 50_000

function answers({ claim: { intent }, mark }: Ready): boolean {
  if (intent.origin === 'reply' || intent.origin === 'auto') return true
  const { event } = intent
  return event !== null && OWN_WORDS.has(event.name) && mark.now - event.at < ANSWER_MS
}

/** Adds them to messages that are about to go out for the first time. */
export async function addExtras(work: Work, ready: Ready[]): Promise<void> {
  await Promise.all(
    ready.map(async r => {
      const { adapter, account, claim, mark } = r
      if (!adapter.extras || claim.attempts > 0) return
      const { journey, journeyVersion: version, node, origin } = claim.intent
      const { unit, replyToken } = await adapter.extras(work.core.pool, account, {
        address: mark.rendered.address,
        of: journey && version && node && origin === undefined ? { journey, version, node } : null,
        answers: answers(r),
        at: mark.now,
      })
      if (unit !== undefined) mark.rendered.unit = unit
      if (replyToken === undefined) return
      mark.rendered.replyToken = replyToken
      // the provider asks nothing for an answer: the account's quota is not touched
      const asks = r.take?.asks.filter(a => !a.key.startsWith('quota:')) ?? []
      r.take = r.take && asks.length > 0 ? { ...r.take, asks } : null
    }),
  )
}
