// Where a customer stands with the business: clocks (what they did last, what marketing and the team sent last), and tier,
// points and coupons as a trusted source tells them. In whatever order it is told, the newest counts. Pure.
import { type ChannelName, isChannel } from '../channels/model.ts'
import type { EventBody, OutcomeBody } from '../inbox/model.ts'
import { toldOfCoupon } from '../membership/coupons.ts'
import { holdCoupon, isOpen } from '../membership/held.ts'
import type { HeldCoupon } from '../membership/model.ts'
import { momentOf } from '../platform/zone-days.ts'
import { isReservedName, type Fold } from './fold.ts'
import { countHour, mergeHours } from './hours.ts'
import type { CustomerState } from './model.ts'

/** Of an order, done by the shop and not by the customer. */
const BY_THE_SHOP = new Set([
  'Order Updated',
  'Order Shipped',
  'Order Ready For Pickup',
  'Order Refunded',
  'Order Cancelled',
])
/** Reserved names of what the customer did. */
const BY_THE_CUSTOMER =
  /^(contact\.followed|conversation\.received|(line|sms|whatsapp|messenger|instagram)\.message|(messenger|instagram)\.postback)$/

/** The channel by which the customer wrote to us; null: it tells of no message. */
function inboundChannel(name: string, props: Record<string, unknown> = {}): ChannelName | null {
  const dot = name.indexOf('.')
  const channel = name === 'conversation.received' ? props.channel : name.slice(0, dot)
  const wrote = name === 'conversation.received' || name.slice(dot) === '.message'
  // a tap opens Meta's window, too
  if (!wrote && name !== 'messenger.postback' && name !== 'instagram.postback') return null
  return typeof channel === 'string' && isChannel(channel) ? channel : null
}

function heardFrom(state: CustomerState, channel: ChannelName, at: number): void {
  const inbound = (state.inb ??= {})
  if ((inbound[channel] ?? 0) < at) inbound[channel] = at
}

function turn(state: CustomerState, clock: 'c' | 'm' | 't', at: number): void {
  const clocks = (state.clk ??= {})
  if (clocks[clock] === undefined || clocks[clock] < at) clocks[clock] = at
}

/** Trusted: the sender is not the customer's own browser, with or without a token. */
const isTold = ({ proof }: EventBody): boolean => proof === 'server' || proof === 'provider'

function acted({ state, plan, world }: Fold, at: number): void {
  turn(state, 'c', at)
  if (plan.hours) countHour(state, at, world.timezone)
}

export function foldClocks(fold: Fold, body: EventBody, at: number): void {
  const { state } = fold
  const { name, type } = body
  if (type === 'identify' || type === 'group' || type === 'alias') return
  if (!isReservedName(name)) {
    if (type !== 'system' && !BY_THE_SHOP.has(name)) acted(fold, at)
  } else if (isTold(body)) {
    if (BY_THE_CUSTOMER.test(name)) {
      acted(fold, at)
      const channel = inboundChannel(name, body.props)
      if (channel !== null) heardFrom(state, channel, at)
    } else if (name === 'conversation.replied') turn(state, 't', at)
  }
}

/** A broadcast moves the marketing clock when its channel has accepted it; a click is the customer's. */
export function clockOutcome(fold: Fold, body: OutcomeBody): void {
  const { state } = fold
  if (body.origin === 'test') return
  if (body.state === 'accepted' && body.origin === 'reply') turn(state, 't', body.at)
  else if (body.state === 'accepted' && body.purpose === 'marketing') turn(state, 'm', body.at)
  else if (body.state === 'clicked') acted(fold, body.at)
}

export function mergeStanding(state: CustomerState, other: CustomerState): void {
  mergeHours(state, other)
  for (const clock of ['c', 'm', 't'] as const)
    if (other.clk?.[clock] !== undefined) turn(state, clock, other.clk[clock])
  for (const [channel, at] of Object.entries(other.inb ?? {})) heardFrom(state, channel as ChannelName, at)
  if (other.tier && newer(other.tier, state.tier)) state.tier = other.tier
  if (other.points && newer(other.points, state.points)) state.points = other.points
  for (const [code, coupon] of Object.entries(other.coupons ?? {})) holdCoupon(state, code, coupon)
}

/** At the same moment the greater value, so that the order of telling does not matter. */
const newer = <V extends string | number>(
  a: { v: V; at: number },
  b: { v: V; at: number } | undefined,
): boolean => b === undefined || a.at > b.at || (a.at === b.at && a.v > b.v)

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value !== '__proto__' ? value.slice(0, 60) : null

/** True when the event told of membership. */
export function foldMembership(fold: Fold, body: EventBody, at: number): boolean {
  const { name, props = {} } = body
  if (!/^(tier|points|coupon|conversation)\./.test(name)) return false
  if (!isTold(body)) return true
  const { state } = fold
  if (name === 'tier.changed') {
    const v = text(props.tier) ?? ''
    if (newer({ v, at }, state.tier)) state.tier = { v, at }
  } else if (name === 'points.changed') {
    const v = props.balance
    if (typeof v === 'number' && Number.isFinite(v) && newer({ v, at }, state.points))
      state.points = { v, at }
  } else if (COUPON.test(name)) {
    const kind = text(props.coupon)
    const code = text(props.code) ?? kind
    const held = code === null ? undefined : state.coupons?.[code]
    if (held !== undefined && isOpen(held)) {
      if (name !== 'coupon.issued')
        toldOfCoupon(fold, code!, name === 'coupon.redeemed' ? 'redeemed' : 'expired', text(props.order_id), {
          id: body.messageId,
          src: body.src,
        })
    } else if (code !== null && held?.n === undefined)
      holdCoupon(state, code, couponOf(name, kind, props, at, fold.world.timezone))
  }
  return true
}
const COUPON = /^coupon\.(issued|redeemed|expired)$/

function couponOf(
  name: string,
  kind: string | null,
  props: Record<string, unknown>,
  at: number,
  zone: string,
): HeldCoupon {
  if (name !== 'coupon.issued') return { kind: kind ?? '', at, gone: true }
  const ends = typeof props.expires_at === 'string' ? momentOf(props.expires_at, zone) : Number.NaN
  return Number.isNaN(ends) ? { kind: kind ?? '', at } : { kind: kind ?? '', at, ends }
}
