// The report of a journey.
import type { Out } from '../../contract.ts'
import type { JourneyGraph, Kpi } from '../../journeys/model.ts'
import { findJourney, versionGraphs } from '../../journeys/store.ts'
import type { Handlers } from '../../platform/http/handler.ts'
import { idOr404 } from '../../platform/public-id.ts'
import { rangeOf } from '../range.ts'
import { type Arm, goalLift, revenueLift } from './model.ts'
import {
  type GroupRow,
  messagesByNode,
  type NodeMessages,
  type NodePassed,
  passedByNode,
  reportGroups,
  type ReportParams,
  ruleKpis,
  runTotals,
  type TimeRow,
  timesToGoal,
} from './store.ts'

type Report = Out<'journeyReport'>

const USUAL_WINDOW_MS = 7 * 86_400_000
const NO_MESSAGES = {
  intended: 0,
  accepted: 0,
  clicked: 0,
  failed: 0,
  unknown: 0,
  skipped: 0,
  reasons: {},
  cost: 0,
}

function armOf(rows: GroupRow[]): Arm & { open: number } {
  const arm = { people: 0, goals: 0, revenue: 0, revenueSquares: 0, buyers: 0, open: 0 }
  for (const r of rows) for (const key of Object.keys(arm) as (keyof typeof arm)[]) arm[key] += r[key]
  return arm
}

const groupOf = ({ revenueSquares: _, ...arm }: Arm & { open: number }, time: TimeRow | undefined) => ({
  ...arm,
  medianMs: time?.median ?? null,
  p90Ms: time?.p90 ?? null,
})

function presentMessages({ node: _, reached: _r, clickers: _c, ...m }: NodeMessages): Report['messages'] {
  return m
}

/** A figure of those who passed its node ('': the entry). */
function kpiOf(
  { id, name, measure, target }: Kpi,
  passed: NodePassed | undefined,
  messages: Pick<NodeMessages, 'reached' | 'clickers'>,
  came: number,
): Report['nodes'][number]['kpis'][number] {
  const { runs = 0, goals = 0, revenue = 0 } = passed ?? {}
  const percent = (part: number, whole: number) => (whole === 0 ? null : (100 * part) / whole)
  const { kind } = measure
  const [value, of] =
    kind === 'reached'
      ? [messages.reached, messages.reached]
      : kind === 'clicked'
        ? [percent(messages.clickers, messages.reached), messages.reached]
        : kind === 'goal'
          ? [percent(goals, runs), runs]
          : kind === 'revenue'
            ? [revenue, runs]
            : [percent(came, runs), runs]
  return { id, name, kind, value, of, target, met: value !== null && value >= target }
}

export const journeyReportRoutes = {
  async journeyReport({ core, workspace, params, query }) {
    const journey = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    const version = query.version ?? null
    const asked = { journey: journey.id, version: version ?? journey.liveVersion ?? 0 }
    const graphs = await versionGraphs(core.pool, workspace.id, [asked])
    const graph = (graphs.get(`${asked.journey}/${asked.version}`) ?? null) as JourneyGraph | null
    const range = rangeOf(query, workspace)
    const p: ReportParams = {
      ...range,
      workspace: workspace.id,
      currency: workspace.currency,
      journey: journey.id,
      version: version ?? 0,
      windowMs: graph?.goal?.windowMs ?? USUAL_WINDOW_MS,
    }
    const { history } = core
    const [groups, times, runs, messages, passed, kpis] = await Promise.all([
      reportGroups(history, p),
      timesToGoal(history, p),
      runTotals(history, p),
      messagesByNode(history, p),
      passedByNode(history, p),
      ruleKpis(history, p),
    ])
    const [treated, control] = [false, true].map(c => armOf(groups.filter(g => g.control === c))) as [
      Arm & { open: number },
      Arm & { open: number },
    ]
    const hasControl = control.people > 0
    const total = messages.find(m => m.node === '')
    const figures = (node: string | null) => {
      const sent = messages.find(m => m.node === (node ?? '')) ?? { reached: 0, clickers: 0 }
      return (graph?.policy?.kpis ?? [])
        .filter(k => k.node === node)
        .map(k =>
          kpiOf(
            k,
            passed.find(x => x.node === (node ?? '')),
            sent,
            kpis.get(k.id) ?? 0,
          ),
        )
    }
    const versions = [...new Set(groups.map(g => g.version))]
    const names = [...new Set([...Object.keys(graph?.nodes ?? {}), ...passed.map(x => x.node)])].filter(
      n => n !== '',
    )
    return {
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      version,
      currency: workspace.currency,
      windowMs: p.windowMs,
      hasGoal: graph?.goal !== undefined,
      runs: { entered: runs.runs, goals: runs.goals, control: runs.control },
      treated: groupOf(
        treated,
        times.find(t => !t.control),
      ),
      control: hasControl
        ? groupOf(
            control,
            times.find(t => t.control),
          )
        : null,
      lift: {
        goal: hasControl ? goalLift(treated, control) : null,
        revenue: hasControl ? revenueLift(treated, control) : null,
      },
      messages: total ? presentMessages(total) : NO_MESSAGES,
      kpis: figures(null),
      nodes: names.map(node => {
        const sent = messages.find(m => m.node === node)
        const {
          runs: through = 0,
          people = 0,
          goals = 0,
          revenue = 0,
        } = passed.find(x => x.node === node) ?? {}
        return {
          node,
          passed: through,
          people,
          goals,
          revenue,
          messages: sent ? presentMessages(sent) : null,
          kpis: figures(node),
        }
      }),
      versions: versions.map(v => {
        const own = groups.filter(g => g.version === v)
        const { people, goals, revenue } = armOf(own.filter(g => !g.control))
        return { version: v, people, goals, revenue, control: armOf(own.filter(g => g.control)).people }
      }),
    }
  },
} satisfies Handlers
