// Checks a rule that came from outside: its shape, its size, what would need a memory without bound, and, where a
// vocabulary is given, the names it uses. Each fault says where it is, and what to do instead.
import type { AttributeType } from '../customers/settings.ts'
import type { EventMeasure, NumberTest, OrderMeasure, Rule, Window } from './model.ts'
import { MAX_COUNT, ruleSchema } from './shape.ts'
import { type Fault, faultsOf, type Said } from './shape-faults.ts'
import { keptIn, MAX_AGO, MAX_DAYS } from './windows.ts'

export { propFilter } from './shape.ts'
export { type Fault, faultsOf } from './shape-faults.ts'

/** What a workspace knows; what is not given is not checked. */
export type Vocabulary = {
  /** null: of no declared type */
  traits?: ReadonlyMap<string, AttributeType | null>
  segments?: ReadonlyMap<string, { groups: readonly string[] }>
}
export type CheckOptions = {
  /** the rule is asked of a run of a journey: windows may begin at its entry */
  run?: boolean
  vocabulary?: Vocabulary
}

export const MAX_RULE_DEPTH = 8
const MAX_RULE_NODES = 100

const fault = (path: string, code: string, message: Said, alternative: Said): Fault => ({
  path,
  code,
  message,
  alternative,
})

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
export function checkRule(
  value: unknown,
  base = '',
  options: CheckOptions = {},
): { rule: Rule } | { faults: Fault[] } {
  const { depth, nodes } = extent(value)
  if (depth > MAX_RULE_DEPTH || nodes > MAX_RULE_NODES)
    return {
      faults: [
        fault(
          base,
          'too_large',
          {
            zh: `條件太大：最多 ${MAX_RULE_DEPTH} 層、${MAX_RULE_NODES} 個條件`,
            en: `The rule is too large: at most ${MAX_RULE_DEPTH} levels and ${MAX_RULE_NODES} parts`,
          },
          {
            zh: '把一部分做成另一個分眾，再用「屬於另一個分眾」',
            en: 'Make a part of it a segment of its own, and use "in segment"',
          },
        ),
      ],
    }
  const parsed = ruleSchema.safeParse(value)
  if (!parsed.success) return { faults: faultsOf(parsed.error, base) }
  const faults = checkMeaning(parsed.data, base, options)
  return faults.length === 0 ? { rule: parsed.data } : { faults }
}

function checkMeaning(rule: Rule, path: string, options: CheckOptions): Fault[] {
  switch (rule.op) {
    case 'and':
    case 'or':
      return rule.rules.flatMap((r, i) => checkMeaning(r, `${path}/rules/${i}`, options))
    case 'not':
      return checkMeaning(rule.rule, path + '/rule', options)
    case 'trait':
      return checkTrait(rule, path, options)
    case 'segment':
      return checkSegment(rule, path, options)
    case 'event':
      return [
        ...checkWindow(rule.window, path + '/window', options),
        ...checkMeasure(rule.measure, rule.window, path + '/measure'),
      ]
    case 'orders':
      return [
        ...checkWindow(rule.window, path + '/window', options),
        ...checkOrders(rule.measure, path + '/measure/test'),
      ]
    case 'sequence':
      return checkWindow(rule.window, path + '/window', options)
    default:
      return []
  }
}

const TYPES_ZH: Record<AttributeType, string> = {
  text: '文字',
  number: '數字',
  boolean: '是／否',
  date: '日期',
  list: '清單',
}

function checkTrait(
  rule: Extract<Rule, { op: 'trait' }>,
  path: string,
  { vocabulary }: CheckOptions,
): Fault[] {
  const known = vocabulary?.traits
  if (known === undefined) return []
  const type = known.get(rule.trait)
  if (type === undefined) {
    const some = [...known.keys()].slice(0, 5).join(', ')
    return [
      fault(
        path + '/trait',
        'unknown_attribute',
        { zh: `沒有「${rule.trait}」這個屬性`, en: `There is no attribute "${rule.trait}"` },
        {
          zh: `請選擇已有的屬性，例如 ${some}；或先到「設定」的「屬性」新增`,
          en: `Choose an attribute that exists, such as ${some}, or declare it first (Settings, Attributes)`,
        },
      ),
    ]
  }
  if (rule.type === 'any' || type === null || rule.type === type) return []
  return [
    fault(
      path + '/type',
      'wrong_type',
      {
        zh: `「${rule.trait}」的型別是${TYPES_ZH[type]}，不能當成${TYPES_ZH[rule.type]}比較`,
        en: `"${rule.trait}" is of type ${type} and cannot be compared as ${rule.type}`,
      },
      { zh: `請改用${TYPES_ZH[type]}的比較方式`, en: `Use a comparison for ${type}` },
    ),
  ]
}

