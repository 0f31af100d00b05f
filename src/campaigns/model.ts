// A broadcast as people fill it in, the journey graph that it compiles to, and when a canary has failed. Pure; the web loads it.
import { z } from 'zod'
import { CHANNEL_NAMES, type ChannelName } from '../channels/model.ts'
import { MAX_WAIT_MS } from '../journeys/nodes/delay.ts'
import { METRICS } from '../journeys/nodes/experiment.ts'
import type { JourneyGraph, NodeData, NodeId } from '../journeys/model.ts'
import { DAY_MS, safeName, wallTime } from '../journeys/triggers/parts.ts'
import { propFilter } from '../rules/check.ts'
import { happened } from '../rules/make.ts'
import type { Rule } from '../rules/model.ts'

const wall = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, "a moment is written 'YYYY-MM-DDTHH:MM'")
const span = z
  .number()
  .int()
  .min(60_000)
  .max(90 * DAY_MS)
const percent = z.number().min(0.1).max(90)
const limit = z.number().min(0).max(100).optional()
const members = z.strictObject({ segment: safeName(64), group: safeName(100).optional() })

/** Contents are looked at when the graph is: a draft may lack anything. */
const option = z.strictObject({ channel: z.enum(CHANNEL_NAMES), content: z.unknown() })
const variant = z.strictObject({
  name: safeName(60),
  /** of all variants 100 together */
  percent: z.number().min(0.1).max(100),
  options: z.array(option).max(6),
})

export const broadcastSpec = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** `segment` left out: whom the channels reach */
  audience: z.strictObject({
    segment: safeName(64).optional(),
    group: safeName(100).optional(),
    exclude: z.array(members).max(10).default([]),
  }),
  purpose: z.enum(['marketing', 'transactional']).default('marketing'),
  /** one: everybody gets the same; more: they are tried against each other */
  variants: z.array(variant).min(1).max(6),
  /** of several channels: in their order, or the cheapest first */
  by: z.enum(['order', 'cost']).default('order'),
  test: z
    .strictObject({
      metric: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.enum(METRICS).exclude(['event']) }),
        z.strictObject({ kind: z.literal('event'), event: z.string().min(1).max(200) }),
      ]),
      windowMs: span,
      minPeople: z.number().int().min(10).max(1_000_000),
      autoWinner: z.boolean(),
    })
    .optional(),
  /** wall times: `at` in the workspace's zone; `local` in each person's, as the attribute says; `best`: within a day of the
   *  start at the hour at which the person acts most */
  when: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('now') }),
    z.strictObject({ kind: z.literal('at'), at: wall }),
    z.strictObject({ kind: z.literal('local'), at: wall, trait: safeName(64).default('timezone') }),
    z.strictObject({ kind: z.literal('best'), at: wall.optional(), fallback: wallTime }),
  ]),
  throttle: z
    .strictObject({ max: z.number().int().min(1).max(1_000_000), per: z.enum(['minute', 'hour']) })
    .optional(),
  holdoutPercent: percent.optional(),
  goal: z
    .strictObject({
      event: z.string().min(1).max(200),
      where: z.array(propFilter).max(10).optional(),
      windowMs: span,
    })
    .optional(),
  usefulForMs: span.optional(),
  /** smallest unit of the workspace's currency */
  budget: z.number().int().min(0).max(1e12).optional(),
  /** these people first (a share, or about so many); then the others, when the time is over and no limit is passed */
  canary: z
    .strictObject({
      percent: z.number().min(0.1).max(50).optional(),
      people: z.number().int().min(1).max(1_000_000).optional(),
      waitMs: span,
      /** percent; passed: it stops by itself */
      limits: z.strictObject({ failed: limit, complained: limit, blocked: limit, missing: limit }),
    })
    .refine(c => (c.percent === undefined) !== (c.people === undefined), {
      message: 'give either a share or a number of people',
      path: ['percent'],
    })
    .optional(),
})
export type BroadcastSpec = z.infer<typeof broadcastSpec>
export type Canary = NonNullable<BroadcastSpec['canary']>

/** Channels of all variants, in the order in which they are tried. */
export const channelsOf = (spec: Pick<BroadcastSpec, 'variants'>): ChannelName[] => [
  ...new Set(spec.variants.flatMap(v => v.options.map(o => o.channel))),
]

/** The wall time from which on it may start; null: at once. */
export const wallStart = ({ when }: Pick<BroadcastSpec, 'when'>): string | null =>
  when.kind === 'now' ? null : (when.at ?? null)

const inSegment = ({ segment, group }: { segment: string; group?: string | undefined }): Rule => ({
  op: 'segment',
  segment,
  is: 'in',
  ...(group === undefined ? {} : { group }),
})

/** What the canary's share is of so many people; a number of people is about that many, as who it is goes by a hash. */
export function canaryShare(canary: Canary, audience: number | null): number {
  if (canary.percent !== undefined) return canary.percent
  if (!audience) return 10
  return Math.min(99.9, Math.max(0.1, Math.round((1000 * canary.people!) / audience) / 10))
}

