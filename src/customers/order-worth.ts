// What one order is worth, from all its rows, in whatever order they came. Placed or updated more than once: the newest
// says the amount; paid only: what was paid. Refunds are taken off, at most to nothing; a return takes off the goods'
// price unless refunds already took more; a cancelled order counts for nothing. Pure.
import type { OrderDetail, OrderLine, OrderRow, ToldWorth } from '../inbox/order-model.ts'
import { hashId } from '../platform/ids.ts'

/** The fact that is all rows of all orders of the customer. */
export const ALL_ORDERS = 'orders'

export type Part = 'none' | 'part' | 'whole'
export type Status = 'placed' | 'paid' | 'shipped' | 'ready' | 'picked_up' | 'cancelled'

export type Worth = {
  /** stands: not cancelled, nor refunded or returned in full */
  counts: boolean
  paid: boolean
  status: Status
  refunded: Part
  returned: Part
  gross: number
  net: number
  currency: string
  at: number
  channel: string
  store: string | undefined
  /** of the goods kept; null: not known */
  cost: number | null
  /** `back`: how many of the quantity came back */
  lines: (OrderLine & { back: number })[]
}

/** What history is told of a worth. */
export function told(worth: Worth | null): ToldWorth | null {
  if (worth === null) return null
  const { gross: _gross, cost: _cost, lines, ...rest } = worth
  return {
    ...rest,
    lines: lines.map(({ name: _name, variant: _variant, cost: _each, ...line }) => line),
  }
}

const newer = (a: OrderRow, b: OrderRow | null): boolean =>
  b === null || a.occurred > b.occurred || (a.occurred === b.occurred && a.key > b.key)

/** The rows that decide: newest of each kind that says what an order is. */
type Basis = { placed: OrderRow | null; paid: OrderRow | null; updated: OrderRow | null }

const STATUS: Status[] = ['placed', 'paid', 'shipped', 'ready', 'picked_up', 'cancelled']

/** True when these rows are of an order that an unmerge gave to another customer. */
export function isElsewhere(rows: OrderRow[]): boolean {
  let away = 0
  for (const row of rows) if (row.entry === 'moved') away += row.body.back === true ? -1 : 1
  return away > 0
}

/** The row by which an order that had gone to another customer comes back with it; null when it had not. */
export function backRow(rows: OrderRow[], at: number): OrderRow | null {
  const last = rows.findLast(r => r.entry === 'moved' && r.body.back !== true)
  if (last === undefined || !isElsewhere(rows)) return null
  return { ...last, key: hashId('back', last.key), occurred: at, body: { ...last.body, back: true } }
}

/** Null: nothing said yet what the order is, or it is another customer's by now. */
export function worthOf(rows: OrderRow[]): Worth | null {
  if (isElsewhere(rows)) return null
  const basis = basisOf(rows)
  let total: OrderRow | null = null
  let reached = 0
  for (const row of rows) {
    const says = row.entry === 'placed' || (row.entry === 'updated' && !row.body.noTotal)
    if (says && newer(row, total)) total = row
    reached = Math.max(reached, STATUS.indexOf(row.entry as Status))
  }
  total ??= basis.paid
  if (total === null) return null
  const placed = basis.placed ?? total
  const gross = total.amount
  const lines = linesLeft(rows, basis)
  const cancelled = reached === STATUS.length - 1
  const refunded = refundedOf(rows, gross)
  const returned = returnedOf(rows, gross, lines)
  const none = cancelled || refunded.part === 'whole' || returned.part === 'whole'
  if (none) for (const line of lines) line.back = line.q
  const paid = basis.paid !== null || placed.body.unpaid !== true
  if (reached === 0 && paid) reached = 1
  const store = detail(basis, 'store')
  return {
    counts: !none,
    paid,
    status: STATUS[reached]!,
    refunded: refunded.part,
    returned: returned.part,
    gross,
    net: none ? 0 : Math.max(0, gross - Math.max(refunded.amount, returned.amount)),
    currency: total.currency,
    at: placed.occurred,
    channel: detail(basis, 'channel') ?? (store === undefined ? 'online' : 'store'),
    store,
    cost: none ? 0 : costOf(basis, lines),
    lines,
  }
}

