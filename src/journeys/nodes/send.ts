// Sends one message and goes on by what came of it. Fields: { channel: 'line', purpose: 'marketing', content: {
// channel: 'line', messages: [{ type: 'text', text: '嗨 {{ customer.name }}' }] }, usefulForMs?: 86400000,
// topic?: a purpose of consent (default marketing) }.
// Ports: accepted, failed, skipped, unknown. A port that `next` leaves out takes the way of accepted, so nobody is
// stranded; null ends the run there.
import { z } from 'zod'
import { authoredContent, type MessageContent } from '../../channels/content.ts'
import { faultsOf } from '../../rules/check.ts'
import type { NodeType } from './type.ts'
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

const shape = z.strictObject({
  channel: sendChannel,
  purpose,
  account,
  topic,
  content: authoredContent,
  usefulForMs,
})
type Fields = {
  channel: string
  account?: string
  purpose: 'marketing' | 'transactional'
  topic?: string
  content: MessageContent
  usefulForMs?: number
}

export const send: NodeType = {
  type: 'send',
  family: 'message',
  fields: {
    channel: { kind: 'channel', required: true },
    account: { kind: 'account', required: false },
    purpose: { kind: 'choice', required: true, options: ['marketing', 'transactional'] },
    content: { kind: 'content', required: true },
    topic: { kind: 'topic', required: false },
    usefulForMs: { kind: 'duration', required: false },
  },
  ports: () => ['accepted', 'failed', 'skipped', 'unknown'],
  waits: () => true,
  fallback: { failed: 'accepted', skipped: 'accepted', unknown: 'accepted' },
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    return parsed.data.channel === parsed.data.content.channel
      ? purposeFaults(parsed.data.purpose, parsed.data.content, '/content')
      : [{ path: '/content/channel', ...OTHER_CHANNEL }]
  },
  enter(fields, ctx) {
    const f = fields as Fields
    const notBefore = ctx.allowedFrom(ctx.now)
    return {
      kind: 'wait',
      wait: { kind: 'message', message: ctx.messageId() },
      effects: [
        {
          kind: 'send',
          channel: f.channel,
          purpose: f.purpose,
          ...(f.topic === undefined ? {} : { topic: f.topic }),
          content: f.content,
          account: f.account,
          notBefore,
          // counted from the decision, so that a catch-up after downtime drops what came too late, but never inside
          // the quiet hours that the message has to wait for
          notAfter:
            Math.max(ctx.now, notBefore) +
            (f.usefulForMs ?? ctx.journey.graph.policy?.usefulForMs ?? DEFAULT_USEFUL_MS),
        },
      ],
    }
  },
  resume: (_fields, _ctx, why) =>
    why.kind === 'message'
      ? {
          kind: 'go',
          port: why.outcome,
          effects: [],
          why:
            why.reason === null
              ? []
              : [{ path: '', leaf: 'outcome', value: why.outcome === 'accepted', seen: why.reason }],
        }
      : { kind: 'go', port: 'unknown', effects: [] },
}
