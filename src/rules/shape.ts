// The shape of a rule as zod checks it, with the limits on texts and lists. What a rule means is checked in check.ts.
import { z } from 'zod'
import { STAGES } from '../customers/model.ts'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { isDate } from '../platform/wall-time.ts'
import { IDENTIFIER_KINDS } from './identifiers.ts'
import {
  ORDER_STATUSES,
  type BooleanTest,
  type DateTest,
  type EventMeasure,
  type ListTest,
  type NumberTest,
  type OrderMeasure,
  type PropFilter,
  type Rule,
  type Span,
  type TextTest,
  type TimeTest,
  type Window,
} from './model.ts'
import type { RefinedWords } from './shape-faults.ts'

export const MAX_TEXT = 200
export const MAX_VALUES = 200
export const MAX_COUNT = 1000
const MAX_SPAN_MS = 3660 * 86_400_000

const refined = (message: string, zh: string, instead: RefinedWords['instead'], path: string[] = []) => ({
  message,
  path,
  params: { zh, instead } satisfies RefinedWords,
})
const backwards = (path: string) =>
  refined('the end is before the beginning', '結束不能比開始小', { zh: '請對調兩個值', en: 'Swap the two' }, [
    path,
  ])
const noDate = refined("a date is written 'YYYY-MM-DD'", '這不是日期', {
  zh: '請寫成 YYYY-MM-DD',
  en: 'Write it as YYYY-MM-DD',
})

const text = z.string().max(MAX_TEXT)
const name = z
  .string()
  .min(1)
  .max(MAX_TEXT)
  .refine(n => n !== '__proto__', { message: 'reserved name' })
const scalar = z.union([text, z.number(), z.boolean()])
const names = z.array(name).min(1).max(MAX_VALUES)
const date = z.string().refine(isDate, noDate)
const plainDate = date.refine(d => d.length === 10, noDate)
const moment = z.union([plainDate, z.iso.datetime({ offset: true })])
const days = z.number().int().min(1).max(3660)

const UNITS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
const span: z.ZodType<Span> = z
  .strictObject({ n: z.number().int().min(1), unit: z.enum(['minute', 'hour', 'day']) })
  .refine(
    s => s.n * UNITS[s.unit] <= MAX_SPAN_MS,
    refined(
      'at most ten years',
      '最長十年',
      { zh: '請縮短，或改用「至今」', en: 'Make it shorter, or use any time' },
      ['n'],
    ),
  )

const numberTest: z.ZodType<NumberTest> = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.enum(['equal', 'not_equal', 'at_least', 'at_most', 'over', 'under']),
    value: z.number(),
  }),
  z
    .strictObject({ is: z.literal('between'), from: z.number(), to: z.number() })
    .refine(t => t.from <= t.to, backwards('to')),
])
const textTest: z.ZodType<TextTest> = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.enum(['equal', 'not_equal', 'contains', 'not_contains', 'starts_with', 'ends_with']),
    value: text,
  }),
  z.strictObject({ is: z.enum(['one_of', 'none_of']), values: z.array(text).min(1).max(MAX_VALUES) }),
])
const booleanTest: z.ZodType<BooleanTest> = z.strictObject({ is: z.literal('equal'), value: z.boolean() })
const listTest: z.ZodType<ListTest> = z.strictObject({
  is: z.enum(['any', 'all', 'none']),
  values: z.array(scalar).min(1).max(MAX_VALUES),
})
const dateTest: z.ZodType<DateTest> = z.discriminatedUnion('is', [
  z.strictObject({ is: z.enum(['on', 'before', 'after']), date: plainDate }),
  z
    .strictObject({ is: z.literal('between'), from: plainDate, to: plainDate })
    .refine(t => t.from <= t.to, backwards('to')),
  z.strictObject({ is: z.enum(['in_last', 'in_next']), days }),
  z.strictObject({ is: z.literal('anniversary_in'), days: z.number().int().min(0).max(366) }),
  z.strictObject({
    is: z.literal('month'),
    month: z.union([z.number().int().min(1).max(12), z.literal('this')]),
  }),
])
const timeTest: z.ZodType<TimeTest> = z.discriminatedUnion('is', [
  z.strictObject({ is: z.enum(['in_last', 'over_ago']), span }),
  z.strictObject({ is: z.enum(['before', 'after']), at: moment }),
  z.strictObject({ is: z.enum(['never', 'ever']) }),
])

