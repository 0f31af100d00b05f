// Scenarios of a journey: somebody, what happens to them at which times, and what is expected by then. Written as YAML
// beside the journey's file and run by `itinera journey test` with the simulator's clock. docs/JOURNEYS.md, "As code",
// shows each part. Pure.
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import type { World } from '../customers/world.ts'
import { wallTime } from './shape.ts'
import type { Uuid } from '../platform/ids.ts'
import type { JourneyGraph } from './model.ts'
import { asNewcomer, madeUp, trialWorld, type MadeUp } from './simulate-start.ts'
import { simulate } from './simulate.ts'
import type { Ending, SimAction, Walk } from './walk.ts'
import { lengthOf } from './text-values.ts'
import type { TextFault } from './text.ts'

const length = z
  .string()
  .refine(t => lengthOf(t) !== null, { message: "a length of time is written '1h30m', '3d' …" })
  .transform(t => lengthOf(t)!)
const props = z.record(z.string(), z.unknown())
const several = z.union([z.string(), z.array(z.string())]).transform(v => (typeof v === 'string' ? [v] : v))
const OUTCOMES = ['accepted', 'failed', 'skipped', 'unknown'] as const
const STATES = [...OUTCOMES, 'delivered', 'opened', 'clicked', 'bounced', 'complained', 'blocked'] as const

const person = z.strictObject({
  seed: z.number().int().min(0).optional(),
  traits: props.optional(),
  tags: z.array(z.string()).optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  memberNo: z.string().optional(),
  line: z.boolean().optional(),
  consent: z.record(z.string(), z.boolean()).optional(),
  past: z.array(z.strictObject({ event: z.string(), ago: length, props: props.optional() })).optional(),
})

const expected = z.strictObject({
  /** nodes where runs are; [] for none */
  at: several.optional(),
  entered: z.boolean().optional(),
  /** the reason of the newest refusal */
  notEntered: z.string().optional(),
  /** how the newest run ended */
  exited: z.string().optional(),
  goal: z.boolean().optional(),
  /** all messages decided so far, in order: nodes, or what they became */
  messages: z
    .array(
      z.union([
        z.string(),
        z.strictObject({
          node: z.string(),
          state: z.string().optional(),
          reason: z.string().optional(),
          contains: z.string().optional(),
        }),
      ]),
    )
    .optional(),
  /** nodes that were walked through, in any order */
  passed: several.optional(),
  tags: z.array(z.string()).optional(),
  traits: props.optional(),
})
export type Expected = z.infer<typeof expected>

const step = z.strictObject({
  /** so long after the start; before anything else of the step */
  at: length.optional(),
  wait: length.optional(),
  event: z.string().optional(),
  props: props.optional(),
  traits: props.optional(),
  agree: z.string().optional(),
  refuse: z.string().optional(),
  tag: z.string().optional(),
  /** what becomes of the newest message of this node */
  message: z.string().optional(),
  becomes: z.enum(STATES).optional(),
  reason: z.string().optional(),
  enroll: z.literal(true).optional(),
  expect: expected.optional(),
})

const ending = z.union([
  z.literal('hold'),
  z.enum(OUTCOMES),
  z.strictObject({ outcome: z.enum(OUTCOMES), reason: z.string().optional() }),
])

const scenarioShape = z.strictObject({
  name: z.string().min(1),
  start: z.iso.datetime({ offset: true }).optional(),
  person: person.optional(),
  endings: z.record(z.string(), ending).optional(),
  steps: z.array(step).min(1).max(500),
})
export type Scenario = z.infer<typeof scenarioShape>

const fileShape = z.strictObject({
  world: z
    .strictObject({
      timezone: z.string().optional(),
      currency: z.string().optional(),
      quietHours: z.strictObject({ from: wallTime, to: wallTime }).nullable().optional(),
      workspace: z.string().optional(),
    })
    .optional(),
  tests: z.array(scenarioShape).min(1),
})
export type ScenarioFile = z.infer<typeof fileShape>

