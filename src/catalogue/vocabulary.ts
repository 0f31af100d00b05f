// The names that pickers offer: the product's own, those of installed presets, and those that came in.
import { askHistory, type History, unlessDown } from '../platform/clickhouse.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Label, Preset } from './model.ts'
import { PRESETS } from './presets/register.ts'

const ORDER = ['order_id', 'total', 'currency', 'coupon', 'sales_channel', 'store', 'staff', 'products']
const PRODUCT = ['product_id', 'sku', 'name', 'category', 'brand', 'price', 'quantity']

/** Names of the ecommerce and mobile events that clients send, and of what we make of them. */
const BUILT_IN: [name: string, zh: string, en: string, props: string[]][] = [
  ['Page Viewed', '瀏覽網頁', 'Page viewed', ['url', 'title', 'referrer']],
  ['Page Engaged', '停留頁面', 'Page engaged', ['url', 'seconds']],
  ['Screen Viewed', '瀏覽 App 畫面', 'Screen viewed', ['name']],
  ['Identified', '識別身分', 'Identified', []],
  ['Signed Up', '註冊會員', 'Signed up', ['method', 'store']],
  ['Products Searched', '搜尋商品', 'Products searched', ['query']],
  ['Product List Viewed', '瀏覽商品列表', 'Product list viewed', ['list_id', 'category']],
  ['Product Viewed', '瀏覽商品', 'Product viewed', PRODUCT],
  ['Product Added', '加入購物車', 'Product added', [...PRODUCT, 'cart_id']],
  ['Product Removed', '移出購物車', 'Product removed', [...PRODUCT, 'cart_id']],
  ['Cart Viewed', '查看購物車', 'Cart viewed', ['cart_id', 'products']],
  ['Checkout Started', '開始結帳', 'Checkout started', ['checkout_id', 'cart_url', 'value', 'products']],
  ['Checkout Updated', '變更結帳內容', 'Checkout updated', ['checkout_id', 'cart_url', 'value', 'products']],
  ['Order Completed', '訂單成立', 'Order completed', ORDER],
  ['Order Paid', '訂單付款', 'Order paid', ORDER],
  ['Order Updated', '訂單變更', 'Order updated', ORDER],
  ['Order Shipped', '訂單出貨', 'Order shipped', ['order_id', 'tracking_url']],
  ['Order Ready For Pickup', '可到店取貨', 'Order ready for pick-up', ['order_id', 'pickup_store']],
  ['Order Picked Up', '已取貨', 'Order picked up', ['order_id', 'pickup_store', 'staff']],
  ['Order Refunded', '訂單退款', 'Order refunded', ['order_id', 'refund_id', 'total', 'products']],
  ['Order Returned', '訂單退貨', 'Order returned', ['order_id', 'products', 'store']],
  ['Order Cancelled', '訂單取消', 'Order cancelled', ['order_id', 'reason']],
  ['Store Visited', '到店', 'Store visited', ['store']],
  ['Product Reviewed', '商品評價', 'Product reviewed', ['product_id', 'rating']],
  ['Store Service Rated', '門市服務評分', 'Store service rated', ['store', 'staff', 'rating']],
  ['Form Answered', '填寫表單', 'Form answered', ['form']],
  ['Link Scanned', '掃描 QR Code', 'Link scanned', ['link']],
  ['Support Contacted', '聯絡客服', 'Support contacted', ['topic']],
  ['Conversation Resolved', '對話結案', 'Conversation resolved', ['topic']],
  ['Application Installed', '安裝 App', 'App installed', ['version']],
  ['Application Opened', '開啟 App', 'App opened', ['version']],
  ['contact.followed', '加 LINE 好友', 'Followed on LINE', ['is_unblocked']],
  ['contact.unfollowed', '封鎖 LINE', 'Unfollowed on LINE', []],
]
/** Those of src/collect/touch.ts: what an event says of where it happened. */
const CHANNELS: [code: string, zh: string, en: string][] = [
  ['web', '網站', 'Web'],
  ['app', 'App', 'App'],
  ['store', '門市', 'Store'],
  ['line', 'LINE', 'LINE'],
  ['facebook', 'Facebook', 'Facebook'],
  ['instagram', 'Instagram', 'Instagram'],
  ['email', 'Email', 'E-mail'],
  ['sms', '簡訊', 'SMS'],
  ['phone', '電話', 'Phone'],
  ['support', '客服', 'Support'],
]

export type KnownEvent = { name: string; label: Label; from: string; props: string[] }
type Words = {
  events: KnownEvent[]
  channels: { code: string; label: Label; from: string }[]
  touchpoints: { code: string; label: Label; channel: string; from: string }[]
}

/** `named`: the label is one that the workspace gave. */
type Vocabulary = Omit<Words, 'events'> & { events: (KnownEvent & { named: boolean })[] }