/** A detail as the newest row that knows it says; an update before the placement, that before the payment. */
export function detail<K extends keyof OrderDetail>(basis: Basis, name: K): OrderDetail[K] | undefined {
  return basis.updated?.body[name] ?? basis.placed?.body[name] ?? basis.paid?.body[name]
}

export function basisOf(rows: OrderRow[]): Basis {
  const basis: Basis = { placed: null, paid: null, updated: null }
  for (const row of rows)
    for (const kind of ['placed', 'paid', 'updated'] as const)
      if (row.entry === kind && newer(row, basis[kind])) basis[kind] = row
  return basis
}

const sameGoods = (a: OrderLine, b: OrderLine): boolean => {
  const ids = [a.id, a.sku].filter(x => x !== undefined)
  if (ids.length === 0) return a.name !== undefined && a.name === b.name
  return ids.some(x => x === b.id || x === b.sku)
}

/** The order's lines, less what refunds and returns name. The same goods returned and refunded came back once. */
function linesLeft(rows: OrderRow[], basis: Basis): Worth['lines'] {
  const lines = (detail(basis, 'lines') ?? []).map(line => ({ ...line, back: 0 }))
  if (lines.length === 0) return lines
  const takeBack = (entry: 'refunded' | 'returned'): number[] => {
    const back = lines.map(() => 0)
    for (const row of rows) {
      if (row.entry !== entry) continue
      for (const gone of row.body.lines ?? []) {
        let left = gone.q
        lines.forEach((line, i) => {
          if (left <= 0 || !sameGoods(gone, line)) return
          const some = Math.min(left, line.q - back[i]!)
          back[i]! += some
          left -= some
        })
      }
    }
    return back
  }
  const refunded = takeBack('refunded')
  const returned = takeBack('returned')
  lines.forEach((line, i) => {
    line.back = Math.max(refunded[i]!, returned[i]!)
  })
  return lines
}

function refundedOf(rows: OrderRow[], gross: number): { amount: number; part: Part } {
  let amount = 0
  let some = false
  for (const row of rows) {
    if (row.entry !== 'refunded') continue
    if (row.body.full) return { amount: gross, part: 'whole' }
    some = true
    amount += row.amount
  }
  return { amount, part: !some ? 'none' : amount >= gross ? 'whole' : 'part' }
}

function returnedOf(rows: OrderRow[], gross: number, lines: Worth['lines']): { amount: number; part: Part } {
  let amount = 0
  let some = false
  let silent = false // a return that names goods and no amount is worth their price
  for (const row of rows) {
    if (row.entry !== 'returned') continue
    if (row.body.full) return { amount: gross, part: 'whole' }
    some = true
    amount += row.amount
    silent ||= row.amount === 0
  }
  if (!some) return { amount: 0, part: 'none' }
  if (silent)
    amount = Math.max(
      amount,
      lines.reduce((sum, l) => sum + l.back * (l.price ?? 0), 0),
    )
  const all = lines.length > 0 && lines.every(l => l.back >= l.q)
  return { amount, part: all || (lines.length === 0 && amount >= gross && gross > 0) ? 'whole' : 'part' }
}

/** Of the goods kept: from the lines where each says its cost, else the order's own, by the share of goods kept. */
function costOf(basis: Basis, lines: Worth['lines']): number | null {
  if (lines.length > 0 && lines.every(l => l.cost !== undefined))
    return Math.round(lines.reduce((sum, l) => sum + (l.q - l.back) * l.cost!, 0))
  const whole = detail(basis, 'cost')
  if (whole === undefined) return null
  const all = lines.reduce((sum, l) => sum + l.q, 0)
  const kept = lines.reduce((sum, l) => sum + l.q - l.back, 0)
  return all === 0 ? whole : Math.round((whole * kept) / all)
}