/** Scenarios of a text, or where it cannot be read. */
export function readScenarios(text: string): { file: ScenarioFile } | { faults: TextFault[] } {
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineOf = (at: number | undefined): number => (at === undefined ? 1 : lines.linePos(at).line)
  if (doc.errors.length > 0)
    return { faults: doc.errors.map(e => ({ line: lineOf(e.pos[0]), message: e.message })) }
  const parsed = fileShape.safeParse(doc.toJS({ maxAliasCount: 100 }))
  if (parsed.success) return { file: parsed.data }
  const faults = parsed.error.issues.map(issue => {
    const path = issue.path.map(p => (typeof p === 'symbol' ? String(p) : p))
    // the deepest part of the path that is there
    let at: number | undefined
    for (let n = path.length; n >= 0 && at === undefined; n--)
      at = (doc.getIn(path.slice(0, n), true) as { range?: [number] } | undefined)?.range?.[0]
    return { line: lineOf(at), message: `${path.join('.')}: ${issue.message}` }
  })
  return { faults }
}

// ── running ──────────────────────────────────────────────────────────────────

export type ScenarioResult = {
  name: string
  ok: boolean
  /** what was expected and was otherwise, by the number of its step from 1 */
  failures: { step: number; what: string; expected: unknown; found: unknown }[]
  walk: Walk
}

const JOURNEY: Uuid = '00000000-0000-8000-8000-00000000a11e'
const DEFAULT_START = '2026-03-02T10:00:00+08:00'

export const emptyWorld = (given: ScenarioFile['world'] = {}): World => ({
  no: 1,
  workspace: '00000000-0000-8000-8000-000000000001',
  timezone: given.timezone ?? 'Asia/Taipei',
  currency: given.currency ?? 'TWD',
  quietHours: given.quietHours ?? null,
  journeys: [],
})

/** @param world where the rules' segments and attributes are; the file's own settings stand above it */
export function runScenario(
  graph: JourneyGraph,
  scenario: Scenario,
  file: ScenarioFile,
  world: World = emptyWorld(file.world),
): ScenarioResult {
  const at = Date.parse(scenario.start ?? DEFAULT_START)
  const set = file.world ?? {}
  const trial = trialWorld(
    {
      ...world,
      ...(set.timezone === undefined ? {} : { timezone: set.timezone }),
      ...(set.currency === undefined ? {} : { currency: set.currency }),
      ...(set.quietHours === undefined ? {} : { quietHours: set.quietHours }),
    },
    { id: JOURNEY, version: 1, graph },
    false,
  )
  const { past, ...more } = scenario.person ?? {}
  const somebody: MadeUp = {
    ...more,
    ...(past ? { past: past.map(({ ago, ...p }) => ({ ...p, agoMs: ago })) } : {}),
  }
  const { state, facts } = madeUp(somebody, trial, at)
  const endings: Record<string, Ending> = {}
  for (const [node, how] of Object.entries(scenario.endings ?? {}))
    endings[node] = typeof how === 'string' && how !== 'hold' ? { outcome: how } : how
  const start = {
    world: trial,
    journey: JOURNEY,
    person: asNewcomer(state, JOURNEY),
    facts,
    at,
    workspace: { name: set.workspace ?? 'Test', locale: 'zh-TW' },
    endings,
  }
  const failures: ScenarioResult['failures'] = []
  const actions: SimAction[] = []
  let walk = simulate(start, actions)
  for (const [i, one] of scenario.steps.entries()) {
    actions.push(...actionsOf(one, at))
    walk = simulate(start, actions)
    if (walk.fault) {
      failures.push({ step: i + 1, what: 'step', expected: 'possible', found: walk.fault.text })
      break
    }
    if (one.expect) for (const f of unmet(one.expect, walk)) failures.push({ step: i + 1, ...f })
  }
  return { name: scenario.name, ok: failures.length === 0, failures, walk }
}

