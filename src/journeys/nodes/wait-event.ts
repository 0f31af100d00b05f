// Waits for what happens, at most so long. Fields: { any: [branches], since?: 'entry' | 'node', timeoutMs: 3600000 }; a
// branch is { name, on: 'event', event, where?: [filters] }, { name, on: 'rule', rule }, or { name, on: 'message', message:
// 'mail', is: 'opened' | 'clicked' }, a send node's newest message. Short for one event: { event, where?, since?, timeoutMs }.
// `since` node (default): an event counts from when this node was entered (the first node of a run: from the trigger);
// entry: from the trigger, and passes at once. The first branch that holds decides. Opened: a person opened or clicked;
// what a mail program fetched by itself does not count. What comes after the timeout changes nothing here, nor does what
// happened before it and was told after. Ports: each branch's name (short: event), timeout.
import { z } from 'zod'
import { checkRule, faultsOf, propFilter } from '../../rules/check.ts'
import { happened } from '../../rules/make.ts'
import type { PropFilter, Rule } from '../../rules/model.ts'
import type { GraphProblem, JourneyGraph } from '../model.ts'
import type { NodeContext, NodeType, Step } from './type.ts'
import { portName } from '../shape.ts'
import { MAX_WAIT_MS } from './delay.ts'

const event = z.string().min(1).max(200)
const where = z.array(propFilter).max(10).optional()
const more = {
  since: z.enum(['entry', 'node']).optional(),
  timeoutMs: z.number().int().min(1).max(MAX_WAIT_MS),
}
const branch = z.discriminatedUnion('on', [
  z.strictObject({ name: portName, on: z.literal('event'), event, where }),
  z.strictObject({ name: portName, on: z.literal('rule'), rule: z.unknown() }),
  z.strictObject({
    name: portName,
    on: z.literal('message'),
    message: z.string().min(1).max(64),
    is: z.enum(['opened', 'clicked']),
  }),
])
const one = z.strictObject({ event, where, ...more })
const several = z.strictObject({ any: z.array(branch).min(1).max(10), ...more })

type Branch =
  | { name: string; on: 'event'; event: string; where?: PropFilter[] }
  | { name: string; on: 'rule'; rule: Rule }
  | { name: string; on: 'message'; message: string; is: 'opened' | 'clicked' }
type Fields = { since?: 'entry' | 'node'; timeoutMs: number } & (
  | { event: string; where?: PropFilter[]; any?: undefined }
  | { any: Branch[] }
)

function branchesOf(f: Fields): Branch[] {
  if (f.any !== undefined) return f.any
  return [{ name: 'event', on: 'event', event: f.event, ...(f.where ? { where: f.where } : {}) }]
}

/** Branches of fields that nobody has checked. */
const drawn = (fields: Record<string, unknown>): { name?: unknown; on?: unknown; message?: unknown }[] =>
  Array.isArray(fields.any)
    ? (fields.any as { name?: unknown }[]).filter(b => typeof b === 'object' && b !== null)
    : []

/** Nodes whose messages are waited for. */
export const messagesWaitedFor = (fields: Record<string, unknown>): string[] =>
  drawn(fields).flatMap(b => (b.on === 'message' && typeof b.message === 'string' ? [b.message] : []))

const ruleOf = (b: Exclude<Branch, { on: 'message' }>, f: Fields): Rule =>
  b.on === 'rule' ? b.rule : happened(b.event, f.since ?? 'node', b.where)

type Prepared = ((Branch & { on: 'message'; rule: null }) | { name: string; rule: Rule })[]
const prepared = new WeakMap<object, Prepared>()

/** Branches with their rules, made once for a published node: what is worked out of a rule is kept by its object. */
function prepare(fields: Record<string, unknown>): Prepared {
  let found = prepared.get(fields)
  if (found === undefined) {
    const f = fields as Fields
    found = branchesOf(f).map(b =>
      b.on === 'message' ? { ...b, rule: null } : { name: b.name, rule: ruleOf(b, f) },
    )
    prepared.set(fields, found)
  }
  return found
}

