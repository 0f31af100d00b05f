// What holds for a whole journey, as the fields of one form and back: the format nests what a form shows side by side. Pure.
import type { JourneyGraph, JourneyPolicy, Kpi } from '../../src/journeys/model.ts'
import type { FieldSpec } from '../../src/journeys/nodes/type.ts'
import { happened } from '../../src/rules/make.ts'
import type { Rule } from '../../src/rules/model.ts'

const DAY_MS = 86_400_000
export const SIGN_UP = 'Signed Up'
export const GOAL_KINDS = ['none', 'order', 'sign_up', 'event', 'rule'] as const
export type GoalKind = (typeof GOAL_KINDS)[number]
type Values = Record<string, unknown>

const ORDERED: Rule = {
  op: 'orders',
  window: { in: 'entry' },
  measure: { of: 'count', test: { is: 'at_least', value: 1 } },
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The event of a goal that asks for one alone, since the entry; null: it asks something else. */
function eventOf(rule: unknown): string | null {
  const event =
    (rule as { op?: unknown; event?: unknown } | null)?.op === 'event'
      ? (rule as { event: unknown }).event
      : null
  return typeof event === 'string' && same(rule, happened(event, 'entry')) ? event : null
}

export function goalKindOf(graph: JourneyGraph): GoalKind {
  if (!graph.goal) return 'none'
  if (same(graph.goal.rule, ORDERED)) return 'order'
  const event = eventOf(graph.goal.rule)
  return event === null ? 'rule' : event === SIGN_UP ? 'sign_up' : 'event'
}

/** The goal that choosing this kind begins with. */
export function withGoalKind(graph: JourneyGraph, kind: GoalKind): JourneyGraph {
  const { goal, ...rest } = graph
  if (kind === 'none') return rest
  const rule =
    kind === 'order'
      ? ORDERED
      : kind === 'sign_up'
        ? happened(SIGN_UP, 'entry')
        : kind === 'event'
          ? happened('', 'entry')
          : goal?.rule
  return { ...rest, goal: { exitOnGoal: true, windowMs: 7 * DAY_MS, ...goal, rule: rule as Rule } }
}

export const goalFields = (kind: GoalKind): Record<string, FieldSpec> =>
  kind === 'none'
    ? {}
    : {
        ...(kind === 'event' ? { goalEvent: { kind: 'event', required: true } } : {}),
        ...(kind === 'rule' ? { goalRule: { kind: 'rule', required: true } } : {}),
        exitOnGoal: { kind: 'flag', required: false },
        windowMs: { kind: 'duration', required: false },
      }

export const EXIT_FIELDS: Record<string, FieldSpec> = {
  exits: {
    kind: 'list',
    required: false,
    max: 20,
    of: { name: { kind: 'text', required: true }, rule: { kind: 'rule', required: true } },
  },
}
export const SENDING_FIELDS: Record<string, FieldSpec> = {
  quiet: { kind: 'choice', required: true, options: ['workspace', 'none', 'own'] },
  quietFrom: { kind: 'wall_time', required: true, when: { field: 'quiet', is: ['own'] } },
  quietTo: { kind: 'wall_time', required: true, when: { field: 'quiet', is: ['own'] } },
  caps: {
    kind: 'list',
    required: false,
    max: 4,
    of: {
      max: { kind: 'number', required: true, min: 1, max: 50 },
      withinMs: { kind: 'duration', required: true },
    },
  },
  priority: { kind: 'number', required: false, min: 1, max: 9 },
  usefulForMs: { kind: 'duration', required: false },
  lateDo: { kind: 'choice', required: true, options: ['send', 'skip'] },
  lateAfterMs: { kind: 'duration', required: true, when: { field: 'lateDo', is: ['skip'] } },
}
export const MEASURE_FIELDS: Record<string, FieldSpec> = {
  controlPercent: { kind: 'percent', required: false, min: 0, max: 90 },
  budgetAmount: { kind: 'number', required: false, min: 0 },
  budgetPer: {
    kind: 'choice',
    required: true,
    options: ['day', 'month', 'ever'],
    when: { field: 'hasBudget', is: [true] },
  },
  kpis: {
    kind: 'list',
    required: false,
    max: 50,
    of: {
      name: { kind: 'text', required: true },
      node: { kind: 'node', required: false },
      measure: { kind: 'choice', required: true, options: ['reached', 'clicked', 'goal', 'revenue', 'rule'] },
      rule: { kind: 'rule', required: true, when: { field: 'measure', is: ['rule'] } },
      windowMs: { kind: 'duration', required: true, when: { field: 'measure', is: ['rule'] } },
      target: { kind: 'number', required: true, min: 0 },
    },
  },
}

export function valuesOf({ goal, exits, policy = {} }: JourneyGraph): Values {
  const { quietHours, late, budget, kpis, ...rest } = policy
  return {
    ...rest,
    ...(goal ? { goalRule: goal.rule, goalEvent: eventOf(goal.rule) ?? '', windowMs: goal.windowMs } : {}),
    exitOnGoal: goal?.exitOnGoal === true,
    exits: exits.length > 0 ? exits : undefined,
    quiet: quietHours === undefined ? 'workspace' : quietHours === null ? 'none' : 'own',
    quietFrom: quietHours?.from,
    quietTo: quietHours?.to,
    lateDo: late?.do ?? 'send',
    lateAfterMs: late?.afterMs,
    hasBudget: budget !== undefined,
    budgetAmount: budget?.amount,
    budgetPer: budget?.per,
    kpis: kpis?.map(({ measure, node, ...kpi }) => ({
      ...kpi,
      node: node ?? undefined,
      measure: measure.kind,
      ...(measure.kind === 'rule' ? { rule: measure.rule, windowMs: measure.windowMs } : {}),
    })),
  }
}

const given = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined)) as T

