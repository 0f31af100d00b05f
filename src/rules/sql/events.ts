// Leaves about events, as the set of customers of whom they hold: one pass over the events that count, pushed down to the
// table's key (workspace, name). History keeps the customer of the time.
import { never } from '../../platform/errors.ts'
import { spanMs } from '../leaves/times.ts'
import { testNumber, testText } from '../leaves/values.ts'
import type { EventMeasure, EventRef, NumberTest, Rule, TextTest, TimeTest } from '../model.ts'
import { type Bounds, boundsOf } from '../windows.ts'
import type { Bound } from './bind.ts'
import type { SqlContext } from './compile.ts'
import { filtersSql, isNumberSql, isTextSql, numberOfSql, textOfSql, valuesSql } from './props.ts'
import { numberSql, textSql, timeSql } from './tests.ts'

type EventRule = Extract<Rule, { op: 'event' }>
type SequenceRule = Extract<Rule, { op: 'sequence' }>

const MS = 'toUnixTimestamp64Milli(occurred)'
const DAY_MS = 86_400_000
/** Sums count in ten-thousandths, as memories do. */
const PARTS = 10_000

/** Who somebody of history is today: `kin` has those who are part of others by now. Only of them it is looked up. */
const PERSON = `if(customer_id in (select toUUIDOrZero(arrayJoin(kin.1))), toUUIDOrZero(transform(toString(customer_id), kin.1, kin.2, '')), customer_id)`

/** Who is in, given a condition on what counts of one person's events, and whether nothing at all satisfies it. */
function members(where: string, having: string, ofNone: boolean, ctx: SqlContext, b: Bound): string {
  const chosen = ofNone ? `not (${having})` : having
  const found = `c.customer_id in (select ${PERSON} as person from event
    where workspace_id = ${b.of(ctx.workspace, 'UUID')} and ${where} group by person having ${chosen})`
  return ofNone ? `not ${found}` : found
}

const names = (ref: EventRef): string[] => [ref.event].flat()

function namedSql(all: string[], b: Bound): string {
  return all.length === 1 ? `name = ${b.text(all[0]!)}` : `name in ${b.texts(all)}`
}

/** `occurred` from `from` on, and before `to`. */
const withinSql = ({ from, to }: Bounds, b: Bound): string[] => [
  ...(from === Number.NEGATIVE_INFINITY ? [] : [`occurred >= ${b.moment(from)}`]),
  `occurred < ${b.moment(to)}`,
]

export function eventSql(rule: EventRule, ctx: SqlContext, b: Bound): string {
  const bounds = boundsOf(rule.window, ctx.at, ctx.timezone, null)
  const filters = filtersSql(rule.where, b)
  const where = [namedSql(names(rule), b), ...withinSql(bounds, b), ...(filters === null ? [] : [filters])]
  const { having, ofNone } = measureSql(rule.measure, ctx, b)
  return members(where.join(' and '), having, ofNone, ctx, b)
}

type Measured = { having: string; ofNone: boolean }

function measureSql(measure: EventMeasure, ctx: SqlContext, b: Bound): Measured {
  switch (measure.of) {
    case 'count':
      return { having: numberSql(measure.test, 'count()', null, b), ofNone: testNumber(measure.test, 0) }
    case 'sum': {
      const numbers = `arrayFilter(v -> ${isNumberSql('v')}, ${valuesSql(measure.path, b)})`
      const parts = `sum(arraySum(v -> floor(${numberOfSql('v')} * ${PARTS} + 0.5), ${numbers}))`
      return {
        having: numberSql(measure.test, `(${parts} / ${PARTS})`, null, b),
        ofNone: testNumber(measure.test, 0),
      }
    }
    case 'distinct':
      return {
        having: numberSql(measure.test, `uniqExactArray(${scalarsSql(measure.path, b)})`, null, b),
        ofNone: testNumber(measure.test, 0),
      }
    case 'interval': {
      const days = `((max(${MS}) - min(${MS})) / (count() - 1) / ${DAY_MS})`
      return {
        having: numberSql(measure.test, days, `count() >= ${b.of(measure.atLeast, 'UInt32')}`, b),
        ofNone: testNumber(measure.test, null),
      }
    }
    case 'first_at':
    case 'last_at':
      return timed(measure.test, measure.of === 'first_at' ? `min(${MS})` : `max(${MS})`, ctx, b)
    case 'first':
    case 'last': {
      const value = `arrayElement(${scalarsSql(measure.path, b)}, 1)`
      const at = measure.of === 'first' ? MS : `-${MS}`
      return valued(measure.test, `argMinIf(${value}, (${at}, ${value}), ${value} != '')`, b)
    }
    default:
      return never(measure)
  }
}

const timed = (test: TimeTest, ms: string, ctx: SqlContext, b: Bound): Measured => ({
  having: timeSql(test, ms, null, ctx.at, ctx.timezone, b),
  ofNone: test.is === 'never',
})

/** @param raw a value as JSON; '' where there is none */
function valued(
  test: Extract<EventMeasure, { of: 'first' | 'last' }>['test'],
  raw: string,
  b: Bound,
): Measured {
  if ('value' in test && typeof test.value === 'boolean')
    return { having: `${raw} = '${test.value ? 'true' : 'false'}'`, ofNone: false }
  if ('from' in test || ('value' in test && typeof test.value === 'number')) {
    const number = test as NumberTest
    return {
      having: numberSql(number, numberOfSql(raw), isNumberSql(raw), b),
      ofNone: testNumber(number, null),
    }
  }
  const text = test as TextTest
  return {
    having: textSql(text, `leftUTF8(${textOfSql(raw)}, ${MAX_TEXT})`, isTextSql(raw), b),
    ofNone: testText(text, null),
  }
}

const MOST = 50
/** A text is remembered so far. */
const MAX_TEXT = 200

const scalarsSql = (path: string, b: Bound): string =>
  `arrayFilter(v -> not startsWith(v, '{'), ${valuesSql(path, b)})`

export function sequenceSql(rule: SequenceRule, ctx: SqlContext, b: Bound): string {
  const bounds = boundsOf(rule.window, ctx.at, ctx.timezone, null)
  const within = b.of(spanMs(rule.within), 'Int64')
  const one = (ref: EventRef, more: string[]): string =>
    [namedSql(names(ref), b), ...more, filtersSql(ref.where, b) ?? []].flat().join(' and ')
  const upTo = { from: bounds.from, to: ctx.at + 1 }
  const first = one(rule.first, withinSql(upTo, b))
  const next = one(rule.next, [])
  const newest = (which: string): string =>
    `arraySlice(arrayReverseSort(groupArrayIf(${MS}, ${which})), 1, ${MOST})`
  // remembered are the newest, of which those in the window count
  const counting =
    bounds.to === upTo.to
      ? newest(first)
      : `arrayFilter(f -> f < ${b.of(bounds.to, 'Int64')}, ${newest(first)})`
  const followed = `arrayExists(t -> t > f and t <= f + ${within}, ${newest(next)})`
  const having =
    rule.is === 'followed'
      ? `arrayExists(f -> ${followed}, ${counting})`
      : `arrayExists(f -> f + ${within} <= ${b.of(ctx.at, 'Int64')} and not ${followed}, ${counting})`
  const all = namedSql([...new Set([...names(rule.first), ...names(rule.next)])], b)
  const where = [all, ...withinSql(upTo, b), `((${first}) or (${next}))`].join(' and ')
  return members(where, having, false, ctx, b)
}