const TEXT_FILTERS: ReadonlySet<PropFilter['op']> = new Set(['contains', 'starts_with', 'like'])
const ORDER_FILTERS: ReadonlySet<PropFilter['op']> = new Set(['at_least', 'at_most'])
export const propFilter: z.ZodType<PropFilter> = z
  .strictObject({
    path: z.string().min(1).max(MAX_TEXT),
    op: z.enum(['is', 'is_not', 'at_least', 'at_most', 'contains', 'starts_with', 'like', 'is_set']),
    value: z.union([z.string().max(1000), z.number(), z.boolean()]).optional(),
  })
  .refine(
    f => f.op === 'is_set' || f.value !== undefined,
    refined(
      'this comparison needs a value',
      '這個比較需要一個值',
      { zh: '請填寫值', en: 'Fill in the value' },
      ['value'],
    ),
  )
  .refine(
    f => f.value === undefined || !TEXT_FILTERS.has(f.op) || typeof f.value === 'string',
    refined(
      'a part of a text is compared with a text',
      '「包含、開頭是、符合」只能比較文字',
      { zh: '請填文字，或改用「是」', en: 'Write a text, or use "is"' },
      ['value'],
    ),
  )
  .refine(
    f => !ORDER_FILTERS.has(f.op) || typeof f.value !== 'boolean',
    refined('yes and no have no order', '是／否不能比大小', { zh: '請改用「是」', en: 'Use "is"' }, [
      'value',
    ]),
  )

const eventRef = {
  event: z.union([name, z.array(name).min(1).max(20)]),
  where: z.array(propFilter).max(10).optional(),
}

const window: z.ZodType<Window> = z.discriminatedUnion('in', [
  z.strictObject({ in: z.literal('ever') }),
  z.strictObject({ in: z.literal('last'), span }),
  z.strictObject({ in: z.literal('days'), n: z.number().int().min(1) }),
  z.strictObject({
    in: z.literal('period'),
    period: z.enum(['day', 'week', 'month', 'quarter', 'year']),
    ago: z.number().int().min(0),
  }),
  z.strictObject({ in: z.literal('since'), at: moment }),
  z.strictObject({ in: z.enum(['entry', 'node']) }),
])

const eventMeasure: z.ZodType<EventMeasure> = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('count'), test: numberTest }),
  z.strictObject({ of: z.enum(['sum', 'distinct']), path: name, test: numberTest }),
  z.strictObject({
    of: z.literal('interval'),
    test: numberTest,
    atLeast: z.number().int().min(2).max(MAX_COUNT),
  }),
  z.strictObject({ of: z.enum(['first_at', 'last_at']), test: timeTest }),
  z.strictObject({
    of: z.enum(['first', 'last']),
    path: name,
    test: z.union([booleanTest, numberTest, textTest]),
  }),
])

const orderMeasure: z.ZodType<OrderMeasure> = z.discriminatedUnion('of', [
  z.strictObject({ of: z.enum(['count', 'quantity', 'amount', 'average', 'interval']), test: numberTest }),
  z.strictObject({ of: z.enum(['first_at', 'last_at']), test: timeTest }),
  z.strictObject({
    of: z.literal('cycle'),
    onceDays: z.number().min(1).max(3660),
    test: numberTest,
  }),
])

const age = z.number().int().min(0).max(150)
const share = z.number().min(0).max(100)

const trait = z.discriminatedUnion('type', [
  z.strictObject({ op: z.literal('trait'), trait: name, type: z.literal('text'), test: textTest }),
  z.strictObject({ op: z.literal('trait'), trait: name, type: z.literal('number'), test: numberTest }),
  z.strictObject({ op: z.literal('trait'), trait: name, type: z.literal('boolean'), test: booleanTest }),
  z.strictObject({ op: z.literal('trait'), trait: name, type: z.literal('date'), test: dateTest }),
  z.strictObject({ op: z.literal('trait'), trait: name, type: z.literal('list'), test: listTest }),
  z.strictObject({
    op: z.literal('trait'),
    trait: name,
    type: z.literal('any'),
    test: z.strictObject({ is: z.literal('set') }),
  }),
])

