// Orders, events and sequences as pieces of a sentence: what happened, in which time, how often or how much. Pure.
import type {
  BooleanTest,
  EventMeasure,
  EventRef,
  NumberTest,
  OrderMeasure,
  TextTest,
} from '../../src/rules/model.ts'
import { word } from '../i18n.ts'
import type { Say } from '../say.ts'
import type { Leaf } from './edit.ts'
import type { Names } from './names.ts'
import {
  sayFilter,
  sayCompared,
  sayList,
  sayNumber,
  sayNumberTest,
  sayScalar,
  sayTextTest,
  sayTimeTest,
  sayUnit,
  sayWindow,
  type Unit,
} from './phrases.ts'
import { chip, fill, MARK, orValues, wrapped, type Chip, type Piece } from './pieces.ts'

/** Nobody: a count that only zero fits. */
const isNone = (test: NumberTest): boolean =>
  (test.is === 'equal' && test.value === 0) ||
  (test.is === 'at_most' && test.value === 0) ||
  (test.is === 'under' && test.value === 1)

/** Whether there was any at all, where only that is asked. */
function whetherAny({ of, test }: EventMeasure | OrderMeasure): 'none' | 'some' | null {
  if (of === 'count') return isNone(test) ? 'none' : null
  if (of !== 'first_at' && of !== 'last_at') return null
  return test.is === 'never' ? 'none' : test.is === 'ever' ? 'some' : null
}

// ── orders ───────────────────────────────────────────────────────────────────

export function orderPieces(leaf: Extract<Leaf, { op: 'orders' }>, say: Say, names: Names): Piece[] {
  const { t } = say
  const extra = (inside: Chip) => wrapped('ruleBought.extra', 'part', inside, say)
  const values = (list: string[], of: (v: string) => string) => orValues(list, of, say)
  const { lines } = leaf
  const what = lines ? values(lines.values, v => names.product(lines.by, v)) : null
  const rest: Piece[] = []
  for (const [id, list, of] of [
    ['salesChannel', leaf.salesChannel, (v: string) => word('salesChannel', v)],
    ['store', leaf.store, names.store],
    ['status', leaf.status, (v: string) => t(`ruleOrderStatus.${v as 'paid'}`)],
  ] as const) {
    if (list === undefined) continue
    const { text, missing } = values(list, of)
    rest.push(...extra(chip(id, id, t(`ruleBought.${id}`, { values: text }), { missing })))
  }
  const any = whetherAny(leaf.measure)
  return fill(
    any ? 'ordersWhether' : 'orders',
    {
      window: chip('window', 'window', sayWindow(leaf.window, say)),
      what: chip(
        'what',
        'lines',
        lines && what ? t(`ruleBought.${lines.by}`, { values: what.text }) : t('ruleBought.anything'),
        { missing: what?.missing },
      ),
      rest,
      measure: chip(
        'measure',
        'measure',
        any
          ? t(`ruleAnyOrder.${any === 'none' && leaf.window.in === 'ever' ? 'never' : any}`)
          : orderMeasure(leaf.measure, say, names),
      ),
    },
    say,
  )
}

function orderMeasure(measure: OrderMeasure, say: Say, names: Names): string {
  const { t } = say
  const unit = (of: Unit) => (n: number) => sayUnit(n, of, say)
  const money = (n: number) => say.money(n, names.currency)
  switch (measure.of) {
    case 'count':
      return sayNumberTest(measure.test, unit('orders'), say)
    case 'quantity':
      return sayNumberTest(measure.test, unit('items'), say)
    case 'amount':
      return t('ruleMeasure.amount', { test: sayNumberTest(measure.test, money, say) })
    case 'average':
      return t('ruleMeasure.average', { test: sayNumberTest(measure.test, money, say) })
    case 'interval':
      return t('ruleMeasure.orderInterval', { test: sayNumberTest(measure.test, unit('day'), say) })
    case 'first_at':
      return t('ruleMeasure.firstOrder', { test: sayTimeTest(measure.test, say) })
    case 'last_at':
      return t('ruleMeasure.lastOrder', { test: sayTimeTest(measure.test, say) })
    case 'cycle':
      return t('ruleMeasure.cycle', {
        test: sayNumberTest(measure.test, unit('cycles'), say),
        days: sayUnit(measure.onceDays, 'day', say),
      })
  }
}