function checkSegment(
  rule: Extract<Rule, { op: 'segment' }>,
  path: string,
  { vocabulary }: CheckOptions,
): Fault[] {
  const known = vocabulary?.segments
  const segment = known?.get(rule.segment)
  if (known === undefined || (segment && (rule.group === undefined || segment.groups.includes(rule.group))))
    return []
  if (segment === undefined)
    return [
      fault(
        path + '/segment',
        'unknown_segment',
        { zh: `沒有「${rule.segment}」這個分眾`, en: `There is no segment "${rule.segment}"` },
        { zh: '請選擇已發布的分眾', en: 'Choose a segment that is published' },
      ),
    ]
  return [
    fault(
      path + '/group',
      'unknown_group',
      { zh: `這個分眾沒有「${rule.group}」這一組`, en: `The segment has no group "${rule.group}"` },
      {
        zh: `請選擇其中一組：${segment.groups.join('、')}`,
        en: `Choose one of ${segment.groups.join(', ')}`,
      },
    ),
  ]
}

function checkWindow(window: Window, path: string, { run }: CheckOptions): Fault[] {
  switch (window.in) {
    case 'days':
      if (window.n <= MAX_DAYS) return []
      return [
        fault(
          path + '/n',
          'window_too_long',
          { zh: `最多 ${MAX_DAYS} 天`, en: `At most ${MAX_DAYS} days` },
          { zh: '請改用「至今」或「從某天起」', en: 'Use "ever", or since a date' },
        ),
      ]
    case 'period': {
      const most = MAX_AGO[window.period]
      if (window.ago <= most) return []
      return [
        fault(
          path + '/ago',
          'window_too_long',
          { zh: `最多往前 ${most} 期`, en: `At most ${most} periods before the present one` },
          { zh: '請改用「從某天起」', en: 'Use since a date' },
        ),
      ]
    }
    case 'entry':
    case 'node':
      if (run) return []
      return [
        fault(
          path + '/in',
          'only_in_journeys',
          {
            zh: '「進入旅程後」與「到此節點後」只能用在旅程的節點、目標與退出條件',
            en: 'Since the entry exists only in nodes, goals and exits of a journey',
          },
          { zh: '請改用「最近幾個日曆天」', en: 'Use the last days' },
        ),
      ]
    default:
      return []
  }
}

const ENDS_NOW: [Said, Said] = [
  { zh: '已經結束的期間不能這樣算', en: 'This cannot be known of a period that is over' },
  { zh: '請改用現在這個期間，或「最近幾個日曆天」', en: 'Use the present period, or the last days' },
]
const WITHOUT_BOUND: Said = {
  zh: '這需要記住期間內的每一筆事件，無法保證上限',
  en: 'This would need every event of the window: there is no bound',
}
const SINCE: [Said, Said] = [
  WITHOUT_BOUND,
  { zh: '請改用「至今」或「從某天起」', en: 'Use "ever", or since a date' },
]
/** What is not kept in a window, and what to use instead. */
const NOT_KEPT: Record<Exclude<EventMeasure['of'], 'count' | 'last_at'>, [Said, Said]> = {
  distinct: ENDS_NOW,
  last: ENDS_NOW,
  first: SINCE,
  first_at: SINCE,
  interval: [WITHOUT_BOUND, { zh: '請改用「至今」', en: 'Use "ever"' }],
  sum: [
    {
      zh: '精確到毫秒的滾動加總沒有上限',
      en: 'An exact sum over a window that rolls by the millisecond has no bound',
    },
    { zh: '請改用「最近幾個日曆天」', en: 'Use "days", which counts whole days' },
  ],
}

function checkMeasure(measure: EventMeasure, window: Window, path: string): Fault[] {
  if (measure.of === 'count') return checkCount(measure.test, path + '/test')
  if (measure.of !== 'last_at' && !keptIn(measure.of, window))
    return [fault(path + '/of', 'unbounded', ...NOT_KEPT[measure.of])]
  return measure.of === 'distinct' ? checkCount(measure.test, path + '/test') : []
}

const numbersOf = (test: NumberTest): [field: string, value: number][] =>
  test.is === 'between'
    ? [
        ['from', test.from],
        ['to', test.to],
      ]
    : [['value', test.value]]

/** What is counted one by one is compared with whole numbers that a memory can hold. */
function checkCount(test: NumberTest, path: string): Fault[] {
  return numbersOf(test)
    .filter(([, value]) => !Number.isInteger(value) || value < 0 || value > MAX_COUNT)
    .map(([field, value]) =>
      value > MAX_COUNT
        ? fault(
            `${path}/${field}`,
            'unbounded',
            { zh: `次數最多比較到 ${MAX_COUNT}`, en: `Counts are compared with at most ${MAX_COUNT}` },
            { zh: `請改用 ${MAX_COUNT} 以內的數，或改用加總`, en: `Use at most ${MAX_COUNT}, or a sum` },
          )
        : fault(
            `${path}/${field}`,
            'not_a_count',
            { zh: '次數是 0 以上的整數', en: 'A count is a whole number from 0' },
            { zh: '請填入整數', en: 'Fill in a whole number' },
          ),
    )
}

const checkOrders = (measure: OrderMeasure, path: string): Fault[] =>
  measure.of === 'count' ? checkCount(measure.test, path) : []