function look(fields: Record<string, unknown>, ctx: NodeContext): Step {
  const timeout = ctx.enrollment.nodeAt + (fields as Fields).timeoutMs
  let until = timeout
  for (const b of prepare(fields)) {
    if (b.rule === null) {
      const read = ctx.enrollment.read?.[b.message]
      if (read !== undefined && (b.is === 'opened' || read === 'clicked'))
        return {
          kind: 'go',
          port: b.name,
          effects: [],
          why: [{ path: '', leaf: 'message', value: true, seen: read }],
        }
      continue
    }
    const verdict = ctx.evaluate(b.rule)
    if (verdict.value) return { kind: 'go', port: b.name, effects: [], why: verdict.why }
    // time alone may make it true; a moment that has come would ring for ever
    if (verdict.until !== null && verdict.until < until) until = Math.max(verdict.until, ctx.now + 1)
  }
  if (ctx.now >= timeout) return { kind: 'go', port: 'timeout', effects: [] }
  return { kind: 'wait', wait: { kind: 'event', until: Math.min(until, timeout) }, effects: [] }
}

type Faults = Omit<GraphProblem, 'node'>[]

function faultsOfBranches(branches: z.infer<typeof branch>[], graph: JourneyGraph): Faults {
  const names = branches.map(b => b.name)
  return branches.flatMap((b, i): Faults => {
    const at = `/any/${i}`
    if (names.indexOf(b.name) !== i)
      return [
        {
          path: `${at}/name`,
          code: 'branch_twice',
          message: { zh: `分支名稱重複：${b.name}`, en: `Two branches are named ${b.name}` },
        },
      ]
    if (b.on === 'rule') {
      const checked = checkRule(b.rule, `${at}/rule`, { run: true })
      return 'faults' in checked ? checked.faults : []
    }
    return b.on === 'message' ? faultsOfMessage(b, at, graph) : []
  })
}

function faultsOfMessage(b: { message: string; is: string }, at: string, graph: JourneyGraph): Faults {
  const node = Object.hasOwn(graph.nodes, b.message) ? graph.nodes[b.message]! : null
  if (node === null || !['send', 'reach'].includes(node.type))
    return [
      {
        path: `${at}/message`,
        code: 'no_message',
        message: { zh: '這裡要選一個發送訊息的節點', en: 'This must be a node that sends a message' },
        alternative: { zh: '選擇這條旅程裡的發送節點', en: 'Choose a send node of this journey' },
      },
    ]
  if (node.type === 'send' && node.fields.channel === 'line' && b.is === 'opened')
    return [
      {
        path: `${at}/is`,
        code: 'line_tells_no_opens',
        message: {
          zh: 'LINE 不會告訴我們個別顧客是否開啟訊息',
          en: 'LINE does not tell who opened a message',
        },
        alternative: { zh: '改用「點擊」', en: 'Wait for a click instead' },
      },
    ]
  return []
}

export const waitEvent: NodeType = {
  type: 'wait_event',
  family: 'time',
  fields: {
    any: {
      kind: 'list',
      required: false,
      max: 10,
      of: {
        name: { kind: 'text', required: true },
        on: { kind: 'choice', required: true, options: ['event', 'rule', 'message'] },
        event: { kind: 'event', required: false, when: { field: 'on', is: ['event'] } },
        where: { kind: 'where', required: false, when: { field: 'on', is: ['event'] } },
        rule: { kind: 'rule', required: false, when: { field: 'on', is: ['rule'] } },
        message: { kind: 'node', required: false, when: { field: 'on', is: ['message'] } },
        is: {
          kind: 'choice',
          required: false,
          options: ['opened', 'clicked'],
          when: { field: 'on', is: ['message'] },
        },
      },
    },
    event: { kind: 'event', required: false, when: { field: 'any', is: [undefined] } },
    where: { kind: 'where', required: false, when: { field: 'any', is: [undefined] } },
    since: { kind: 'choice', required: false, options: ['node', 'entry'] },
    timeoutMs: { kind: 'duration', required: true },
  },
  ports: fields => [
    ...(fields.any === undefined
      ? ['event']
      : drawn(fields).flatMap(b => (typeof b.name === 'string' ? [b.name] : []))),
    'timeout',
  ],
  waits: () => true,
  rules: fields => prepare(fields).flatMap(b => b.rule ?? []),
  validate(fields, graph) {
    const parsed = (fields.any === undefined ? one : several).safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    return 'any' in parsed.data ? faultsOfBranches(parsed.data.any, graph) : []
  },
  enter: look,
  resume: look,
}
