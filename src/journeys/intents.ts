// The messages that a walk decides on: sends to the person, and those that go to nobody and ask for a place. Each becomes a
// row of the ledger and a fact of history.
import { saidByUs } from '../conversations/model.ts'
import { derive, type Fold } from '../customers/fold.ts'
import type { CommandBody, Derived } from '../inbox/model.ts'
import { type Intent, type Limit, moduleProps } from '../messages/model.ts'
import { bucketOf, deriveId, parseId, type Uuid } from '../platform/ids.ts'
import { want } from './caps.ts'
import type { Enrollment, Notice, PublishedJourney } from './model.ts'
import type { Effect } from './nodes/type.ts'
import { budgetOf, quietHoursOf, zoneOf } from './policy.ts'

/** A mail about yesterday's matter is of no use to the team. */
const TEAM_MAIL_MS = 86_400_000

/** What facts of a run refer to. */
export const refsOf = (run: Enrollment) => ({ journey: run.j, version: run.v, enrollment: run.id })

/** Identity of the message that this visit of the node sends: (enrollment, node, occurrence), in this customer's bucket.
 *  `part`: of a node that may send several. */
export const messageIdOf = (fold: Fold, run: Enrollment, part?: string): Uuid => {
  const bucket = bucketOf(fold.state.id)
  const occurrence = run.occ[run.node] ?? 0
  return part === undefined
    ? deriveId(bucket, run.id, run.node, occurrence)
    : deriveId(bucket, run.id, run.node, occurrence, part)
}

/** Decides a message of a node; caps may still hold it back when the walk is over. */
export function intend(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  effect: Extract<Effect, { kind: 'send' }>,
): void {
  const { channel, purpose, topic, content, notBefore, notAfter } = effect
  const account = effect.account === undefined ? null : parseId('chn', effect.account)
  const quiet = quietHoursOf(journey.graph, fold.world.quietHours)
  const { policy } = journey.graph
  const lateMs = fold.now - fold.t
  const intent = write(fold, run, journey, {
    id: messageIdOf(fold, run, effect.part),
    channel,
    purpose,
    ...(topic === undefined ? {} : { topic }),
    content,
    notBefore,
    notAfter,
    ...(account === null ? {} : { account }),
    ...(policy?.budget ? { limits: [budgetOf(run.j, policy.budget)] } : {}),
    ...(policy?.late?.do === 'skip' && lateMs > policy.late.afterMs ? { ended: 'late' as const } : {}),
    quiet:
      quiet === null
        ? null
        : { ...quiet, timezone: zoneOf(journey.graph, fold.state.traits, fold.world.timezone) },
    event: run.ev ?? null,
    ...(run.vars === undefined ? {} : { vars: run.vars }),
  })
  want(fold, intent, journey)
}

/** A call of another system: no hours, caps or budgets are asked. */
export function callOut(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  { content, notAfter }: Extract<Effect, { kind: 'call' }>,
): void {
  write(fold, run, journey, {
    id: messageIdOf(fold, run),
    channel: 'http',
    purpose: 'transactional',
    content,
    notBefore: fold.t,
    notAfter,
    quiet: null,
    event: run.ev ?? null,
    ...(run.vars === undefined ? {} : { vars: run.vars }),
  })
}

/** A notice as a mail; nobody waits for it. */
export function mailTeam(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  { text, roles, users }: Notice,
): void {
  write(fold, run, journey, {
    id: messageIdOf(fold, run, 'mail'),
    channel: 'team',
    purpose: 'transactional',
    content: { channel: 'team', text, roles, users },
    notBefore: fold.t,
    notAfter: fold.t + TEAM_MAIL_MS,
    quiet: null,
    event: run.ev ?? null,
    ...(run.vars === undefined ? {} : { vars: run.vars }),
  })
}

/** A message to nobody: the run goes on by what becomes of it. */
export function askFor(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  limits: Limit[],
  id: Uuid,
): void {
  write(fold, run, journey, {
    id,
    channel: 'ticket',
    purpose: 'transactional',
    content: { channel: 'ticket' },
    notBefore: fold.t,
    notAfter: null,
    quiet: null,
    event: null,
    limits,
  })
}

/** Puts an intent into the ledger and tells history of it. */
function write(
  fold: Fold,
  run: Enrollment,
  journey: PublishedJourney,
  what: Pick<
    Intent,
    | 'id'
    | 'channel'
    | 'purpose'
    | 'topic'
    | 'content'
    | 'notBefore'
    | 'notAfter'
    | 'quiet'
    | 'event'
    | 'limits'
    | 'ended'
    | 'vars'
    | 'account'
  >,
): Intent {
  const intent: Intent = {
    ...what,
    customer: fold.state.id,
    journey: run.j,
    journeyVersion: journey.version,
    enrollment: run.id,
    node: run.node,
    occurrence: run.occ[run.node] ?? 0,
    at: fold.t,
  }
  tell(fold, intent, { ...refsOf(run), node: run.node })
  return intent
}

/** What a person of the team writes is sent at once or, after a day, no more: no hours, caps or budgets are asked. */
const SAID_MS = 86_400_000

/** A message outside of all journeys, under an id that follows from the command's key. */
export function say(fold: Fold, key: string, said: Extract<CommandBody['command'], { do: 'say' }>): Uuid {
  const { channel, account, content, origin, by, as } = said
  const intent: Intent = {
    id: deriveId(bucketOf(fold.state.id), fold.state.id, 'say', key),
    customer: fold.state.id,
    channel,
    purpose: 'transactional',
    content,
    journey: null,
    journeyVersion: null,
    enrollment: null,
    node: null,
    occurrence: null,
    origin,
    by,
    ...(account === undefined ? {} : { account }),
    ...(as === undefined ? {} : { as }),
    notBefore: fold.t,
    notAfter: fold.t + SAID_MS,
    quiet: null,
    event: null,
    at: fold.t,
  }
  tell(fold, intent, {})
  const bubble = saidByUs(intent)
  if (bubble !== null) fold.effects.push({ kind: 'said', row: bubble })
  return intent.id
}

function tell(fold: Fold, intent: Intent, refs: Partial<Derived>): void {
  const { id, channel, purpose, notBefore, notAfter, occurrence, origin, by } = intent
  fold.effects.push({ kind: 'intent', intent })
  derive(
    fold,
    'message.intended',
    {
      purpose,
      ...(origin === undefined ? { notBefore, notAfter, occurrence } : { origin, by }),
      ...moduleProps(intent),
    },
    { ...refs, message: id, channel },
  )
}