// ── events ───────────────────────────────────────────────────────────────────

function eventChip(of: EventRef, id: string, say: Say, names: Names): Chip {
  const list = (typeof of.event === 'string' ? [of.event] : of.event).filter(n => n !== '')
  if (list.length === 0) return chip(id, [id, 'event'], say.t('ruleChoose.event'), { missing: true })
  const called = list.map(names.event)
  const read = sayList(
    called.map(text => say.t('rule.quoted', { text })),
    'or',
    say,
  )
  return chip(id, [id, 'event'], sayList(called, 'or', say), { read })
}

function wherePieces(of: EventRef, id: string, say: Say, names: Names): Piece[] {
  const { t } = say
  if (!of.where || of.where.length === 0) return []
  const [before, after] = t('rule.filters', { filters: MARK }).split(MARK)
  const chips = of.where.flatMap((filter, i): Piece[] => {
    const open = filter.path === '' || (filter.op !== 'is_set' && (filter.value ?? '') === '')
    const text = filter.path === '' ? t('ruleChoose.path') : sayFilter(filter, names, say)
    const part = chip(`${id}${i}`, ['where', String(i)], text, open ? { missing: true } : {})
    return i === 0 ? [part] : [t('rule.and'), part]
  })
  return [before ?? '', ...chips, after ?? '']
}

export const eventPieces = (of: EventRef, id: 'first' | 'next', say: Say, names: Names): Piece[] => [
  eventChip(of, id, say, names),
  ...wherePieces(of, `${id}.`, say, names),
]

export function eventLeafPieces(leaf: Extract<Leaf, { op: 'event' }>, say: Say, names: Names): Piece[] {
  const { t } = say
  const any = whetherAny(leaf.measure)
  return fill(
    any ? 'eventWhether' : 'event',
    {
      window: chip('window', 'window', sayWindow(leaf.window, say)),
      event: eventChip(leaf, 'event', say, names),
      where: wherePieces(leaf, 'where.', say, names),
      measure: chip(
        'measure',
        'measure',
        any
          ? t(`ruleAnyEvent.${any === 'none' && leaf.window.in === 'ever' ? 'never' : any}`)
          : eventMeasure(leaf, say, names),
      ),
    },
    say,
  )
}

function eventMeasure({ measure }: Extract<Leaf, { op: 'event' }>, say: Say, names: Names): string {
  const { t } = say
  const path =
    'path' in measure ? (measure.path === '' ? t('ruleChoose.path') : names.prop(measure.path)) : ''
  switch (measure.of) {
    case 'count':
      return sayNumberTest(measure.test, n => sayUnit(n, 'times', say), say)
    case 'sum':
      return t('ruleMeasure.sum', { path, test: sayNumberTest(measure.test, n => sayNumber(n, say), say) })
    case 'distinct':
      return t('ruleMeasure.distinct', {
        path,
        test: sayNumberTest(measure.test, n => sayUnit(n, 'kinds', say), say),
      })
    case 'interval':
      return t('ruleMeasure.interval', {
        test: sayNumberTest(measure.test, n => sayUnit(n, 'day', say), say),
        n: sayNumber(measure.atLeast, say),
      })
    case 'first_at':
    case 'last_at':
      return t(`ruleMeasure.${measure.of}`, { test: sayTimeTest(measure.test, say) })
    case 'first':
    case 'last':
      return t(`ruleMeasure.${measure.of}`, { path, test: valueTest(measure.test, say) })
  }
}

/** A test of a value whose type nobody declared: the test itself says it. */
function valueTest(
  test: Extract<Extract<Leaf, { op: 'event' }>['measure'], { of: 'first' | 'last' }>['test'],
  say: Say,
): string {
  if (isNumberTest(test))
    return say.t('ruleMeasure.valueIs', { test: sayNumberTest(test, n => sayNumber(n, say), say) })
  if ('value' in test && typeof test.value === 'boolean')
    return say.t('ruleText.equal', { v: sayCompared(test.value, say) })
  return sayTextTest(test as TextTest, v => sayScalar(v, say), say)
}

const isNumberTest = (test: NumberTest | TextTest | BooleanTest): test is NumberTest =>
  test.is === 'between' || ('value' in test && typeof test.value === 'number')
