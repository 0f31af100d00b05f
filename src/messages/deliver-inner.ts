// What the ledger carries to nobody outside: calls of other systems, mails to the team, and tickets. Nobody's consent is asked.
import { faultPoint } from '../platform/fault.ts'
import { afterSend } from './decide.ts'
import type { Work } from './deliver-work.ts'
import type { Read } from './read.ts'
import { back, ending, skip } from './ends.ts'
import type { Inner } from './inner.ts'
import { asksOf } from './limits.ts'
import type { Rendered } from './model.ts'
import { RenderFailed } from './render.ts'
import type { Claim, WorkspaceFacts } from './store.ts'

/** A call of another system, or a mail to the team. */
export async function deliverInner(
  work: Work,
  claim: Claim,
  inner: Inner,
  workspace: WorkspaceFacts,
  facts: Read,
): Promise<void> {
  const now = () => Date.now() + workspace.offsetMs
  const customer = facts.customers.get(claim.customer) ?? null
  const account = facts.accounts.get(`${claim.workspace}:email`)?.[0] ?? null
  let rendered: Rendered
  try {
    const prepared = await inner.prepare(claim, workspace, customer, now(), account)
    if ('wait' in prepared)
      return work.settle({ claim, from: 'claimed', end: ending(prepared.wait), now: now() })
    rendered = prepared.rendered
  } catch (error) {
    if (!(error instanceof RenderFailed)) throw error
    return work.settle({
      claim,
      from: 'claimed',
      end: skip('render_failed'),
      now: now(),
      text: error.message,
    })
  }
  const release = await work.inside.slotsOf(claim.workspace).take()
  try {
    const mark = {
      claim,
      rendered,
      hidden: '',
      consentAt: null,
      followAt: null,
      ownFriends: false,
      now: now(),
    }
    const may = await work.mark(mark)
    if (may === 'stopped')
      return await work.settle({ claim, from: 'claimed', end: back('never', 'paused'), now: now() })
    if (may !== 'go') return work.metrics.lost.inc()
    faultPoint('deliver.before_socket')
    const signal = AbortSignal.timeout(work.options.timeoutMs)
    const result = await inner.send(claim, workspace, rendered, signal, account)
    faultPoint('deliver.before_record')
    const end = afterSend(result, {
      from: 'sending',
      attempt: claim.attempts + 1,
      delivery: 'at_most_once',
      random: Math.random(),
    })
    const answer = 'answer' in result ? result.answer : undefined
    const text = 'detail' in result ? result.detail : undefined
    await work.settle({ claim, from: 'sending', end, now: now(), text, answer })
  } finally {
    release()
  }
}

/** It goes to nobody: no address, no consent, no hours, and a pause of sending does not hold it. */
export async function deliverTicket(work: Work, claim: Claim, workspace: WorkspaceFacts): Promise<void> {
  const { limits = [], notAfter } = claim.intent
  const now = Date.now() + workspace.offsetMs
  if (notAfter !== null && now > notAfter)
    return work.settle({ claim, from: 'claimed', end: skip('late'), now })
  const zone = workspace.timezone
  if (!(await work.pass({ claim, zone, now, asks: asksOf(limits, now, zone, 0) }))) work.metrics.lost.inc()
}