export type Installed = { preset: string; journeys: Uuid[]; at: Date }

export async function installedPresets(sql: Sql, workspace: Uuid): Promise<Installed[]> {
  const { rows } = await sql.query<Installed>(
    'select preset, journeys, at from installed_preset where workspace_id = $1 order by at',
    [workspace],
  )
  return rows
}

export async function recordInstalled(
  sql: Sql,
  workspace: Uuid,
  preset: string,
  journeys: Uuid[],
): Promise<void> {
  await sql.query(
    'insert into installed_preset (workspace_id, preset, journeys, at) values ($1, $2, $3, $4) on conflict do nothing',
    [workspace, preset, journeys, new Date()],
  )
}

/** One installation of a preset at a time; null when it is not installed. */
export async function lockPreset(sql: Sql, workspace: Uuid, preset: string): Promise<Installed | null> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 14))', [`${workspace} ${preset}`])
  return (await installedPresets(sql, workspace)).find(i => i.preset === preset) ?? null
}

export async function removeInstalled(sql: Sql, workspace: Uuid, preset: string): Promise<void> {
  await sql.query('delete from installed_preset where workspace_id = $1 and preset = $2', [workspace, preset])
}

const MOST_NAMED = 500

/** What the workspace calls events, by the name that clients post. */
type EventNames = ReadonlyMap<string, Label>

export async function eventNames(sql: Sql, workspace: Uuid): Promise<EventNames> {
  const { rows } = await sql.query<{ name: string; label: Label }>(
    'select name, label from event_name where workspace_id = $1 order by name',
    [workspace],
  )
  return new Map(rows.map(r => [r.name, r.label]))
}

/** @throws Problem 409 `too_many` */
export async function nameEvent(sql: Sql, workspace: Uuid, name: string, label: Label): Promise<void> {
  const { rowCount } = await sql.query(
    `insert into event_name (workspace_id, name, label)
     select $1, $2, $3 where (select count(*) from event_name where workspace_id = $1 and name <> $2) < $4
     on conflict (workspace_id, name) do update set label = excluded.label`,
    [workspace, name, JSON.stringify(label), MOST_NAMED],
  )
  if (rowCount === 0)
    throw new Problem(409, 'too_many', `A workspace names at most ${MOST_NAMED} events`, {
      action: 'Take the names of events away that do not come any more.',
    })
}

export async function unnameEvent(sql: Sql, workspace: Uuid, name: string): Promise<void> {
  await sql.query('delete from event_name where workspace_id = $1 and name = $2', [workspace, name])
}

/** Events under the names that the workspace gave them. */
export const asNamed = <E extends KnownEvent>(events: E[], names: EventNames): (E & { named: boolean })[] =>
  events.map(e => ({ ...e, label: names.get(e.name) ?? e.label, named: names.has(e.name) }))

/** Names of events that came in, the most frequent first. */
async function seenEvents(history: History, workspace: Uuid): Promise<string[]> {
  const rows = await askHistory<{ name: string }>(
    history,
    `select name from event where workspace_id = {workspace:UUID} and kind = 'event'
        group by name order by count() desc limit 300`,
    { workspace },
  )
  return rows.map(r => r.name)
}

export async function readVocabulary(sql: Sql, history: History, workspace: Uuid): Promise<Vocabulary> {
  const [installed, names, seen] = await Promise.all([
    installedPresets(sql, workspace),
    eventNames(sql, workspace),
    unlessDown(seenEvents(history, workspace)),
  ])
  const { events, ...more } = vocabularyOf(
    PRESETS.filter(p => installed.some(i => i.preset === p.key)),
    [...(seen ?? []), ...names.keys()],
  )
  return { events: asNamed(events, names), ...more }
}

/** Each name once; the first to bring it gives its label. */
export function vocabularyOf(presets: readonly Preset[], seen: string[]): Words {
  const events = new Map<string, KnownEvent>()
  for (const [name, zh, en, props] of BUILT_IN)
    events.set(name, { name, label: { zh, en }, from: 'built_in', props })
  for (const p of presets)
    for (const { name, label, props } of p.events)
      if (!events.has(name)) events.set(name, { name, label, from: p.key, props })
  for (const name of seen)
    if (!events.has(name)) events.set(name, { name, label: { zh: name, en: name }, from: 'seen', props: [] })
  const channels = new Map<string, Words['channels'][number]>()
  for (const [code, zh, en] of CHANNELS) channels.set(code, { code, label: { zh, en }, from: 'built_in' })
  for (const p of presets)
    for (const c of p.channels) if (!channels.has(c.code)) channels.set(c.code, { ...c, from: p.key })
  return {
    events: [...events.values()],
    channels: [...channels.values()],
    touchpoints: presets.flatMap(p => p.touchpoints.map(t => ({ ...t, from: p.key }))),
  }
}
