// What holds for a whole journey, as far as a fold decides it: whose quiet hours count, and faults of a policy. Pure.
import { checkRule } from '../rules/check.ts'
import type { QuietHours } from '../customers/world.ts'
import { COST_SCALE } from '../channels/price.ts'
import type { Intent, Limit } from '../messages/model.ts'
import type { Uuid } from '../platform/ids.ts'
import { isZone } from '../platform/wall-time.ts'
import { percentOf } from '../rules/percent.ts'
import type { GraphProblem, JourneyGraph, JourneyPolicy, PublishedJourney } from './model.ts'

/** A journey's own quiet hours, else the workspace's. */
export const quietHoursOf = (graph: JourneyGraph, ofWorkspace: QuietHours | null): QuietHours | null =>
  graph.policy?.quietHours === undefined ? ofWorkspace : graph.policy.quietHours

/** The zone that wall times of a journey mean for this person: their own, where the journey asks for it and their attribute
 *  names one; else the workspace's. */
export function zoneOf(
  graph: JourneyGraph,
  traits: Readonly<Record<string, { v: unknown }>>,
  ofWorkspace: string,
): string {
  const trait = graph.policy?.zone?.trait
  if (trait === undefined || !Object.hasOwn(traits, trait)) return ofWorkspace
  const own = traits[trait]!.v
  return typeof own === 'string' && isZone(own) ? own : ofWorkspace
}

/** How long somebody of the control group is watched; null: this one walks the journey. The same people each time; whom a
 *  person adds by hand always walks. */
export function controlWindow(journey: PublishedJourney, customer: Uuid, trigger: string): number | null {
  const { goal, policy } = journey.graph
  const share = policy?.controlPercent ?? 0
  if (share === 0 || goal?.windowMs === undefined || trigger === 'command') return null
  return percentOf(customer, `control:${journey.id}`) < share ? goal.windowMs : null
}

const HELD_OUT_MS = 7 * 86_400_000

/** Whether a journey sells: it may send marketing messages. */
const sells = ({ nodes }: JourneyGraph): boolean =>
  Object.values(nodes).some(
    ({ type, fields }) =>
      fields.purpose === 'marketing' || (type === 'ask' && (fields.purpose ?? 'marketing') === 'marketing'),
  )

/** The workspace's own control group, over all journeys that sell: how long somebody of it is watched; null: not of it;
 *  undefined: the workspace has none, or it does not concern this journey. */
export function heldOut(
  journey: PublishedJourney,
  customer: Uuid,
  trigger: string,
  percent = 0,
): number | null | undefined {
  if (percent === 0 || trigger === 'command' || !sells(journey.graph)) return undefined
  return percentOf(customer, 'holdout') < percent ? (journey.graph.goal?.windowMs ?? HELD_OUT_MS) : null
}

/** What the journey's messages may cost together; counted in ten-thousandths of the smallest unit. */
export const budgetOf = (journey: Uuid, { amount, per }: NonNullable<JourneyPolicy['budget']>): Limit => ({
  key: `budget:${journey}`,
  max: amount * COST_SCALE,
  per,
  amount: 'cost',
  wait: false,
})

const MINUTE_MS = 60_000
/** What is written so long after it was decided for was held up by a standstill, and with it much else. */
const STANDSTILL_MS = 10 * MINUTE_MS
const MOST_SPREAD_MS = 30 * MINUTE_MS

/** When a message is first looked at that is written at `now`: after a standstill not all at once, but spread over as long
 *  as that lasted, half an hour at most, and within what is left of the message's usefulness. */
export function staggered(
  { id, at, notBefore, notAfter }: Pick<Intent, 'id' | 'at' | 'notBefore' | 'notAfter'>,
  now: number,
): number {
  const lateMs = now - at
  if (lateMs < STANDSTILL_MS) return notBefore
  const from = Math.max(notBefore, now)
  const left = notAfter === null ? MOST_SPREAD_MS : Math.max(0, notAfter - from)
  return from + Math.floor((Math.min(lateMs, MOST_SPREAD_MS, left) * percentOf(id, 'late')) / 100)
}

/** Faults of goal window, policy and KPIs, beyond their shape. */
export function policyProblems({ goal, policy = {}, nodes }: JourneyGraph): GraphProblem[] {
  const problems: GraphProblem[] = []
  const wrong = (path: string, code: string, zh: string, en: string, node: string | null = null) =>
    problems.push({ node, path: `/policy/${path}`, code, message: { zh, en } })
  const { quietHours, controlPercent = 0, kpis = [] } = policy
  if (quietHours && quietHours.from === quietHours.to)
    wrong(
      'quietHours/to',
      'quiet_empty',
      '靜音時段的開始與結束不能相同',
      'Quiet hours must end at another time than they start',
    )
  if (controlPercent > 0 && goal?.windowMs === undefined)
    wrong(
      'controlPercent',
      'control_without_goal',
      '要保留對照組，請先設定旅程目標與目標期限：沒有期限就無法公平比較',
      'To keep a control group, set a goal with a window: without one the two groups cannot be compared',
    )
  kpis.forEach((kpi, i) => {
    const at = `kpis/${i}`
    if (kpis.findIndex(k => k.id === kpi.id) !== i)
      wrong(`${at}/id`, 'kpi_twice', `指標代碼重複：${kpi.id}`, `Two figures have the id ${kpi.id}`)
    if (kpi.node !== null && !Object.hasOwn(nodes, kpi.node))
      wrong(
        `${at}/node`,
        'kpi_node',
        `「${kpi.name}」的節點已不存在`,
        `The node of "${kpi.name}" is gone: choose another`,
      )
    if (kpi.measure.kind === 'goal' && goal === undefined)
      wrong(
        `${at}/measure`,
        'kpi_goal',
        `「${kpi.name}」要看目標達成，但旅程沒有目標`,
        `"${kpi.name}" asks for the goal, but the journey has none`,
      )
    if (kpi.measure.kind !== 'rule') return
    const checked = checkRule(kpi.measure.rule, `/policy/${at}/measure/rule`, { run: true })
    if ('faults' in checked) problems.push(...checked.faults.map(f => ({ node: null, ...f })))
  })
  return problems
}
