// Asks a question on LINE with buttons and goes on by the answer. Fields: { text: '喜歡哪一種？', answers: [{ name: 'tea', label:
// '茶', tag?: '愛茶' }], trait?: 'taste', purpose?, topic?, timeoutMs: 86400000 }; at most 13 answers. The trait gets the answer's
// name. An answer is a button of this very question, or a text that equals a label; any other text goes by `other`. What
// comes after the timeout changes nothing. Ports: each answer's name, other, timeout, unsent (the question could not be
// sent; left out: timeout).
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { Effect, NodeType, Purpose, Step } from '../model.ts'
import { portName } from '../shape.ts'
import { topic } from './content.ts'
import { MAX_WAIT_MS } from './delay.ts'

const shape = z.strictObject({
  text: z.string().min(1).max(2000),
  answers: z
    .array(
      z.strictObject({
        name: portName,
        /** LINE shows 20 characters */
        label: z.string().min(1).max(20),
        tag: z.string().min(1).max(64).optional(),
      }),
    )
    .min(1)
    .max(13),
  trait: z.string().min(1).max(64).optional(),
  purpose: z.enum(['marketing', 'transactional']).optional(),
  topic,
  timeoutMs: z.number().int().min(60_000).max(MAX_WAIT_MS),
})
type Fields = z.infer<typeof shape>

const dataOf = (message: string, i: number): string => `ask:${message}:${i}`

const answered = (f: Fields, i: number): Step => {
  const { name, label, tag } = f.answers[i]!
  const effects: Effect[] = []
  if (f.trait !== undefined) effects.push({ kind: 'set_trait', trait: f.trait, value: name })
  if (tag !== undefined) effects.push({ kind: 'add_tag', tag })
  return {
    kind: 'go',
    port: name,
    effects,
    why: [{ path: '', leaf: 'answer', value: true, seen: label }],
    keep: { answer: name, text: label },
  }
}

const plain = (text: string): string => text.trim().toLowerCase()

export const ask: NodeType = {
  type: 'ask',
  family: 'message',
  fields: {
    text: { kind: 'text', required: true },
    answers: {
      kind: 'list',
      required: true,
      max: 13,
      of: {
        name: { kind: 'text', required: true },
        label: { kind: 'text', required: true, max: 20 },
        tag: { kind: 'tag', required: false },
      },
    },
    trait: { kind: 'trait', required: false },
    purpose: { kind: 'choice', required: false, options: ['marketing', 'transactional'] },
    topic: { kind: 'topic', required: false },
    timeoutMs: { kind: 'duration', required: true, min: 60_000 },
  },
  ports: fields => [
    ...(Array.isArray(fields.answers) ? fields.answers : []).flatMap((a: { name?: unknown } | null) =>
      typeof a?.name === 'string' ? [a.name] : [],
    ),
    'other',
    'timeout',
    'unsent',
  ],
  fallback: { unsent: 'timeout' },
  twinPort: 'timeout',
  waits: () => true,
  texts: fields => (typeof fields.text === 'string' ? [{ path: '/text', text: fields.text }] : []),
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    const names = parsed.data.answers.map(a => a.name)
    return names.flatMap((name, i) =>
      names.indexOf(name) === i
        ? []
        : [
            {
              path: `/answers/${i}/name`,
              code: 'branch_twice',
              message: { zh: `答案名稱重複：${name}`, en: `Two answers are named ${name}` },
            },
          ],
    )
  },
  enter(fields, ctx) {
    const f = fields as Fields
    const message = ctx.messageId()
    const notBefore = ctx.allowedFrom(ctx.now)
    const items = f.answers.map(({ label }, i) => ({
      type: 'action',
      action: { type: 'postback', label, data: dataOf(message, i), displayText: label },
    }))
    return {
      kind: 'wait',
      wait: { kind: 'message', message },
      effects: [
        {
          kind: 'send',
          channel: 'line',
          purpose: (f.purpose ?? 'marketing') as Purpose,
          ...(f.topic === undefined ? {} : { topic: f.topic }),
          content: { channel: 'line', messages: [{ type: 'text', text: f.text, quickReply: { items } }] },
          notBefore,
          notAfter: Math.max(ctx.now, notBefore) + f.timeoutMs,
        },
      ],
    }
  },
  resume(fields, ctx, why) {
    const f = fields as Fields
    const { wait } = ctx.enrollment
    if (wait === null || wait.kind === 'time' || wait.message === undefined || why.kind === 'timer')
      return { kind: 'go', port: 'timeout', effects: [] }
    const { message } = wait
    if (why.kind === 'message') {
      const seen = why.reason ?? why.outcome
      // one whose fate is not known may well be answered
      return why.outcome === 'accepted' || why.outcome === 'unknown'
        ? { kind: 'wait', wait: { kind: 'event', until: ctx.now + f.timeoutMs, message }, effects: [] }
        : {
            kind: 'go',
            port: 'unsent',
            effects: [],
            why: [{ path: '', leaf: 'outcome', value: false, seen }],
          }
    }
    const stays: Step = { kind: 'wait', wait, effects: [] }
    if (why.fact === undefined) return stays
    const { data, type, text } = why.fact.props
    if (why.fact.name === 'line.postback') {
      const i = f.answers.findIndex((_, n) => data === dataOf(message, n))
      return i < 0 ? stays : answered(f, i)
    }
    // words answer only a question that has arrived
    if (wait.kind !== 'event' || type !== 'text' || typeof text !== 'string') return stays
    const i = f.answers.findIndex(a => plain(a.label) === plain(text))
    if (i >= 0) return answered(f, i)
    const said = text.slice(0, 200)
    return {
      kind: 'go',
      port: 'other',
      effects: [],
      why: [{ path: '', leaf: 'answer', value: false, seen: said }],
      keep: { answer: null, text: said },
    }
  },
}