export const ruleSchema: z.ZodType<Rule> = z.lazy(() =>
  z.discriminatedUnion('op', [
    z.strictObject({ op: z.literal('and'), rules: z.array(ruleSchema).min(1) }),
    z.strictObject({ op: z.literal('or'), rules: z.array(ruleSchema).min(1) }),
    z.strictObject({ op: z.literal('not'), rule: ruleSchema }),
    trait,
    z
      .strictObject({ op: z.literal('age'), min: age.optional(), max: age.optional() })
      .refine(
        a => a.min !== undefined || a.max !== undefined,
        refined('give a lowest or a highest age', '還沒有填年齡', {
          zh: '請填最小或最大的年齡',
          en: 'Fill in the lowest or the highest',
        }),
      )
      .refine(a => (a.min ?? 0) <= (a.max ?? 150), backwards('max')),
    z.strictObject({ op: z.literal('tags'), is: z.enum(['any', 'all', 'none']), tags: names }),
    z.strictObject({
      op: z.literal('identifier'),
      kind: z.enum(IDENTIFIER_KINDS),
      verified: z.literal(true).optional(),
    }),
    z.strictObject({
      op: z.literal('channel'),
      channel: z.enum(CHANNEL_NAMES),
      is: z.enum(['bound', 'reachable']),
    }),
    z.strictObject({
      op: z.literal('consent'),
      channel: name,
      purpose: name,
      is: z.enum(['granted', 'refused', 'unknown']),
    }),
    z.strictObject({
      op: z.literal('stage'),
      is: z.enum(['exactly', 'at_least', 'at_most']),
      stage: z.enum(STAGES),
    }),
    z.strictObject({ op: z.literal('tier'), is: z.enum(['one_of', 'none_of']), tiers: names }),
    z.strictObject({ op: z.literal('points'), test: numberTest }),
    z.strictObject({ op: z.literal('coupon'), coupon: name.optional(), expiresIn: span.optional() }),
    z.strictObject({
      op: z.literal('likes'),
      of: z.enum(['category', 'brand']),
      values: names,
      top: z.number().int().min(1).max(5),
    }),
    z.strictObject({
      op: z.literal('touch'),
      which: z.enum(['first', 'last']),
      field: z.enum(['kind', 'source', 'medium', 'campaign', 'ad', 'store', 'keyword']),
      values: names,
    }),
    z.strictObject({
      op: z.literal('orders'),
      lines: z
        .strictObject({ by: z.enum(['sku', 'product', 'category', 'brand']), values: names })
        .optional(),
      salesChannel: names.optional(),
      store: names.optional(),
      status: z.array(z.enum(ORDER_STATUSES)).min(1).max(ORDER_STATUSES.length).optional(),
      window,
      measure: orderMeasure,
    }),
    z.strictObject({ op: z.literal('event'), ...eventRef, window, measure: eventMeasure }),
    z.strictObject({
      op: z.literal('sequence'),
      first: z.strictObject(eventRef),
      next: z.strictObject(eventRef),
      within: span,
      is: z.enum(['followed', 'not_followed']),
      window,
    }),
    z.strictObject({
      op: z.literal('clock'),
      clock: z.enum(['order', 'customer', 'marketing', 'team']),
      test: timeTest,
    }),
    z.strictObject({
      op: z.literal('segment'),
      segment: name,
      group: name.optional(),
      is: z.enum(['in', 'out']),
    }),
    z
      .strictObject({ op: z.literal('percent'), salt: name, from: share, to: share })
      .refine(
        p => p.from < p.to,
        refined(
          'the end is not after the beginning',
          '結束要大於開始',
          { zh: '請把結束調大', en: 'Make the end larger' },
          ['to'],
        ),
      ),
  ]),
)
