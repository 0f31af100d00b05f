// Asks a question with replies to tap and goes on by the answer. Fields: { channel?: 'line', text: '喜歡哪一種？', answers: [{ name:
// 'tea', label: '茶', tag?: '愛茶' }], trait?: 'taste', purpose?, topic?, timeoutMs: 86400000, button?: '看選項' }; at most 13 answers, 10
// on WhatsApp, where more than three are a list behind `button`. WhatsApp, Messenger and Instagram take a question only
// within their window after the customer's last message. The trait gets the answer's name. An answer is a button of this very question, or a text that equals a label; any other text goes by `other`. What
// comes after the timeout changes nothing. Ports: each answer's name, other, timeout, unsent (the question could not be
// sent; left out: timeout).
import { z } from 'zod'
import type { MessageContent } from '../../channels/content.ts'
import { faultsOf } from '../../rules/check.ts'
import type { Purpose } from '../model.ts'
import type { Effect, NodeType, Step } from './type.ts'
import { portName } from '../shape.ts'
import { topic } from './content.ts'
import { MAX_WAIT_MS } from './delay.ts'

const CHANNELS = ['line', 'whatsapp', 'messenger', 'instagram'] as const
type Channel = (typeof CHANNELS)[number]
const WHATSAPP_BUTTONS = 3
const WHATSAPP_ROWS = 10

const shape = z.strictObject({
  /** left out: LINE */
  channel: z.enum(CHANNELS).optional(),
  /** WhatsApp: what opens the list */
  button: z.string().min(1).max(20).optional(),
  text: z.string().min(1).max(2000),
  answers: z
    .array(
      z.strictObject({
        name: portName,
        /** all of them show 20 characters */
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

const channelOf = (f: Fields): Channel => f.channel ?? 'line'

function contentOf(f: Fields, message: string): MessageContent {
  const channel = channelOf(f)
  const { text } = f
  const replies = f.answers.map(({ label }, i) => ({ title: label, payload: dataOf(message, i) }))
  if (channel === 'line') {
    const items = replies.map(({ title: label, payload: data }) => ({
      type: 'action',
      action: { type: 'postback', label, data, displayText: label },
    }))
    return { channel, messages: [{ type: 'text', text, quickReply: { items } }] }
  }
  if (channel !== 'whatsapp') return { channel, text, quickReplies: replies }
  return replies.length <= WHATSAPP_BUTTONS
    ? { channel, text, buttons: replies }
    : { channel, text, list: { button: f.button ?? '選項 Options', rows: replies } }
}

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
    channel: { kind: 'choice', required: false, options: CHANNELS },
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
    button: { kind: 'text', required: false, max: 20 },
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
    const { answers, channel } = parsed.data
    if (channel === 'whatsapp' && answers.length > WHATSAPP_ROWS)
      return [
        {
          path: '/answers',
          code: 'too_many_answers',
          message: {
            zh: `WhatsApp 的清單最多 ${WHATSAPP_ROWS} 個答案`,
            en: `A list of WhatsApp holds ${WHATSAPP_ROWS} answers`,
          },
        },
      ]
    const names = answers.map(a => a.name)
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
    return {
      kind: 'wait',
      wait: { kind: 'message', message },
      effects: [
        {
          kind: 'send',
          channel: channelOf(f),
          purpose: (f.purpose ?? 'marketing') as Purpose,
          ...(f.topic === undefined ? {} : { topic: f.topic }),
          content: contentOf(f, message),
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
    // what is tapped comes back as a postback, or as a message with what the reply carries
    if (why.fact.name.endsWith('.postback') || typeof data === 'string') {
      const i = f.answers.findIndex((_, n) => data === dataOf(message, n))
      return i < 0 ? stays : answered(f, i)
    }
    // words answer only a question that has arrived, where it was asked
    if (why.fact.name !== `${channelOf(f)}.message`) return stays
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
