// What a publication does with one run that waits on an earlier version: it stays, is moved, catches up, goes on, or ends.
// The run keeps its id and its occurrences, so no message is sent twice for one (enrollment, node, occurrence).
import { derive, type Fold } from '../../customers/fold.ts'
import { never } from '../../platform/errors.ts'
import type { Enrollment, NodeId, PublishedJourney } from '../model.ts'
import type { Step } from '../nodes/type.ts'
import { nodeType } from '../register.ts'
import { checkEnds, endRun, leaveNode } from '../ends.ts'
import { contextOf, proceed, visit } from '../run.ts'
import { refsOf } from '../intents.ts'
import { wayOf } from '../ways.ts'
import type { Pending } from './pending.ts'

const NONE: ReadonlySet<string> = new Set()

/** `journey`: the version that the run is on. */
export function moveRun(fold: Fold, run: Enrollment, journey: PublishedJourney, pending: Pending): void {
  const { to, move } = pending
  if (move === null) {
    run.mv = to.version
    return
  }
  switch (move.do) {
    case 'move':
      if (stays(journey, to, run, move.to)) stay(fold, run, journey, to)
      else goTo(fold, run, to, move.to)
      break
    case 'catch_up': {
      const back = { node: run.node, nodeAt: run.nodeAt, wait: run.wait, v: run.v }
      goTo(fold, run, to, move.to, back)
      break
    }
    case 'release':
      release(fold, run, journey, to, move.port)
      break
    case 'exit':
      endRun(fold, run, 'removed', { published: to.version })
      break
    default:
      never(move)
  }
}

const typeAt = (journey: PublishedJourney, node: NodeId): string | undefined =>
  Object.hasOwn(journey.graph.nodes, node) ? journey.graph.nodes[node]!.type : undefined

/** The same node of the same kind: it waits on there. */
const stays = (from: PublishedJourney, to: PublishedJourney, run: Enrollment, node: NodeId): boolean =>
  node === run.node && typeAt(from, node) !== undefined && typeAt(from, node) === typeAt(to, node)

function turnTo(fold: Fold, run: Enrollment, to: PublishedJourney, node: NodeId): void {
  const from = run.v
  run.v = to.version
  delete run.mv
  derive(fold, 'journey.moved', { from, from_node: run.node }, { ...refsOf(run), node })
}

/** Waits on in the new version. A time is decided anew, from when the node was entered; a message that was decided on
 *  stays as it is, and what comes of it goes the new version's ways. */
function stay(fold: Fold, run: Enrollment, from: PublishedJourney, to: PublishedJourney): void {
  leaveNode(fold, run, 'moved', {})
  turnTo(fold, run, to, run.node)
  if (run.back !== undefined && typeAt(to, run.back.node) !== typeAt(from, run.back.node)) delete run.back
  derive(fold, 'node.entered', { moved: true }, { ...refsOf(run), node: run.node })
  if (checkEnds(fold, run, to)) return
  const data = to.graph.nodes[run.node]!
  const type = nodeType(data.type)
  // what the new version asks may be so by now
  fold.changed = true
  if (type?.family !== 'time' || run.wait?.kind === 'message') return
  const step = asEnteredThen(fold, run, () => type.enter(data.fields, contextOf(fold, run, to, NONE)))
  if (step.kind === 'wait' && step.effects.length === 0) run.wait = step.wait
  else proceed(fold, run, to, step)
}

/** Decides as of the moment at which the node was entered. */
function asEnteredThen(fold: Fold, run: Enrollment, decide: () => Step): Step {
  const { t } = fold
  fold.t = run.nodeAt
  try {
    return decide()
  } finally {
    fold.t = t
  }
}

/** Ends what the run waits for at its node, and takes it off. */
function putDown(fold: Fold, run: Enrollment): void {
  if (run.wait?.kind === 'message' && run.wait.got === undefined)
    fold.effects.push({ kind: 'cancel', message: run.wait.message, reason: 'moved' })
  run.wait = null
  delete run.back
}

function goTo(
  fold: Fold,
  run: Enrollment,
  to: PublishedJourney,
  node: NodeId,
  back?: NonNullable<Enrollment['back']>,
): void {
  putDown(fold, run)
  leaveNode(fold, run, 'moved', {})
  turnTo(fold, run, to, node)
  if (back !== undefined) run.back = back
  const step = visit(fold, run, to, node)
  if (step !== null) proceed(fold, run, to, step)
}

/** Goes on through a port of its own version; in the new one where that has the next node, too. */
function release(
  fold: Fold,
  run: Enrollment,
  from: PublishedJourney,
  to: PublishedJourney,
  port: string,
): void {
  putDown(fold, run)
  leaveNode(fold, run, port, { published: to.version })
  const next = typeAt(from, run.node) === undefined ? null : wayOf(from.graph.nodes[run.node]!, port)
  if (next === null) {
    endRun(fold, run, 'completed', {}, false)
    return
  }
  const turns = typeAt(to, next) !== undefined
  if (turns) turnTo(fold, run, to, next)
  else run.mv = to.version
  const on = turns ? to : from
  const step = visit(fold, run, on, next)
  if (step !== null) proceed(fold, run, on, step)
}
