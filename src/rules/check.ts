// Checks a rule that came from outside: its shape, its depth and its size, each fault with the path of the bad part.
import { z } from 'zod'
import { IDENTIFIER_KINDS } from './identifiers.ts'
import { STAGES } from '../customers/model.ts'
import type { PropFilter, Rule } from './model.ts'

export type Fault = { path: string; code: string; message: { zh: string; en: string } }

export const MAX_RULE_DEPTH = 8
const MAX_RULE_NODES = 100

const scalar = z.union([z.string().max(1000), z.number(), z.boolean()])
const name = z
  .string()
  .min(1)
  .max(200)
  .refine(n => n !== '__proto__', { message: 'reserved name' })

export const propFilter: z.ZodType<PropFilter> = z
  .strictObject({
    path: z.string().min(1).max(200),
    op: z.enum(['is', 'is_not', 'at_least', 'at_most', 'contains', 'is_set']),
    value: scalar.optional(),
  })
  .refine(f => f.op === 'is_set' || f.value !== undefined, {
    message: 'this comparison needs a value',
    path: ['value'],
  })

const identifierKind = z.enum(IDENTIFIER_KINDS)

const age = z.number().int().min(0).max(150)

const ruleSchema: z.ZodType<Rule> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('and'), rules: z.array(ruleSchema).min(1) }),
    z.strictObject({ op: z.literal('or'), rules: z.array(ruleSchema).min(1) }),
    z.strictObject({ op: z.literal('not'), rule: ruleSchema }),
    z.strictObject({ op: z.literal('trait_is'), trait: name, value: scalar }),
    z.strictObject({ op: z.literal('trait_set'), trait: name }),
    z.strictObject({ op: z.literal('has_identifier'), kind: identifierKind }),
    z.strictObject({ op: z.literal('stage'), is: z.enum(['exactly', 'at_least']), stage: z.enum(STAGES) }),
    z.strictObject({ op: z.literal('age'), min: age.optional(), max: age.optional() }),
    z.strictObject({
      op: z.literal('orders'),
      atLeast: z.number().int().min(1).max(1000),
      salesChannel: z.string().min(1).max(32).optional(),
    }),
    z.strictObject({
      op: z.literal('event'),
      event: name,
      where: z.array(propFilter).max(10).optional(),
      since: z.enum(['entry', 'node']),
    }),
  ]),
)

/** Faults of a zod error, with JSON pointers below `base`. */
export function faultsOf(error: z.ZodError, base = ''): Fault[] {
  return error.issues.map(issue => ({
    path: base + issue.path.map(p => '/' + String(p)).join(''),
    code: issue.code,
    message: { zh: `這個欄位不正確：${issue.message}`, en: `This field is not valid: ${issue.message}` },
  }))
}

/** Depth and node count of something that may be a rule, walked without recursion so that no input overflows. */
function extent(value: unknown): { depth: number; nodes: number } {
  let depth = 0
  let nodes = 0
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }]
  for (let top = open.pop(); top !== undefined && nodes <= MAX_RULE_NODES; top = open.pop()) {
    if (typeof top.value !== 'object' || top.value === null) continue
    nodes++
    depth = Math.max(depth, top.depth)
    const { rules, rule } = top.value as { rules?: unknown; rule?: unknown }
    if (Array.isArray(rules)) for (const r of rules) open.push({ value: r, depth: top.depth + 1 })
    if (rule !== undefined) open.push({ value: rule, depth: top.depth + 1 })
    if (depth > MAX_RULE_DEPTH) break
  }
  return { depth, nodes }
}

/** The rule, or what is wrong with it. */
export function checkRule(value: unknown, base = ''): { rule: Rule } | { faults: Fault[] } {
  const { depth, nodes } = extent(value)
  if (depth > MAX_RULE_DEPTH || nodes > MAX_RULE_NODES)
    return {
      faults: [
        {
          path: base,
          code: 'too_large',
          message: {
            zh: `條件太大：最多 ${MAX_RULE_DEPTH} 層、${MAX_RULE_NODES} 個條件，請拆成兩個節點`,
            en: `The rule is too large: at most ${MAX_RULE_DEPTH} levels and ${MAX_RULE_NODES} parts; split it over two nodes`,
          },
        },
      ],
    }
  const parsed = ruleSchema.safeParse(value)
  return parsed.success ? { rule: parsed.data } : { faults: faultsOf(parsed.error, base) }
}
