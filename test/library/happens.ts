// What happens to people in the tests of the library, in short.
import { DAY, HOUR, id, uuid } from '../reducer.ts'
import type { Shopper } from '../segment-people.ts'

/** Something happens to a shopper; the group they are then in, 'out' for none. */
type Case = [who: string, is: string, ...happens: ((p: Shopper) => unknown)[]]
export type Cases = { with?: Record<string, unknown>; people: Case[] }

export const HOURS = (n: number, ms = 0) => (n * HOUR + ms) / DAY
export const viewed = {
  name: 'Product Viewed',
  props: { product_id: 'P1', category: '茶葉', brand: '霧丘', price: 500 },
}
export const look = (p: Shopper, category = '茶葉', times = 1) => {
  for (let i = 0; i < times; i++) p.does(viewed.name, { ...viewed.props, category })
}
export const line = (category: string, quantity = 1) => ({
  sku: `${category}-1`,
  category,
  price: 500,
  quantity,
})
export const email = id('email', 'ming@example.com')
export const phone = id('phone', '+886900000001')
export const lineUid = id('line_uid', 'U' + '1'.repeat(32))
export const holds = (p: Shopper, ...ids: (typeof email)[]) => p.does('Seen', {}, { ids })
export const follows = (p: Shopper, unblocked = false) =>
  p.told(
    'contact.followed',
    { channel: 'line', is_unblocked: unblocked },
    { proof: 'provider', ids: [lineUid] },
  )
export const agrees = (p: Shopper, channel: string, on = true) =>
  p.told(on ? 'consent.granted' : 'consent.refused', { channel, purpose: 'marketing' })
export const message = (p: Shopper, state: 'accepted' | 'opened' | 'clicked', n = 1, purpose = 'marketing') =>
  p.fold({
    kind: 'outcome',
    now: p.now,
    received: p.now,
    body: {
      message: uuid(0x900 + n),
      enrollment: null,
      node: null,
      journey: null,
      channel: 'email',
      state,
      outcome: state === 'accepted' ? 'accepted' : null,
      reason: null,
      at: p.now,
      purpose,
    } as never,
  })

export const RFM = {
  recency: [30, 60, 120, 240],
  frequency: [1, 2, 3, 5],
  monetary: [1_000, 2_000, 4_000, 8_000],
}

export function buysTimes(p: Shopper, times: number, total: number): void {
  for (let i = 0; i < times; i++) p.buys(total)
}
export function returnsLine(p: Shopper, category: string): void {
  const [no] = Object.keys(p.facts)
  p.does('Order Returned', { order_id: no!.slice('order:'.length), products: [line(category)] })
}
export function visit(p: Shopper): void {
  p.does('Page Viewed', {}, { type: 'page' }).days(HOURS(0, 60_000))
  p.does('Page Viewed', {}, { type: 'page' })
}
export const writes = (p: Shopper) =>
  p.told(
    'line.message',
    { type: 'text', id: '1', text: '請問', from: 'customer' },
    { proof: 'provider', ids: [lineUid] },
  )
export const replies = (p: Shopper) =>
  p.told('conversation.replied', { channel: 'line', staff: 'S001', from: 'team' })
export const coupon = (p: Shopper, ms: number): Shopper =>
  p.told('coupon.issued', { coupon: 'WELCOME', code: 'C-1', expires_at: new Date(p.now + ms).toISOString() })
