// How far broadcasts are, from history: who entered and who did not and why, what became of the messages, how fast it goes.
import { INTERNAL_CHANNELS } from '../messages/model.ts'
import { askHistory, type History } from '../platform/clickhouse.ts'
import type { Uuid } from '../platform/ids.ts'
import { CANARY_NODE, FIRST, type CanaryFigures } from './model.ts'

export type Progress = {
  /** runs, but those of the control group */
  entered: number
  control: number
  notEntered: Record<string, number>
  /** runs that have ended */
  done: number
  /** messages; what came later (delivered, clicked …) is within accepted */
  accepted: number
  delivered: number
  clicked: number
  failed: number
  unknown: number
  skipped: number
  reasons: Record<string, number>
  /** messages that went out in the last ten minutes, workspace time, and the newest of them */
  recent: number
  firstAt: number | null
  lastAt: number | null
}

export const NO_PROGRESS: Progress = {
  entered: 0,
  control: 0,
  notEntered: {},
  done: 0,
  accepted: 0,
  delivered: 0,
  clicked: 0,
  failed: 0,
  unknown: 0,
  skipped: 0,
  reasons: {},
  recent: 0,
  firstAt: null,
  lastAt: null,
}

const RECENT_MS = 600_000
export const RECENT_MINUTES = RECENT_MS / 60_000

/** States of a message that went out. */
const OUT = `('message.accepted', 'message.delivered', 'message.opened', 'message.clicked', 'message.bounced', 'message.complained', 'message.blocked')`
const ARRIVED = `('message.delivered', 'message.opened', 'message.clicked', 'message.complained')`

/** By journey; one that history knows nothing of is left out. `now`: workspace ms. */
export async function progressOf(
  history: History,
  workspace: Uuid,
  journeys: Uuid[],
  now: number,
): Promise<Map<Uuid, Progress>> {
  if (journeys.length === 0) return new Map()
  type Row = {
    journey: Uuid
    name: string
    reason: string
    control: boolean
    n: number
    recent: number
    first: number
    last: number
  }
  const rows = await askHistory<Row>(
    history,
    `select journey_id as journey, name, if(name in ('message.skipped', 'journey.not_entered'), JSONExtractString(props, 'reason'), '') as reason,
            JSONExtractBool(props, 'control') as control,
            toFloat64(if(startsWith(name, 'message.'), uniqExact(message), count())) as n,
            toFloat64(countIf(occurred > fromUnixTimestamp64Milli({since:Int64}, 'UTC'))) as recent,
            toFloat64(toUnixTimestamp64Milli(min(occurred))) as first, toFloat64(toUnixTimestamp64Milli(max(occurred))) as last
       from event
      where workspace_id = {workspace:UUID} and journey_id in {journeys:Array(UUID)}
        and name in ('journey.entered', 'journey.not_entered', 'journey.exited', 'message.accepted', 'message.delivered', 'message.clicked',
                     'message.failed', 'message.unknown', 'message.skipped')
        and not has({internal:Array(String)}, channel)
      group by journey, name, reason, control`,
    { workspace, journeys, since: now - RECENT_MS, internal: INTERNAL_CHANNELS },
  )
  const found = new Map<Uuid, Progress>()
  for (const r of rows) {
    let p = found.get(r.journey)
    if (!p) found.set(r.journey, (p = { ...NO_PROGRESS, notEntered: {}, reasons: {} }))
    if (r.name === 'journey.entered') p[r.control ? 'control' : 'entered'] += r.n
    else if (r.name === 'journey.exited') p.done += r.control ? 0 : r.n
    else if (r.name === 'journey.not_entered') p.notEntered[r.reason] = (p.notEntered[r.reason] ?? 0) + r.n
    else {
      const state = r.name.slice('message.'.length) as 'accepted' | 'delivered' | 'clicked' | 'skipped'
      p[state] += r.n
      if (state === 'skipped') p.reasons[r.reason] = (p.reasons[r.reason] ?? 0) + r.n
      if (state === 'accepted')
        Object.assign(p, { recent: p.recent + r.recent, firstAt: r.first, lastAt: r.last })
    }
  }
  return found
}

/** When it will be over as things go; null: nothing says. `total`: people it is for. */
export function etaOf(p: Progress, total: number, throttle: number | null, now: number): number | null {
  const left = total - count(p.notEntered) - p.control - p.done
  if (left <= 0) return null
  const seen = Math.min(RECENT_MINUTES, Math.max(1, (now - (p.firstAt ?? now)) / 60_000))
  const perMinute = throttle ?? (p.recent > 0 ? p.recent / seen : 0)
  return perMinute === 0 ? null : now + Math.ceil((left / perMinute) * 60_000)
}

const count = (reasons: Record<string, number>): number => Object.values(reasons).reduce((a, b) => a + b, 0)

/** Everybody of the audience is in, or is told not to be. */
export const allAnswered = (p: Progress, audience: number): boolean =>
  p.entered + p.control + count(p.notEntered) >= audience

/** What became of the messages of those who went first. A channel tells deliveries where it ever did in this workspace. */
export async function canaryFigures(
  history: History,
  workspace: Uuid,
  journey: Uuid,
): Promise<CanaryFigures> {
  const rows = await askHistory<CanaryFigures>(
    history,
    `with tells as (select distinct channel from event where workspace_id = {workspace:UUID} and name = 'message.delivered')
     select toFloat64(uniqExactIf(message, name in ${OUT})) as accepted, toFloat64(uniqExactIf(message, name = 'message.failed')) as failed,
            toFloat64(uniqExactIf(message, name = 'message.unknown')) as unknown,
            toFloat64(uniqExactIf(message, name = 'message.complained')) as complained,
            toFloat64(uniqExactIf(message, name = 'message.blocked')) as blocked,
            toFloat64(uniqExactIf(message, name in ${OUT} and channel in tells)) as mayTell,
            toFloat64(uniqExactIf(message, name in ${ARRIVED} and channel in tells)) as delivered
       from event
      where workspace_id = {workspace:UUID} and journey_id = {journey:UUID} and startsWith(name, 'message.')
        and not has({internal:Array(String)}, channel)`,
    { workspace, journey, internal: INTERNAL_CHANNELS },
  )
  return rows[0]!
}

/** How many runs go first. */
export async function wentFirst(history: History, workspace: Uuid, journey: Uuid): Promise<number> {
  const rows = await askHistory<{ n: number }>(
    history,
    `select toFloat64(uniqExact(enrollment_id)) as n from event
      where workspace_id = {workspace:UUID} and journey_id = {journey:UUID} and name = 'node.left' and node = '${CANARY_NODE}'
        and JSONExtractString(props, 'port') = '${FIRST}'`,
    { workspace, journey },
  )
  return rows[0]!.n
}