const messageNode = (spec: BroadcastSpec, options: BroadcastSpec['variants'][number]['options']): NodeData =>
  options.length > 1
    ? {
        type: 'reach',
        fields: { purpose: spec.purpose, options, by: spec.by },
        next: { accepted: null, unreachable: null },
      }
    : {
        type: 'send',
        fields: { channel: options[0]?.channel, purpose: spec.purpose, content: options[0]?.content },
        next: { accepted: null },
      }

export const CANARY_NODE = 'canary'
export const GATE_NODE = 'gate'
/** Of the canary's two ways. */
export const FIRST = 'first'

/** The graph. `audience`: how many people it is for, where that is known. */
export function compileBroadcast(spec: BroadcastSpec, audience: number | null = null): JourneyGraph {
  const nodes: Record<NodeId, NodeData> = {}
  const chain: { id: NodeId; node: (next: NodeId) => NodeData }[] = []
  const { when, canary, throttle, variants, goal } = spec
  if (when.kind === 'best')
    chain.push({
      id: 'best',
      node: next => ({
        type: 'delay',
        fields: { mode: 'best', best: { fallback: when.fallback } },
        next: { next },
      }),
    })
  if (when.kind === 'local')
    chain.push({
      id: 'local',
      node: next => ({
        type: 'delay',
        fields: { mode: 'date', date: { date: when.at.slice(0, 10), time: when.at.slice(11) } },
        next: { next },
      }),
    })
  if (canary)
    chain.push({
      id: CANARY_NODE,
      node: next => {
        const share = canaryShare(canary, audience)
        const shares = [
          { name: FIRST, percent: share },
          { name: 'rest', percent: Math.round((100 - share) * 10) / 10 },
        ]
        nodes[GATE_NODE] = { type: 'delay', fields: { mode: 'for', ms: MAX_WAIT_MS }, next: { next } }
        return { type: 'random_split', fields: { shares }, next: { [FIRST]: next, rest: GATE_NODE } }
      },
    })
  if (throttle)
    chain.push({ id: 'throttle', node: next => ({ type: 'throttle', fields: throttle, next: { next } }) })
  if (variants.length === 1) chain.push({ id: 'send', node: () => messageNode(spec, variants[0]!.options) })
  else {
    chain.push({
      id: 'test',
      node: () => ({
        type: 'experiment',
        fields: {
          variants: variants.map(v => ({ name: v.name, percent: v.percent })),
          ...(spec.test ?? {
            metric: { kind: 'clicked' },
            windowMs: DAY_MS,
            minPeople: 100,
            autoWinner: true,
          }),
        },
        next: Object.fromEntries(variants.map((v, i) => [v.name, `send_${i + 1}`])),
      }),
    })
    variants.forEach((v, i) => {
      nodes[`send_${i + 1}`] = { ...messageNode(spec, v.options), title: v.name }
    })
  }
  chain.forEach(({ id, node }, i) => {
    nodes[id] = node(chain[i + 1]?.id ?? '')
  })
  const { segment, group, exclude } = spec.audience
  const out = exclude.map(inSegment)
  return {
    format: 1,
    name: spec.name,
    trigger: {
      kind: 'broadcast',
      ...(segment === undefined ? {} : { segment }),
      ...(segment === undefined || group === undefined ? {} : { group }),
      channels: channelsOf(spec),
      purpose: spec.purpose,
    },
    ...(out.length === 0
      ? {}
      : { entry: { exclude: out.length === 1 ? out[0]! : { op: 'or', rules: out } } }),
    reentry: { kind: 'never' },
    ...(goal === undefined
      ? {}
      : {
          goal: {
            rule: happened(goal.event, 'entry', goal.where),
            exitOnGoal: false,
            windowMs: goal.windowMs,
          },
        }),
    exits: [],
    policy: {
      ...(when.kind === 'local' ? { zone: { trait: when.trait } } : {}),
      ...(spec.usefulForMs === undefined ? {} : { usefulForMs: spec.usefulForMs }),
      ...(spec.holdoutPercent === undefined ? {} : { controlPercent: spec.holdoutPercent }),
      ...(spec.budget === undefined ? {} : { budget: { amount: spec.budget, per: 'ever' } }),
    },
    start: chain[0]!.id,
    nodes,
  }
}

/** The canary has passed: there is none in it any more. Nodes behind it keep their names, so that who waits at the gate goes
 *  on to them. */
export function withoutCanary(graph: JourneyGraph): JourneyGraph {
  const { [CANARY_NODE]: canary, [GATE_NODE]: gate, ...nodes } = graph.nodes
  const next = gate?.next.next
  return canary === undefined || typeof next !== 'string' ? graph : { ...graph, start: next, nodes }
}