/** The graph with these fields anew; what a form leaves out has its usual value. */
export function withValues(graph: JourneyGraph, fields: Values): JourneyGraph {
  const before = valuesOf(graph)
  const v: Values = { ...before, ...fields }
  const goal = graph.goal && {
    rule: (v.goalEvent !== before.goalEvent
      ? happened(String(v.goalEvent ?? ''), 'entry')
      : v.goalRule) as Rule,
    exitOnGoal: v.exitOnGoal === true,
    ...given({ windowMs: v.windowMs as number | undefined }),
  }
  const policy: JourneyPolicy = given({
    quietHours:
      v.quiet === 'workspace'
        ? undefined
        : v.quiet === 'none'
          ? null
          : { from: String(v.quietFrom ?? '22:00'), to: String(v.quietTo ?? '08:00') },
    caps: (v.caps as JourneyPolicy['caps'])?.map(c => ({
      max: c.max ?? 1,
      withinMs: c.withinMs ?? 7 * DAY_MS,
    })),
    priority: v.priority as number | undefined,
    usefulForMs: v.usefulForMs as number | undefined,
    late: v.lateDo === 'skip' ? { afterMs: Number(v.lateAfterMs ?? DAY_MS), do: 'skip' as const } : undefined,
    controlPercent: v.controlPercent === 0 ? undefined : (v.controlPercent as number | undefined),
    budget:
      v.budgetAmount === undefined
        ? undefined
        : { amount: Number(v.budgetAmount), per: (v.budgetPer ?? 'month') as 'day' | 'month' | 'ever' },
    kpis: kpisOf(v.kpis as Values[] | undefined),
  })
  const { policy: _, goal: _g, ...rest } = graph
  return {
    ...rest,
    ...(goal ? { goal } : {}),
    exits: (v.exits as JourneyGraph['exits'] | undefined) ?? [],
    ...(Object.keys(policy).length > 0 ? { policy } : {}),
  }
}

function kpisOf(list: Values[] | undefined): Kpi[] | undefined {
  const taken = new Set(list?.map(k => k.id))
  return list?.map((k, i) => {
    let id = String(k.id ?? '')
    for (let n = i + 1; id === ''; n++) if (!taken.has(`kpi-${n}`)) taken.add((id = `kpi-${n}`))
    const kind = (k.measure ?? 'reached') as Kpi['measure']['kind']
    return {
      id,
      name: String(k.name ?? ''),
      node: (k.node as string | undefined) ?? null,
      measure:
        kind === 'rule'
          ? { kind, rule: k.rule as Rule, windowMs: Number(k.windowMs ?? 30 * DAY_MS) }
          : { kind },
      target: Number(k.target ?? 0),
    }
  })
}

/** Where a fault of the graph stands in the form; null: elsewhere. */
export function fieldPath(path: string): string | null {
  if (path.startsWith('/goal/rule')) return path.replace('/goal/rule', '/goalRule')
  if (path.startsWith('/exits')) return path
  if (!path.startsWith('/policy/')) return null
  return path
    .slice('/policy'.length)
    .replace(/^\/quietHours\/(from|to)/, (_, side: string) => (side === 'to' ? '/quietTo' : '/quietFrom'))
    .replace(/^\/late\/afterMs/, '/lateAfterMs')
    .replace(/^\/budget\/amount/, '/budgetAmount')
    .replace(/^(\/kpis\/\d+)\/measure\/(rule|windowMs)/, '$1/$2')
}
