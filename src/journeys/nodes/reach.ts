// Sends by the first channel of several that reaches the customer, in their order, the cheapest first, or the one first
// by which most of what is sent arrives. Fields:
// { purpose, options: [{ channel: 'line', content }, { channel: 'email', content }], by?: 'order' | 'cost' | 'reach',
// topic?: a purpose of consent, onward?: ['skipped', 'failed'], usefulForMs? }. `onward`: after which outcomes the next channel that may reach the
// customer is tried; left out: both; []: none. Ports: the channel by which the message went (left out: accepted),
// failed, skipped, unknown (left out: accepted), unreachable.
import { z } from 'zod'
import { authoredContent, type MessageContent } from '../../channels/content.ts'
import { CHANNEL_NAMES, type ChannelName } from '../../channels/model.ts'
import { faultsOf } from '../../rules/check.ts'
import type { Reason } from '../../rules/model.ts'
import type { Purpose } from '../model.ts'
import type { NodeContext, NodeType, Step } from './type.ts'
import { textsOf } from '../placeholders.ts'
import {
  account,
  DEFAULT_USEFUL_MS,
  OTHER_CHANNEL,
  purpose,
  purposeFaults,
  sendChannel,
  topic,
  usefulForMs,
} from './content.ts'

const ONWARD = ['skipped', 'failed'] as const
const shape = z.strictObject({
  purpose,
  topic,
  options: z
    .array(z.strictObject({ channel: sendChannel, account, content: authoredContent }))
    .min(1)
    .max(6),
  by: z.enum(['order', 'cost', 'reach']).optional(),
  onward: z.array(z.enum(ONWARD)).max(2).optional(),
  usefulForMs,
})
type Option = { channel: ChannelName; account?: string; content: MessageContent }
type Fields = {
  purpose: Purpose
  topic?: string
  options: Option[]
  by?: 'order' | 'cost' | 'reach'
  onward?: string[]
  usefulForMs?: number
}

/** In the order in which they are tried. */
function ordered(f: Fields, ctx: NodeContext): Option[] {
  if (f.by === 'reach')
    return f.options.toSorted((a, b) => ctx.reachRate(b.channel) - ctx.reachRate(a.channel))
  if (f.by !== 'cost') return f.options
  return f.options.toSorted((a, b) => ctx.costOf(a.channel) - ctx.costOf(b.channel))
}

/** The first of these that reaches the customer: its message; else null. What was passed over is told. */
function tryOne(f: Fields, ctx: NodeContext, options: Option[], why: Reason[]): Step | null {
  for (const { channel, account: by, content } of options) {
    const { reachable, reason } = ctx.reachable(channel, f.purpose, content, f.topic)
    why.push({ path: '', leaf: channel, value: reachable, seen: reason ?? 'reachable' })
    if (!reachable) continue
    const notBefore = ctx.allowedFrom(ctx.now)
    return {
      kind: 'wait',
      wait: { kind: 'message', message: ctx.messageId(channel), part: channel },
      effects: [
        {
          kind: 'send',
          channel,
          purpose: f.purpose,
          ...(f.topic === undefined ? {} : { topic: f.topic }),
          content,
          account: by,
          notBefore,
          notAfter: Math.max(ctx.now, notBefore) + (f.usefulForMs ?? DEFAULT_USEFUL_MS),
          part: channel,
        },
      ],
      ...(why.length > 1 ? { tried: { why } } : {}),
    }
  }
  return null
}

/** Channels among fields that nobody has checked. */
const drawn = (fields: Record<string, unknown>): string[] =>
  Array.isArray(fields.options)
    ? (fields.options as { channel?: unknown }[]).flatMap(o =>
        typeof o?.channel === 'string' ? [o.channel] : [],
      )
    : []

export const reach: NodeType = {
  type: 'reach',
  family: 'message',
  fields: {
    purpose: { kind: 'choice', required: true, options: ['marketing', 'transactional'] },
    options: {
      kind: 'list',
      required: true,
      max: 6,
      of: {
        channel: { kind: 'channel', required: true },
        account: { kind: 'account', required: false },
        content: { kind: 'content', required: true },
      },
    },
    by: { kind: 'choice', required: false, options: ['order', 'cost', 'reach'] },
    onward: { kind: 'choice', required: false, many: true, options: ONWARD },
    topic: { kind: 'topic', required: false },
    usefulForMs: { kind: 'duration', required: false },
  },
  ports: fields => ['accepted', ...new Set(drawn(fields)), 'failed', 'skipped', 'unknown', 'unreachable'],
  fallback: {
    ...Object.fromEntries(CHANNEL_NAMES.map(c => [c, 'accepted'])),
    failed: 'accepted',
    skipped: 'accepted',
    unknown: 'accepted',
  },
  waits: () => false, // who cannot be reached goes on at once
  texts: fields =>
    (Array.isArray(fields.options) ? fields.options : []).flatMap((o: { content?: unknown }, i) =>
      textsOf(o?.content, `/options/${i}/content`),
    ),
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    const channels = parsed.data.options.map(o => o.channel)
    return parsed.data.options.flatMap((o, i) =>
      o.channel !== o.content.channel
        ? [{ path: `/options/${i}/content/channel`, ...OTHER_CHANNEL }]
        : channels.indexOf(o.channel) === i
          ? purposeFaults(parsed.data.purpose, o.content, `/options/${i}/content`)
          : [
              {
                path: `/options/${i}/channel`,
                code: 'channel_twice',
                message: { zh: '每個渠道只能列一次', en: 'Each channel can stand here once' },
                alternative: { zh: '刪除其中一個', en: 'Remove one of them' },
              },
            ],
    )
  },
  enter(fields, ctx) {
    const f = fields as Fields
    const why: Reason[] = []
    return tryOne(f, ctx, ordered(f, ctx), why) ?? { kind: 'go', port: 'unreachable', effects: [], why }
  },
  resume(fields, ctx, why) {
    const f = fields as Fields
    const { wait } = ctx.enrollment
    const part = wait?.kind === 'message' ? wait.part : undefined
    if (why.kind !== 'message' || part === undefined) return { kind: 'go', port: 'unknown', effects: [] }
    if (why.outcome === 'accepted') return { kind: 'go', port: part, effects: [] }
    const told: Reason[] = [{ path: '', leaf: part, value: false, seen: why.reason ?? why.outcome }]
    const onward = f.onward ?? ONWARD
    // what may have been sent is not sent again by another channel
    if (why.outcome !== 'unknown' && onward.includes(why.outcome)) {
      const options = ordered(f, ctx)
      const next = options.slice(options.findIndex(o => o.channel === part) + 1)
      const step = tryOne(f, ctx, next, told)
      if (step !== null) return step
    }
    return { kind: 'go', port: why.outcome, effects: [], why: told }
  },
}
