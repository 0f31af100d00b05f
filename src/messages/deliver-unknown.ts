// An unknown message: what became of it is asked where the provider says it; else the bytes stored at the first try go out again
// under the same key, within the time the provider keeps it.
import { RESOLVE_WITHIN_MS } from './decide.ts'
import { suppressionAsk } from './deliver-batch.ts'
import { costOfMessage, type Judged } from './deliver-one.ts'
import type { Work } from './deliver-work.ts'
import { stay } from './ends.ts'
import { isSuppressed } from './suppression.ts'

export async function settleUnknown(work: Work, judged: Judged): Promise<void> {
  const { claim, account, adapter, decision, now } = judged
  const { rendered } = claim
  const stays = (delayMs: number | 'never', reason: string) =>
    work.settle({ claim, from: 'unknown', end: stay(delayMs, reason), now: now() })
  const tooLate = claim.sentAt === null || Date.now() - claim.sentAt > RESOLVE_WITHIN_MS
  if (tooLate || !rendered || !account || !adapter)
    return stays('never', tooLate ? 'key_expired' : 'not_retried')
  const signal = () => AbortSignal.timeout(work.options.timeoutMs)
  const message = work.outgoing(claim, rendered, account)
  const recorded = (result: Parameters<Work['recordAnswer']>[1]) =>
    work.recordAnswer(
      {
        claim,
        from: 'unknown',
        adapter,
        account,
        address: rendered.address,
        now: now(),
        cost: costOfMessage(judged, account, adapter, rendered),
      },
      result,
    )
  // a question reaches nobody: it is asked whatever was said meanwhile
  if (adapter.query)
    return recorded(
      await work.ask(
        adapter,
        () => adapter.query!(account, message, signal()),
        other => other,
      ),
    )
  if (adapter.delivery !== 'at_least_once') return stays('never', 'not_retried')
  if (decision.do === 'skip') return stays('never', 'not_retried')
  if (decision.do !== 'send') return stays(decision.do === 'hold' ? 60_000 : decision.ms, 'retry')
  if (await isSuppressed(work.core.pool, suppressionAsk(work, claim, decision, account)))
    return stays('never', 'not_retried')
  const shutMs = await work.breaker.waitMs(account)
  if (shutMs !== null) return stays(shutMs, 'retry')
  const release = await work.slotsOf(account, adapter).take()
  try {
    await recorded(
      await work.ask(
        adapter,
        () => adapter.send(account, message, signal()),
        other => other,
      ),
    )
  } finally {
    release()
  }
}
