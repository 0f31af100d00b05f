// Leaves about orders, as the set of customers of whom they hold: what each order is worth by now (table order_state). A survivor has rows of its own of every order it took over, so only the living are read.
import { never } from '../../platform/errors.ts'
import { testNumber } from '../leaves/values.ts'
import { boundsOf } from '../windows.ts'
import type { OrderMeasure, OrderRef, OrderStatus, Rule } from '../model.ts'
import type { Bound } from './bind.ts'
import type { SqlContext } from './compile.ts'
import { numberSql, timeSql } from './tests.ts'

const DAY_MS = 86_400_000
/** Of each customer, the newest. */
const MOST = 1_000

const STATUS: Record<OrderStatus, string> = {
  unpaid: 'o.counts and not o.paid',
  paid: 'o.counts and o.paid',
  shipped: `o.counts and o.status = 'shipped'`,
  ready: `o.counts and o.status = 'ready'`,
  picked_up: `o.counts and o.status = 'picked_up'`,
  cancelled: `o.status = 'cancelled'`,
  returned: `o.returned = 'whole'`,
  refunded: `o.refunded = 'whole'`,
}

/** Elements of a line in order_state. */
const LINE = { product: 'l.1', sku: "if(l.2 = '', l.1, l.2)", category: 'l.3', brand: 'l.4' } as const

type Lines = NonNullable<OrderRef['lines']>

const linesSql = ({ by, values }: Lines, b: Bound): string =>
  `arrayFilter(l -> has(${b.texts(values)}, ${LINE[by]}), o.lines)`

function refSql(ref: OrderRef, b: Bound): string[] {
  const parts: string[] = []
  if (ref.status === undefined) parts.push('o.counts')
  else parts.push(`(${ref.status.map(s => `(${STATUS[s]})`).join(' or ')})`)
  if (ref.salesChannel) parts.push(`has(${b.texts(ref.salesChannel)}, o.channel)`)
  if (ref.store) parts.push(`has(${b.texts(ref.store)}, o.store)`)
  if (ref.lines) parts.push(`arrayExists(l -> not o.counts or l.5 > l.6, ${linesSql(ref.lines, b)})`)
  return parts
}

export function orderSql(rule: Extract<Rule, { op: 'orders' }>, ctx: SqlContext, b: Bound): string {
  const { from, to } = boundsOf(rule.window, ctx.at, ctx.timezone, null)
  const where = ['o.known', ...refSql(rule, b)]
  if (from !== Number.NEGATIVE_INFINITY) where.push(`o.at >= ${b.moment(from)}`)
  where.push(`o.at < ${b.moment(to)}`)
  const goods = rule.lines ? linesSql(rule.lines, b) : 'o.lines'
  const amount = rule.lines ? `arraySum(l -> (l.5 - l.6) * greatest(l.7, 0), ${goods})` : 'toFloat64(o.net)'
  const facts: Facts = {
    at: 'toUnixTimestamp64Milli(o.at)',
    amount: `if(o.currency = ${b.text(ctx.currency)}, ${amount}, 0)`,
    quantity: `arraySum(l -> l.5 - l.6, ${goods})`,
  }
  const { having, ofNone } = measureSql(rule.measure, facts, ctx, b)
  const found = `c.customer_id in (select o.customer_id from order_state as o final
    where o.workspace_id = ${b.of(ctx.workspace, 'UUID')} and ${where.join(' and ')} group by o.customer_id having ${ofNone ? `not (${having})` : having})`
  return ofNone ? `not ${found}` : found
}

/** Expressions of one order. */
type Facts = { at: string; amount: string; quantity: string }
type Measured = { having: string; ofNone: boolean }

function measureSql(measure: OrderMeasure, facts: Facts, ctx: SqlContext, b: Bound): Measured {
  const { at, amount, quantity } = facts
  const n = `least(count(), ${MOST})`
  /** sum over the newest orders; sorted only for the few who have more of them */
  const sum = (what: string): string =>
    `if(count() <= ${MOST}, sum(${what}), arraySum(x -> x.2, arraySlice(arrayReverseSort(x -> x.1, groupArray((${at}, ${what}))), 1, ${MOST})))`
  const numbered = (value: string, has: string | null, none: number | null): Measured => {
    const { test } = measure as Extract<OrderMeasure, { of: 'count' }>
    return { having: numberSql(test, value, has, b), ofNone: testNumber(test, none) }
  }
  const first = `if(count() <= ${MOST}, min(${at}), arraySort(arraySlice(arrayReverseSort(groupArray(${at})), 1, ${MOST}))[1])`
  const last = `max(${at})`
  switch (measure.of) {
    case 'count':
      return numbered(n, null, 0)
    case 'quantity':
      return numbered(sum(quantity), null, 0)
    case 'amount':
      return numbered(sum(amount), null, 0)
    case 'average':
      return numbered(`(${sum(amount)} / ${n})`, null, null)
    case 'interval':
      return numbered(`((${last} - ${first}) / (${n} - 1) / ${DAY_MS})`, `(count() > 1)`, null)
    case 'first_at':
    case 'last_at':
      return {
        having: timeSql(
          measure.test,
          measure.of === 'first_at' ? first : last,
          null,
          ctx.at,
          ctx.timezone,
          b,
        ),
        ofNone: measure.test.is === 'never',
      }
    case 'cycle': {
      const gone = `(${b.of(ctx.at, 'Int64')} - ${last})`
      const once = `(${gone} / ${b.number(measure.onceDays * DAY_MS)})`
      const own = `(${gone} * (${n} - 1) / (${last} - ${first}))`
      return numbered(`if(${last} = ${first}, ${once}, ${own})`, null, null)
    }
    default:
      return never(measure)
  }
}
