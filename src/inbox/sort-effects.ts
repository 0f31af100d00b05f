// What a fold decided, sorted by the tables it goes to. Nothing is written here; what a merged customer takes along is read.
import type pg from 'pg'
import type { Said } from '../conversations/model.ts'
import { nobodyOf } from '../customers/shared.ts'
import type { CouponRow, PointsRow } from '../membership/model.ts'
import { type Intent, outcomeOfIntent } from '../messages/model.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Append } from './append.ts'
import type { Folded, Work } from './fold-model.ts'
import type { ConsentProof, FoldEffect } from './model.ts'
import type { OrderRow } from './order-model.ts'
import type { AbsorbBody } from './identity-model.ts'
import { orderRowsOf } from './order-rows.ts'
import type { Decided, Repoint } from './write-identity.ts'
import type { Cancel, Ended, Outgoing, Stop } from './write-messages.ts'
import type { Noticed } from './write-notices.ts'
import type { Entry } from './write-rights.ts'

export type Answered = {
  bucket: number
  workspace: Uuid
  key: string
  hash: Uuid
  status: number
  body: string
}

export type Sorted = {
  intents: Outgoing[]
  cancels: Cancel[]
  /** whose open intents all end: they became part of somebody */
  endAll: Ended[]
  stops: Stop[]
  proofs: Entry<ConsentProof>[]
  orders: Entry<OrderRow>[]
  said: Entry<Said>[]
  joins: { work: Work; from: Uuid }[]
  notices: Noticed[]
  coupons: Entry<CouponRow>[]
  points: Entry<PointsRow>[]
  answers: Answered[]
  repoints: Repoint[]
  /** who lost identifiers that intakes may remember of them */
  movedFrom: Set<Uuid>
  decided: Decided[]
  /** inputs for other customers */
  posts: Append[]
}

/** `offsetOf`: the workspace's offset, as this fold leaves it. */
export async function sortEffects(
  sql: pg.Client,
  folded: Folded,
  offsetOf: (bucket: number, workspace: Uuid) => number,
): Promise<Sorted> {
  const sorted: Sorted = {
    intents: [],
    cancels: [],
    endAll: [],
    stops: [],
    proofs: [],
    orders: [],
    said: [],
    joins: [],
    notices: [],
    coupons: [],
    points: [],
    answers: [],
    repoints: [],
    movedFrom: new Set(),
    decided: [],
    posts: [],
  }
  const { intents, cancels, endAll, stops, proofs, orders, said, joins, notices } = sorted
  const { coupons, points, answers, repoints, movedFrom, decided, posts } = sorted
  for (const work of folded.works) {
    const bucket = bucketOf(work.id)
    for (const e of work.effects) {
      if (e.kind === 'intent') {
        intents.push({ bucket, work, intent: e.intent, offsetMs: offsetOf(bucket, work.workspace) })
        if (e.intent.ended !== undefined) posts.push(endedInFold(work, e.intent, e.intent.ended))
      } else if (e.kind === 'cancel')
        // an adopted run's message stays in the bucket it was made in
        cancels.push({ bucket: bucketOf(e.message), message: e.message, reason: e.reason })
      else if (e.kind === 'notice') notices.push({ work, notice: e.notice })
      else if (e.kind === 'order') orders.push({ work, row: e.row })
      else if (e.kind === 'consent_proof') proofs.push({ work, row: e.row })
      else if (e.kind === 'stop_sends') stops.push({ bucket, customer: work.id, effect: e })
      else if (e.kind === 'said') said.push({ work, row: e.row })
      else if (e.kind === 'said_with') joins.push({ work, from: e.from })
      else if (e.kind === 'coupon_entry') coupons.push({ work, row: e.row })
      else if (e.kind === 'points_entry') points.push({ work, row: e.row })
      else if (e.kind === 'answer')
        answers.push({
          bucket,
          workspace: work.workspace,
          key: e.key,
          hash: e.bodyHash,
          status: e.status,
          body: JSON.stringify(e.body),
        })
      else if (e.kind === 'post') posts.push({ workspace: work.workspace, customer: e.to, input: e.input })
      else if (e.kind === 'repoint' || e.kind === 'unmerged') {
        if (e.kind === 'unmerged' || e.tell) movedFrom.add(e.from)
        for (const id of e.ids)
          repoints.push({
            workspace: work.workspace,
            kind: id.kind,
            value: id.value,
            from: e.from,
            to: work.id,
            shared: false,
          })
      } else if (e.kind === 'share') {
        movedFrom.add(work.id)
        for (const id of e.ids)
          repoints.push({
            workspace: work.workspace,
            kind: id.kind,
            value: id.value,
            from: work.id,
            to: nobodyOf(work.workspace, id),
            shared: true,
          })
      } else if (e.kind === 'conflict' || e.kind === 'settle') decided.push({ work, effect: e })
      else if (e.kind === 'merged') {
        endAll.push({ bucket, customer: work.id })
        posts.push(await absorbOf(sql, work, e))
      }
    }
  }
  answerUnfolded(folded, answers)
  forward(folded, posts, repoints)
  return sorted
}

