// What becomes of claims: each is held back, sent alone, sent with others of the same content, or settled. One that fails by a
// fault of ours holds up nobody else.
import { faultOf } from '../platform/log.ts'
import { isTransient } from '../platform/postgres.ts'
import { allSettled } from '../platform/settled.ts'
import { groupsOf, sendBatch, settleBatch } from './deliver-batch.ts'
import { deliverInner, deliverTicket } from './deliver-inner.ts'
import { judgeClaim, prepare, type Ready, sendOne } from './deliver-one.ts'
import { settleUnknown } from './deliver-unknown.ts'
import type { Work } from './deliver-work.ts'
import { back, skip } from './ends.ts'
import { addExtras } from './extras.ts'
import type { Read } from './read.ts'
import type { Claim } from './store.ts'
import { countFaults } from './sweep.ts'

/** @throws only what is transient, or anything while `stopping`: the claims run out, and are taken again */
export async function deliverClaims(work: Work, claims: Claim[], stopping: () => boolean): Promise<void> {
  const { core } = work
  async function guarded(of: Claim[], run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (isTransient(error) || stopping()) throw error
      core.log.error(faultOf(error), 'deliver: this message failed by a fault of ours')
      await countFaults(core.pool, core.signals, of)
    }
  }

  const facts = await work.read(claims)
  const ready: Ready[] = []
  let grouping = true
  const begun = claims
    .filter(c => c.state === 'claimed')
    .map(claim =>
      guarded([claim], async () => {
        const one = await begin(work, claim, facts)
        if (one === null) return
        if (grouping) ready.push(one)
        else await sendOne(work, one)
      }),
    )
  // what is written without asking anybody is ready by then; what has to ask first goes alone, and holds up nobody
  await new Promise<void>(resolve => setImmediate(resolve))
  grouping = false
  await addExtras(work, ready)
  const { alone, groups } = groupsOf(ready)
  const unknown = Map.groupBy(
    claims.filter(c => c.state === 'unknown'),
    c => c.batchId,
  )
  await allSettled([
    ...begun,
    ...alone.map(r => guarded([r.claim], () => sendOne(work, r))),
    ...groups.map(group =>
      guarded(
        group.map(r => r.claim),
        () => sendBatch(work, group),
      ),
    ),
    ...[...unknown].flatMap(([batch, list]) =>
      batch === null
        ? list.map(claim => guarded([], () => settle(work, claim, facts)))
        : [guarded([], () => settleBatch(work, batch, list))],
    ),
  ])
}

/** What may go. Null: it came to its end here. */
async function begin(work: Work, claim: Claim, facts: Read): Promise<Ready | null> {
  const workspace = facts.workspaces.get(claim.workspace)
  if (workspace) {
    const held = workspace.held[claim.intent.journey ?? '']
    const inner = work.inside.of(claim.channel)
    if (held !== undefined) {
      const end = held === 'paused' ? back('never', 'paused') : skip('exited')
      await work.settle({ claim, from: 'claimed', end, now: Date.now() + workspace.offsetMs })
      return null
    }
    if (claim.channel === 'ticket') {
      await deliverTicket(work, claim, workspace)
      return null
    }
    if (inner) {
      await deliverInner(work, claim, inner, workspace, facts)
      return null
    }
  }
  const judged = judgeClaim(claim, facts)
  if (judged !== null) return prepare(work, judged, facts)
  await work.settle({ claim, from: 'claimed', end: skip('no_account'), now: Date.now() })
  return null
}

async function settle(work: Work, claim: Claim, facts: Read): Promise<void> {
  const judged = judgeClaim(claim, facts)
  if (judged !== null) await settleUnknown(work, judged)
}
