// Calls another system and goes on by its answer. Fields: { method: 'POST', url: 'https://erp.example/points', headers?: [{
// name, value }], body?: '{"member": {{ customer.member_no | json }}}', sign?: true, timeoutMs?: 60000, save?: [{ path:
// 'data.level', trait: 'erp_level' }] }. URL, headers' values and body are Liquid. The call goes through the send ledger:
// retried with the same webhook-id until `timeoutMs` is over, ended by an exit, known after a crash. The status and
// up to 1 KB of JSON stay as `journey.<node>.status` and `journey.<node>.body`; `save` copies values into attributes.
// Ports: ok (2xx), failed (refused, or not possible), timeout.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import { valuesAt } from '../../rules/match.ts'
import type { Scalar } from '../../rules/model.ts'
import type { CallContent } from '../model.ts'
import type { Effect, NodeType, Step } from './type.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const DEFAULT_TIMEOUT_MS = 60_000

const shape = z.strictObject({
  method: z.enum(METHODS),
  url: z
    .string()
    .max(2000)
    .regex(/^https?:\/\/[^/\s{?#]+([/?#]|$)/, 'an address begins with https:// and a fixed host'),
  headers: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[A-Za-z][\w-]{0,99}$/, 'a header has a name of letters, digits and -'),
        value: z.string().max(1000),
      }),
    )
    .max(20)
    .optional(),
  body: z.string().max(20_000).optional(),
  sign: z.boolean().optional(),
  timeoutMs: z.number().int().min(1_000).max(86_400_000).optional(),
  save: z
    .array(z.strictObject({ path: z.string().min(1).max(200), trait: z.string().min(1).max(64) }))
    .max(10)
    .optional(),
})
type Fields = z.infer<typeof shape>

/** The answer as it was kept: JSON where it is that, else its text. */
function answerOf(detail: Record<string, string> | undefined): Record<string, unknown> {
  const status = Number(detail?.status)
  const kept: Record<string, unknown> = Number.isFinite(status) ? { status } : {}
  if (detail?.answer === undefined) return kept
  try {
    kept.body = JSON.parse(detail.answer) as unknown
  } catch {
    kept.body = detail.answer // not JSON: kept as it is
  }
  return kept
}

function ended(
  f: Fields,
  port: string,
  detail: Record<string, string> | undefined,
  reason: string | null,
): Step {
  const kept = answerOf(detail)
  const effects: Effect[] = []
  if (port === 'ok')
    for (const { path, trait } of f.save ?? []) {
      const [value] = valuesAt(kept.body, path.split('.'))
      if (value !== undefined && typeof value !== 'object')
        effects.push({ kind: 'set_trait', trait, value: value as Scalar })
    }
  const seen = reason ?? kept.status ?? null
  return {
    kind: 'go',
    port,
    effects,
    why: [{ path: '', leaf: 'answer', value: port === 'ok', seen }],
    keep: { ...kept, ok: port === 'ok' },
  }
}

export const http: NodeType = {
  type: 'http',
  family: 'data',
  fields: {
    method: { kind: 'choice', required: true, options: METHODS },
    url: { kind: 'url', required: true },
    headers: {
      kind: 'list',
      required: false,
      max: 20,
      of: { name: { kind: 'text', required: true }, value: { kind: 'text', required: true } },
    },
    body: { kind: 'text', required: false },
    sign: { kind: 'flag', required: false },
    timeoutMs: { kind: 'duration', required: false, min: 1_000, max: 86_400_000 },
    save: {
      kind: 'list',
      required: false,
      max: 10,
      of: { path: { kind: 'text', required: true }, trait: { kind: 'trait', required: true } },
    },
  },
  ports: () => ['ok', 'failed', 'timeout'],
  waits: () => true,
  texts: fields => [
    ...['url', 'body'].flatMap(name => {
      const text = fields[name]
      return typeof text === 'string' ? [{ path: `/${name}`, text }] : []
    }),
    ...(Array.isArray(fields.headers) ? fields.headers : []).flatMap((h: { value?: unknown } | null, i) =>
      typeof h?.value === 'string' ? [{ path: `/headers/${i}/value`, text: h.value }] : [],
    ),
  ],
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    const { method, body } = parsed.data
    return method === 'GET' && body !== undefined
      ? [
          {
            path: '/body',
            code: 'get_has_no_body',
            message: { zh: 'GET 沒有內容', en: 'A GET has no body' },
            alternative: {
              zh: '改用 POST，或把值放進網址',
              en: 'Use POST, or put the values into the address',
            },
          },
        ]
      : []
  },
  enter(fields, ctx) {
    const f = fields as Fields
    const until = ctx.now + (f.timeoutMs ?? DEFAULT_TIMEOUT_MS)
    const content: CallContent = {
      channel: 'http',
      method: f.method,
      url: f.url,
      headers: Object.fromEntries((f.headers ?? []).map(h => [h.name, h.value])),
      body: f.body ?? null,
      sign: f.sign ?? true,
    }
    return {
      kind: 'wait',
      wait: { kind: 'message', message: ctx.messageId(), until },
      effects: [{ kind: 'call', content, notAfter: until }],
    }
  },
  resume(fields, _ctx, why) {
    const f = fields as Fields
    if (why.kind !== 'message') return ended(f, 'timeout', undefined, 'timeout')
    if (why.outcome === 'accepted') return ended(f, 'ok', why.detail, null)
    return ended(f, why.reason === 'late' ? 'timeout' : 'failed', why.detail, why.reason)
  },
}
