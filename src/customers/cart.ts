// The open cart, as far as a message or the shop floor needs it: a few items and when it changed; and the app's push
// tokens. What is older than the newest order belonged to that order. Pure.
import { WEB_PLATFORM } from '../channels/model.ts'
import type { EventBody } from '../inbox/model.ts'
import type { CartItem, CustomerState, PushToken } from './model.ts'
import { quantityOf } from './orders.ts'

const MOST_ITEMS = 3
const STALE_MS = 30 * 86_400_000
const MOST_TOKENS = 3
/** A browser's is its whole subscription. */
const MAX_TOKEN = 800

/** What the intake makes of a device's token, beside the traits. */
export const PUSH_TOKEN = 'app.push_token'
export const PUSH_PLATFORM = 'app.platform'
/** The provider says that a token reaches nothing any more. */
export const TOKEN_LOST = 'push.token_lost'

type Props = Record<string, unknown>

const idOf = (p: Props): string | null => {
  const id = p.product_id ?? p.sku ?? p.name
  return typeof id === 'string' && id !== '' ? id.slice(0, 64) : typeof id === 'number' ? String(id) : null
}

function itemOf(p: Props): CartItem | null {
  const id = idOf(p)
  if (id === null) return null
  const price = typeof p.price === 'string' ? Number(p.price) : p.price
  const quantity = quantityOf(p.quantity)
  return typeof price === 'number' && Number.isFinite(price) && price >= 0
    ? [id, quantity, price]
    : [id, quantity]
}

function itemsOf(products: unknown): CartItem[] {
  const items: CartItem[] = []
  for (const p of Array.isArray(products) ? products : []) {
    const item = typeof p === 'object' && p !== null ? itemOf(p as Props) : null
    if (item !== null) items.push(item)
  }
  return items
}

function put(state: CustomerState, at: number, items: CartItem[], more: number): void {
  if (items.length === 0 && more === 0) {
    delete state.cart
    return
  }
  const kept = items.slice(0, MOST_ITEMS)
  const rest = more + items.length - kept.length
  state.cart = { at: Math.max(at, state.cart?.at ?? at), items: kept, ...(rest > 0 ? { more: rest } : {}) }
}

/** Folds an event that changes the cart. One that nobody touched for a month is forgotten. */
export function foldCart(state: CustomerState, name: string, props: Props | undefined, at: number): void {
  if (state.cart !== undefined && state.cart.at < at - STALE_MS) delete state.cart
  if (name === 'Order Completed') {
    if (state.cart !== undefined && state.cart.at <= at) delete state.cart
    return
  }
  if (name !== 'Product Added' && name !== 'Product Removed' && name !== 'Cart Viewed') return
  if (props === undefined || at < (state.orders?.lastAt ?? at)) return
  const items = state.cart?.items ?? []
  const more = state.cart?.more ?? 0
  if (name === 'Cart Viewed') {
    const seen = itemsOf(props.products)
    if (seen.length > 0 && at >= (state.cart?.at ?? at)) put(state, at, seen, 0)
    return
  }
  const item = itemOf(props)
  if (item === null) return
  const held = items.find(i => i[0] === item[0])
  if (name === 'Product Added') {
    if (held === undefined) put(state, at, [...items, item], more)
    else {
      const [id, quantity, price = held[2]] = item
      const sum: CartItem = price === undefined ? [id, held[1] + quantity] : [id, held[1] + quantity, price]
      put(
        state,
        at,
        items.map(i => (i === held ? sum : i)),
        more,
      )
    }
  } else if (held !== undefined) {
    const left = props.quantity === undefined ? 0 : held[1] - item[1]
    const [id, , ...price] = held
    const next = items.flatMap((i): CartItem[] => (i !== held ? [i] : left > 0 ? [[id, left, ...price]] : []))
    put(state, at, next, more)
  }
}

/** The newer cart stays. */
export function mergeCart(state: CustomerState, other: CustomerState): void {
  if (other.cart !== undefined && other.cart.at > (state.cart?.at ?? -1)) state.cart = other.cart
  if (state.cart !== undefined && state.cart.at < (state.orders?.lastAt ?? 0)) delete state.cart
  for (const token of other.push ?? []) noteToken(state, token)
}

function noteToken(state: CustomerState, token: PushToken): void {
  const tokens = state.push ?? []
  const held = tokens.find(t => t.t === token.t)
  if (held !== undefined && held.at >= token.at) return
  state.push = [...tokens.filter(t => t !== held), token].sort((a, b) => a.at - b.at).slice(-MOST_TOKENS)
}

/** The token by which an app can be notified, and its end with the app's. */
export function foldPush(state: CustomerState, body: EventBody, at: number): void {
  const { name, traits } = body
  const token = traits?.[PUSH_TOKEN]
  if (typeof token === 'string' && token !== '' && token.length <= MAX_TOKEN) {
    const platform = traits![PUSH_PLATFORM]
    noteToken(state, {
      t: token,
      p: typeof platform === 'string' ? platform.slice(0, 16) : 'app',
      at,
      ...(body.proof === 'public' && !isOwnBrowser(body, platform) ? { u: true } : {}),
    })
  } else if (name === 'Application Uninstalled' && state.push !== undefined) {
    keepTokens(state, t => t.at > at)
  }
}

/** A subscription that names nobody but the visitor in whose browser it was made: they hold the random id that says so, so
 *  what is sent there is theirs to see. Who is named otherwise without proof is not written to by it. */
const isOwnBrowser = (body: EventBody, platform: unknown): boolean =>
  platform === WEB_PLATFORM && body.ids.every(id => id.kind === 'anonymous_id')

export function loseToken(state: CustomerState, { traits }: EventBody): void {
  keepTokens(state, t => t.t !== traits?.[PUSH_TOKEN])
}

function keepTokens(state: CustomerState, keep: (token: PushToken) => boolean): void {
  const left = (state.push ?? []).filter(keep)
  if (left.length > 0) state.push = left
  else delete state.push
}
