// How many marketing messages one person gets: the workspace's caps and those of each journey, decided in the fold. Whoever
// wants to send within the same moment is heard by priority; what a cap leaves no room for is skipped(cap). A message counts
// from its slot on, from the moment it was accepted once that is known, and not at all when it ended unsent. Pure.
import type { Fold } from '../customers/fold.ts'
import type { CustomerState } from '../customers/model.ts'
import type { World } from '../customers/world.ts'
import type { OutcomeBody } from '../inbox/model.ts'
import type { Intent } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { FrequencyCap, PublishedJourney } from './model.ts'

/** A send decided in the moment that is being folded. */
export type Want = { intent: Intent; journey: PublishedJourney }
/** Which caps there are: how far back and how many sends they look. */
export type CapPlan = { withinMs: number; most: number }

const DEFAULT_PRIORITY = 5
const NO_CAPS: FrequencyCap[] = []
const capsOfJourney = ({ graph }: PublishedJourney): FrequencyCap[] => graph.policy?.caps ?? NO_CAPS

/** Null where nothing is capped: then no send is remembered. */
export function capPlan(world: World): CapPlan | null {
  const own = world.journeys.filter(j => j.status !== 'stopped').map(capsOfJourney)
  const all = [world.sending?.caps ?? NO_CAPS, ...own]
  if (all.every(caps => caps.length === 0)) return null
  return {
    withinMs: Math.max(...all.flat().map(c => c.withinMs)),
    most: all.reduce((sum, caps) => sum + Math.max(0, ...caps.map(c => c.max)), 0),
  }
}

/** 24 bits of an id: enough to tell a person's few sends apart. */
const short = (id: Uuid): number => Number.parseInt(id.slice(24, 30), 16)

/** A send that caps may have a say in, when the moment is over. */
export function want(fold: Fold, intent: Intent, journey: PublishedJourney): void {
  if (fold.plan.caps === null) return
  if (intent.purpose === 'marketing' || fold.world.sending?.countTransactional)
    fold.wants.push({ intent, journey })
}

/** The moment is over: who may send of those who want to. */
export function decideWants(fold: Fold): void {
  if (fold.wants.length === 0) return
  const rank = (w: Want) => w.journey.graph.policy?.priority ?? DEFAULT_PRIORITY
  const wants = fold.wants.toSorted((a, b) => rank(a) - rank(b))
  fold.wants = []
  for (const { intent, journey } of wants) {
    if (intent.ended !== undefined || !isAwaited(fold.state, intent)) continue
    if (intent.purpose === 'marketing' && isCapped(fold, intent, journey)) intent.ended = 'cap'
    else note(fold, intent, journey)
  }
}

/** Its run has not ended in the same moment. */
const isAwaited = (state: CustomerState, { id }: Intent): boolean =>
  state.enr.some(r => r.wait?.kind === 'message' && r.wait.message === id)

/** Moments of what counts for this cap at `at`. */
const counted = ({ sent = [] }: CustomerState, cap: FrequencyCap, of: number | null, at: number): number[] =>
  sent.filter(([, j, t]) => Math.abs(t - at) < cap.withinMs && (of === null || j === of)).map(s => s[2])

function isCapped({ state, world }: Fold, { notBefore }: Intent, journey: PublishedJourney): boolean {
  const within = (cap: FrequencyCap, of: number | null) =>
    counted(state, cap, of, notBefore).length >= cap.max
  return (
    (world.sending?.caps ?? NO_CAPS).some(cap => within(cap, null)) ||
    capsOfJourney(journey).some(cap => within(cap, short(journey.id)))
  )
}

/** How much of each cap this person has had at `now`, the workspace's first. `until`: when there is room again, where there
 *  is none. */
export function capsNow(
  state: CustomerState,
  world: Pick<World, 'sending'>,
  journey: PublishedJourney,
  now: number,
): (FrequencyCap & { own: boolean; used: number; until: number | null })[] {
  const told = (cap: FrequencyCap, own: boolean) => {
    const had = counted(state, cap, own ? short(journey.id) : null, now).sort((a, b) => a - b)
    const last = had[had.length - cap.max]
    return { ...cap, own, used: had.length, until: last === undefined ? null : last + cap.withinMs }
  }
  return [
    ...(world.sending?.caps ?? NO_CAPS).map(c => told(c, false)),
    ...capsOfJourney(journey).map(c => told(c, true)),
  ]
}

function note({ state, plan }: Fold, { id, notBefore }: Intent, journey: PublishedJourney): void {
  const { withinMs, most } = plan.caps!
  const sent = (state.sent ?? []).filter(([, , at]) => at > notBefore - withinMs)
  sent.push([short(id), short(journey.id), notBefore])
  state.sent = sent.length > most ? sent.sort((a, b) => a[2] - b[2]).slice(-most) : sent
}

/** A message ended: unsent, it does not count; accepted, it counts from then on. */
export function countOutcome({ state }: Fold, { message, outcome, at }: OutcomeBody): void {
  if (state.sent === undefined || outcome === null || outcome === 'unknown') return
  const id = short(message)
  if (outcome === 'accepted') for (const entry of state.sent) if (entry[0] === id) entry[2] = at
  if (outcome === 'accepted') return
  state.sent = state.sent.filter(([m]) => m !== id)
  if (state.sent.length === 0) delete state.sent
}

/** What a twin was sent counts for the person. */
export function mergeSent(state: CustomerState, other: CustomerState): void {
  const more = other.sent?.filter(([m]) => !state.sent?.some(([held]) => held === m)) ?? []
  if (more.length > 0) state.sent = [...(state.sent ?? []), ...more].sort((a, b) => a[2] - b[2])
}