export type SpecProblem = { path: string; code: string; message: { zh: string; en: string } }

/** What stands against it beyond its graph. `now`: wall time of the workspace, 'YYYY-MM-DDTHH:MM'. */
export function specProblems(spec: BroadcastSpec, now: string): SpecProblem[] {
  const problems: SpecProblem[] = []
  const wrong = (path: string, code: string, zh: string, en: string) =>
    problems.push({ path, code, message: { zh, en } })
  spec.variants.forEach((v, i) => {
    if (v.options.length === 0)
      wrong(`/variants/${i}/options`, 'no_channel', '請至少選一個渠道', 'Choose at least one channel')
  })
  const start = wallStart(spec)
  if (start !== null && start < now && spec.when.kind !== 'local')
    wrong('/when/at', 'past', '發送時間已經過了，請改成之後的時間', 'This time is past: choose a later one')
  if (spec.canary && spec.when.kind !== 'now' && spec.when.kind !== 'at')
    wrong(
      '/canary',
      'canary_when',
      '先導發送只能搭配「立即」或「指定時間」：各人時間不同時，無法先看第一批的結果',
      'A canary goes with "now" or "at a time" only: where everybody has a time of their own there is no first group to look at',
    )
  if (spec.canary && Object.values(spec.canary.limits).every(l => l === undefined))
    wrong(
      '/canary/limits',
      'no_limit',
      '先導發送至少要有一個停損條件',
      'A canary needs at least one limit at which it stops',
    )
  if (spec.holdoutPercent !== undefined && spec.goal === undefined)
    wrong(
      '/goal',
      'holdout_without_goal',
      '要保留對照組，請先設定目標',
      'To keep a control group, set a goal: without one there is nothing to compare',
    )
  return problems
}

// ── canary ───────────────────────────────────────────────────────────────────

/** What became of the messages of those who went first; `mayTell`: accepted by channels that tell deliveries. */
export type CanaryFigures = {
  accepted: number
  failed: number
  unknown: number
  complained: number
  blocked: number
  mayTell: number
  delivered: number
}

export type CanaryVerdict = { limit: keyof Canary['limits']; percent: number; most: number }

/** With fewer messages than this only the end of the waiting time decides. */
const ENOUGH = 20

/** The first limit that is passed; null: none is. Deliveries may be late, so what is missing counts only at the `end`. */
export function judgeCanary(f: CanaryFigures, limits: Canary['limits'], end: boolean): CanaryVerdict | null {
  const tried = f.accepted + f.failed + f.unknown
  if (!end && tried < ENOUGH) return null
  const shares: [keyof Canary['limits'], number, number][] = [
    ['failed', f.failed + f.unknown, tried],
    ['complained', f.complained, f.accepted],
    ['blocked', f.blocked, f.accepted],
    ['missing', end ? f.mayTell - f.delivered : 0, f.mayTell],
  ]
  for (const [limit, part, whole] of shares) {
    const most = limits[limit]
    if (most === undefined || whole === 0) continue
    const share = (100 * part) / whole
    if (share > most) return { limit, percent: Math.round(share * 10) / 10, most }
  }
  return null
}

// ── states ───────────────────────────────────────────────────────────────────

export const BROADCAST_STATES = [
  'draft',
  'approval',
  'scheduled',
  'canary',
  'sending',
  'paused',
  'canary_stopped',
  'cancelled',
  'done',
] as const
export type BroadcastState = (typeof BROADCAST_STATES)[number]

/** What a person sees of the journey's status and the broadcast's row. */
export function stateOf(b: {
  status: string
  started: boolean
  ended: boolean
  cancelled: boolean
  canary: 'open' | 'passed' | 'stopped' | null
  asked: boolean
}): BroadcastState {
  if (!b.started) {
    if (b.status === 'live') return 'scheduled'
    return b.asked ? 'approval' : 'draft'
  }
  if (b.cancelled || b.status === 'stopped') return 'cancelled'
  if (b.ended) return 'done'
  if (b.canary === 'stopped' && b.status === 'paused') return 'canary_stopped'
  if (b.status === 'paused') return 'paused'
  return b.canary === 'open' ? 'canary' : 'sending'
}

export const BROADCAST_ACTS = ['pause', 'resume', 'cancel', 'take_back'] as const
export type BroadcastAct = (typeof BROADCAST_ACTS)[number]

/** Where each act leads the journey, from which states. Take back: a scheduled one becomes a draft again. */
export const ACTS: Record<
  BroadcastAct,
  { from: readonly BroadcastState[]; to: 'paused' | 'live' | 'stopped' }
> = {
  pause: { from: ['sending', 'canary'], to: 'paused' },
  resume: { from: ['paused', 'canary_stopped'], to: 'live' },
  cancel: { from: ['sending', 'canary', 'paused', 'canary_stopped'], to: 'stopped' },
  take_back: { from: ['scheduled'], to: 'stopped' },
}