function actionsOf(one: z.infer<typeof step>, start: number): SimAction[] {
  const actions: SimAction[] = []
  if (one.at !== undefined) actions.push({ do: 'until', at: start + one.at })
  if (one.wait !== undefined) actions.push({ do: 'wait', ms: one.wait })
  if (one.event !== undefined)
    actions.push({ do: 'event', name: one.event, props: one.props, traits: one.traits })
  else if (one.traits !== undefined)
    actions.push({ do: 'set', command: { do: 'set_traits', traits: one.traits as Record<string, string> } })
  for (const [channel, on] of [
    [one.agree, true],
    [one.refuse, false],
  ] as const)
    if (channel !== undefined) actions.push({ do: 'set', command: { do: 'set_consent', channel, on } })
  if (one.tag !== undefined) actions.push({ do: 'set', command: { do: 'add_tag', tag: one.tag } })
  if (one.message !== undefined)
    actions.push({ do: 'message', node: one.message, state: one.becomes ?? 'accepted', reason: one.reason })
  if (one.enroll) actions.push({ do: 'enroll' })
  return actions
}

type Unmet = { what: string; expected: unknown; found: unknown }

function unmet(want: Expected, walk: Walk): Unmet[] {
  const found: Unmet[] = []
  const same = (what: string, expected: unknown, is: unknown): void => {
    if (expected !== undefined && JSON.stringify(expected) !== JSON.stringify(is))
      found.push({ what, expected, found: is ?? null })
  }
  const ours = walk.lines.filter(l => l.journey === JOURNEY && l.by === 'fold')
  const newest = (name: string): Record<string, unknown> | undefined =>
    ours.findLast(l => l.name === name)?.props
  same('at', want.at?.toSorted(), walk.here.toSorted())
  same('entered', want.entered, newest('journey.entered') !== undefined)
  same('notEntered', want.notEntered, newest('journey.not_entered')?.reason)
  same('exited', want.exited, newest('journey.exited')?.how)
  same('goal', want.goal, newest('journey.goal_reached') !== undefined)
  for (const node of want.passed ?? [])
    if (walk.visits[node] === undefined)
      found.push({ what: 'passed', expected: node, found: Object.keys(walk.visits) })
  for (const tag of want.tags ?? [])
    if (!Object.hasOwn(walk.state.tags, tag))
      found.push({ what: 'tags', expected: tag, found: Object.keys(walk.state.tags) })
  for (const [trait, value] of Object.entries(want.traits ?? {}))
    same(`traits.${trait}`, value, walk.state.traits[trait]?.v ?? null)
  if (want.messages) found.push(...unmetMessages(want.messages, walk))
  return found
}

function unmetMessages(want: NonNullable<Expected['messages']>, walk: Walk): Unmet[] {
  const asked = want.map(w => (typeof w === 'string' ? { node: w } : w))
  const nodes = walk.messages.map(m => m.node)
  if (JSON.stringify(asked.map(w => w.node)) !== JSON.stringify(nodes))
    return [{ what: 'messages', expected: asked.map(w => w.node), found: nodes }]
  return asked.flatMap((w, i): Unmet[] => {
    const is = walk.messages[i]!
    const what = `messages.${i + 1} (${w.node})`
    if ('state' in w && w.state !== undefined && w.state !== is.state)
      return [{ what, expected: w.state, found: `${is.state}${is.reason ? ` (${is.reason})` : ''}` }]
    if ('reason' in w && w.reason !== undefined && w.reason !== is.reason)
      return [{ what, expected: w.reason, found: is.reason }]
    if ('contains' in w && w.contains !== undefined && !textOf(is.content).includes(w.contains))
      return [{ what, expected: w.contains, found: is.content }]
    return []
  })
}

/** All texts of a content, one a line. */
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : typeof content === 'object' && content !== null
      ? Object.values(content).map(textOf).join('\n')
      : ''