/** Commands that came too late, and those of customers who were set aside. */
function answerUnfolded(folded: Folded, answers: Answered[]): void {
  for (const x of folded.expired)
    answers.push({
      bucket: x.bucket,
      workspace: x.workspace,
      key: x.body.key,
      hash: x.body.bodyHash,
      status: 503,
      body: JSON.stringify({
        code: 'expired',
        title: 'The command waited too long and was not carried out',
        action: 'Send it again with a new Idempotency-Key.',
      }),
    })
  for (const p of folded.parked)
    for (const row of p.rows)
      if (row.kind === 'command') {
        const body = JSON.parse(row.body) as { key: string; bodyHash: Uuid }
        answers.push({
          bucket: row.bucket,
          workspace: row.workspace_id,
          key: body.key,
          hash: body.bodyHash,
          status: 409,
          body: JSON.stringify({
            code: 'parked',
            title: 'This customer is set aside after an error',
            action: 'See Ops, Parked: release the customer, then send the command again.',
          }),
        })
      }
}

/** Inputs passed on to survivors, and the identifiers that go with them. */
function forward(folded: Folded, posts: Append[], repoints: Repoint[]): void {
  const mergedInto = new Map(
    folded.works.flatMap(w => (w.held.mergedInto ? [[w.id, w.held.mergedInto] as const] : [])),
  )
  for (const f of folded.forwards) {
    posts.push({ workspace: f.row.workspace_id, customer: f.to, hash: null, input: f.as })
    // an intake that still knew the merged id may have claimed identifiers for it: they go to the survivor too
    const from = f.row.customer_id!
    if (mergedInto.get(from) === f.to && (f.as.kind === 'event' || f.as.kind === 'merge'))
      for (const id of f.as.body.ids)
        repoints.push({
          workspace: f.row.workspace_id,
          kind: id.kind,
          value: id.value,
          from,
          to: f.to,
          shared: false,
        })
  }
}

/** What an absorbed customer takes along is read inside the transaction. */
async function absorbOf(
  sql: pg.Client,
  work: Work,
  effect: Extract<FoldEffect, { kind: 'merged' }>,
): Promise<Append> {
  const orders = await orderRowsOf(sql, work.workspace, work.id)
  const body: AbsorbBody = {
    loser: work.id,
    state: work.held.state,
    ids: effect.ids,
    orders: [...orders, ...work.effects.flatMap(x => (x.kind === 'order' ? [x.row] : []))],
    hops: effect.hops,
    ...(effect.actor === undefined ? {} : { actor: effect.actor }),
  }
  return {
    workspace: work.workspace,
    customer: effect.into,
    input: { kind: 'absorb', messageId: null, body },
  }
}

/** What the fold itself ended comes back as an outcome, like every outcome. */
const endedInFold = (work: Work, intent: Intent, reason: string): Append => ({
  workspace: work.workspace,
  customer: work.id,
  input: {
    kind: 'outcome',
    messageId: null,
    body: outcomeOfIntent(intent, {
      state: 'skipped',
      outcome: 'skipped',
      reason,
      at: intent.at,
      purpose: intent.purpose,
    }),
  },
})
