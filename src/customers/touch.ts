// First and last touch with a source: UTM campaign, ad, search, referring site, a store's QR code, a walk-in. Of two at
// the same moment the one that sorts first counts, so the order of events does not matter. Pure.
import type { EventBody } from '../inbox/model.ts'
import type { CustomerState, Touch } from './model.ts'

const MOST = 80
const SEARCH =
  /^(?:www\.)?(google|bing|yahoo|duckduckgo|baidu|ecosia|naver|yandex)\.[a-z.]+$|^[a-z]+\.search\.(yahoo)\.com$/

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value.slice(0, MOST)
    : typeof value === 'number'
      ? String(value)
      : undefined

const hostOf = (url: unknown): string | undefined =>
  typeof url === 'string' ? /^https?:\/\/([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase().slice(0, MOST) : undefined

/** A store sells, or checks in, who walked in; a page opened with a store's code came by its QR code. */
const IN_STORE = new Set(['Store Visited', 'Order Completed', 'Order Paid'])

/** The touch that an event shows; null when it names no source. */
export function touchOf(body: EventBody, at: number): Touch | null {
  const { props } = body
  if (props === undefined) return null
  if (!props.campaign && !props.referrer && !props.ad_id && !props.store && body.name !== 'Store Visited')
    return props.sales_channel === 'store' && IN_STORE.has(body.name) ? { at, k: 'walk_in' } : null
  const campaign = props.campaign
  const utm = typeof campaign === 'object' && campaign !== null ? (campaign as Record<string, unknown>) : null
  const referrer = hostOf(props.referrer)
  const elsewhere = referrer !== undefined && referrer !== hostOf(props.url)
  const search = elsewhere ? SEARCH.exec(referrer) : null
  const found: Partial<Touch> = {}
  const put = (name: 's' | 'm' | 'c' | 'ad' | 'r' | 'st' | 'kw', value: string | undefined) => {
    if (value !== undefined) found[name] = value
  }
  put('s', text(utm?.source) ?? text(props.ad_platform) ?? search?.[1] ?? search?.[2])
  put('m', text(utm?.medium))
  put('c', text(utm?.name))
  put('ad', text(props.ad_id) ?? text(utm?.ad_id))
  put('r', elsewhere ? referrer : undefined)
  put('st', text(props.store))
  put('kw', text(utm?.term) ?? text(props.keyword))
  const kind = kindOf(body, found, utm !== null, search !== null)
  return kind === null ? null : { at, k: kind, ...found }
}

function kindOf(body: EventBody, found: Partial<Touch>, utm: boolean, search: boolean): Touch['k'] | null {
  if (found.ad !== undefined) return 'ad'
  if (IN_STORE.has(body.name)) {
    const channel = body.props?.sales_channel
    if (channel === 'store' || (channel === undefined && found.st !== undefined)) return 'walk_in'
    if (body.name === 'Store Visited') return 'walk_in'
  } else if (found.st !== undefined && (body.type === 'page' || body.type === 'screen')) return 'store_qr'
  if (utm && (found.s ?? found.m ?? found.c) !== undefined) return 'campaign'
  if (search) return 'search'
  return found.r === undefined ? null : 'referral'
}

const earlier = (a: Touch, b: Touch): boolean =>
  a.at < b.at || (a.at === b.at && JSON.stringify(a) < JSON.stringify(b))

export function noteTouch(state: CustomerState, touch: Touch): void {
  const held = state.touch
  if (held === undefined) {
    state.touch = { f: touch }
    return
  }
  const last = held.l ?? held.f
  if (earlier(last, touch)) held.l = touch
  else if (earlier(touch, held.f)) state.touch = { f: touch, l: last }
}

export function mergeTouch(state: CustomerState, other: CustomerState): void {
  if (other.touch === undefined) return
  noteTouch(state, other.touch.f)
  if (other.touch.l !== undefined) noteTouch(state, other.touch.l)
}
