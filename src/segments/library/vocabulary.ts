// The names that a rule's pickers offer: declared ones from the catalogue, seen ones from history. Bounded: what is beyond
// is found by searching. What history says is kept for a minute.
import { LRUCache } from 'lru-cache'
import { attributesOf } from '../../catalogue/attribute-store.ts'
import { PRODUCTS, type ProductRow } from '../../catalogue/products.ts'
import { listShelf } from '../../catalogue/shelf.ts'
import { STORES, type StoreRow } from '../../catalogue/stores.ts'
import { asNamed, eventNames, type KnownEvent, readVocabulary } from '../../catalogue/vocabulary.ts'
import type { Out } from '../../contract.ts'
import { NOBODY } from '../../insight/metrics/orders.ts'
import { askHistory, type History } from '../../platform/clickhouse.ts'
import { campaignNames } from '../../catalogue/published-campaigns.ts'
import { couponNames } from '../../catalogue/published-rewards.ts'
import { journeyNames } from '../../journeys/store.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import { publicId, type Uuid } from '../../platform/ids.ts'
import { listSegments } from '../store.ts'
import { REST_GROUP } from '../model.ts'
import type { Label } from './model.ts'

type Vocabulary = Out<'ruleVocabulary'>
type Part = Vocabulary['more'][number]
type Words = Awaited<ReturnType<typeof readVocabulary>>

const KEPT_MS = 60_000
/** names of one kind that are kept for searching */
const MOST = 1_000
const SAMPLED_EVENTS = 120
const SAMPLE = 20
const MOST_PATHS = 60
const MAX_DEPTH = 3

/** Facts that the product derives and rules may count, beside the events that come in. */
const FACTS: [name: string, zh: string, en: string, props: string[]][] = [
  ['visit.started', '開始造訪', 'Visit started', ['number', 'place', 'store']],
  ['visit.engaged', '互動造訪', 'Engaged visit', ['number', 'engaged_ms', 'page_views', 'conversions']],
  ['stage.changed', '旅程階段改變', 'Stage changed', ['from', 'to', 'cause']],
  ['message.accepted', '訊息已送出', 'Message accepted', ['channel']],
  ['message.delivered', '訊息已送達', 'Message delivered', ['channel']],
  ['message.opened', '打開訊息', 'Message opened', ['channel']],
  ['message.clicked', '點擊訊息', 'Message clicked', ['channel', 'cta']],
  ['message.bounced', '訊息退回', 'Message bounced', ['channel']],
  ['journey.entered', '進入旅程', 'Journey entered', []],
  ['journey.exited', '離開旅程', 'Journey exited', ['how']],
  ['segment.entered', '進入分眾', 'Segment entered', ['segment', 'group']],
  ['segment.left', '離開分眾', 'Segment left', ['segment', 'group']],
  ['line.message', 'LINE 傳來訊息', 'Wrote on LINE', ['type', 'text', 'from']],
  ['line.postback', 'LINE 點按鈕', 'Pressed a button on LINE', ['data']],
  ['conversation.received', '顧客傳來訊息', 'The customer wrote', ['channel', 'text', 'from']],
  ['conversation.replied', '團隊回覆', 'The team replied', ['channel', 'staff', 'from']],
  ['conversation.resolved', '對話結案', 'Conversation resolved', ['channel', 'topic', 'staff']],
  ['tier.changed', '等級變更', 'Tier changed', ['tier', 'from']],
  ['points.changed', '點數變更', 'Points changed', ['balance']],
  ['coupon.issued', '發出優惠券', 'Coupon issued', ['coupon', 'expires_at']],
  ['coupon.redeemed', '核銷優惠券', 'Coupon redeemed', ['coupon']],
]
const SALES_CHANNELS: Record<string, Label> = {
  online: { zh: '線上', en: 'Online' },
  store: { zh: '門市', en: 'Store' },
  reseller: { zh: '經銷', en: 'Reseller' },
}

type PropType = Vocabulary['events'][number]['types'][string]
/** Dotted paths of an event, each with the type of its values; null: of several. */
type Paths = Map<string, PropType | null>

type Seen = {
  events: Words['events']
  /** by event */
  props: Map<string, Paths>
  tags: string[]
  salesChannels: string[]
  tiers: string[]
  coupons: string[]
  campaigns: string[]
  categories: string[]
  brands: string[]
}

const typeOf = (value: unknown): PropType =>
  typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text'

/** What an event carries; a list stands for its items. */
function pathsOf(value: unknown, into: Paths, path = '', depth = 0): void {
  if (into.size >= MOST_PATHS) return
  if (Array.isArray(value)) {
    for (const item of value.slice(0, 3)) pathsOf(item, into, path, depth)
    return
  }
  if (typeof value !== 'object' || value === null) {
    if (path === '' || value === null) return
    const type = typeOf(value)
    into.set(path, into.has(path) && into.get(path) !== type ? null : type)
    return
  }
  if (depth >= MAX_DEPTH) return
  for (const [key, inner] of Object.entries(value))
    if (key !== 'traits' && key.length <= 60)
      pathsOf(inner, into, path === '' ? key : `${path}.${key}`, depth + 1)
}

async function names(history: History, query: string, workspace: Uuid): Promise<string[]> {
  const rows = await askHistory<{ called: string }>(history, query, { workspace })
  return rows.map(r => r.called)
}

const WHERE = `workspace_id = {workspace:UUID}`
const LIVING = `from customer final where ${WHERE} and merged_into = toUUID('${NOBODY}')`
const ofLiving = (expression: string): string =>
  `select ${expression} as called ${LIVING} group by called having called <> '' order by count() desc, called limit ${MOST}`
const ofFacts = (event: string, prop: string): string =>
  `select JSONExtractString(props, '${prop}') as called from event where ${WHERE} and name = '${event}'
    group by called having called <> '' order by count() desc, called limit ${MOST}`
const ofProducts = (expression: string): string =>
  `select ${expression} as called from product final where ${WHERE} and not archived
    group by called having called <> '' order by count() desc, called limit ${MOST}`

/** What rows of each event carry: a few by primary key, however many there are. */
async function seenProps(history: History, workspace: Uuid, events: string[]): Promise<Map<string, Paths>> {
  const rows = await askHistory<{ called: string; props: string }>(
    history,
    events
      .map(
        (_, i) =>
          `(select name as called, props from event where ${WHERE} and name = {n${i}:String} limit ${SAMPLE})`,
      )
      .join(' union all '),
    { workspace, ...Object.fromEntries(events.map((name, i) => [`n${i}`, name])) },
  )
  const paths = new Map<string, Paths>()
  for (const row of rows) {
    const into: Paths = paths.get(row.called) ?? new Map()
    paths.set(row.called, into)
    pathsOf(JSON.parse(row.props), into)
  }
  return paths
}

async function askSeen({ pool, history }: Core, workspace: Uuid): Promise<Seen> {
  const ask = (query: string) => names(history, query, workspace)
  const { events } = await readVocabulary(pool, history, workspace)
  // what came in stands behind the declared ones, the most frequent first
  const sampled = events.slice(0, SAMPLED_EVENTS).map(event => event.name)
  const [props, tags, salesChannels, tiers, coupons, campaigns, categories, brands] = await Promise.all([
    seenProps(history, workspace, sampled),
    ask(ofLiving('arrayJoin(tags)')),
    ask(ofLiving('tupleElement(arrayJoin(orders_by), 1)')),
    ask(ofFacts('tier.changed', 'tier')),
    ask(ofFacts('coupon.issued', 'coupon')),
    ask(ofLiving(`JSONExtractString(first_touch, 'c')`)),
    ask(ofProducts('arrayJoin(category)')),
    ask(ofProducts('brand')),
  ])
  return { events, props, tags, salesChannels, tiers, coupons, campaigns, categories, brands }
}

const kept = new LRUCache<string, Promise<Seen>>({ max: 500, ttl: KEPT_MS })

function seen(core: Core, workspace: Uuid): Promise<Seen> {
  const key = `${core.databaseUrl} ${workspace}`
  const known = kept.get(key)
  if (known) return known
  const asking = askSeen(core, workspace)
  kept.set(key, asking)
  asking.catch(() => kept.delete(key))
  return asking
}

const NOTHING: Omit<Seen, 'events'> = {
  props: new Map(),
  tags: [],
  salesChannels: [],
  tiers: [],
  coupons: [],
  campaigns: [],
  categories: [],
  brands: [],
}

async function seenOrNothing(core: Core, workspace: Uuid): Promise<{ found: Seen; stale: boolean }> {
  try {
    return { found: await seen(core, workspace), stale: false }
  } catch (error) {
    if (error instanceof Problem && error.code === 'history_down') {
      const { events } = await readVocabulary(core.pool, core.history, workspace)
      return { found: { ...NOTHING, events }, stale: true }
    }
    throw error
  }
}

const eventsOf = ({ events: declared, props }: Seen) => {
  const events = new Map<string, KnownEvent>(declared.map(event => [event.name, event]))
  for (const [name, zh, en, own] of FACTS)
    if (!events.has(name) || events.get(name)!.from === 'seen')
      events.set(name, { name, label: { zh, en }, from: 'built_in', props: own })
  return [...events.values()].map(event => {
    const paths: Paths = props.get(event.name) ?? new Map()
    return {
      ...event,
      props: [...new Set([...event.props, ...[...paths.keys()].sort()])].slice(0, MOST_PATHS),
      types: Object.fromEntries([...paths].flatMap(([path, type]) => (type === null ? [] : [[path, type]]))),
    }
  })
}

export async function ruleVocabulary(
  core: Core,
  workspace: Uuid,
  query: { q?: string | undefined; part?: Part | undefined; limit: number },
): Promise<Vocabulary> {
  const { q, part, limit } = query
  const { found, stale } = await seenOrNothing(core, workspace)
  const shelf = { ...(q ? { q } : {}), archived: false, where: {}, limit }
  const wants = (name: Part): boolean => part === undefined || part === name
  const [named, attributes, segments, stores, products, coupons, journeys, campaigns] = await Promise.all([
    eventNames(core.pool, workspace),
    wants('attributes') ? attributesOf(core.pool, workspace) : [],
    wants('segments') ? listSegments(core.pool, workspace) : [],
    wants('stores') ? listShelf<StoreRow>(core.pool, STORES, workspace, shelf) : null,
    wants('products') ? listShelf<ProductRow>(core.pool, PRODUCTS, workspace, shelf) : null,
    couponNames(core.pool, workspace),
    journeyNames(core.pool, workspace, null),
    campaignNames(core.pool, workspace),
  ])
  const more: Part[] = []
  const lower = q?.toLowerCase() ?? ''
  /** those that the search finds, at most `limit` */
  const some = <T>(name: Part, all: readonly T[], texts: (item: T) => string[]): T[] => {
    if (!wants(name)) return []
    const hits =
      lower === '' ? all : all.filter(item => texts(item).some(t => t.toLowerCase().includes(lower)))
    if (hits.length > limit) more.push(name)
    return hits.slice(0, limit)
  }
  const plain = (name: Part, all: string[]): string[] => some(name, all, text => [text])
  const labelled = (label: Label): string[] => [label.zh, label.en]
  if (stores?.next) more.push('stores')
  if (products?.next) more.push('products')
  const codes = [...new Set([...Object.keys(SALES_CHANNELS).slice(0, 2), ...found.salesChannels])]
  return {
    events: some('events', asNamed(eventsOf(found), named), event => [event.name, ...labelled(event.label)]),
    attributes: some(
      'attributes',
      attributes.map(({ name, label, type, choices }) => ({ name, label, type, choices })),
      a => [a.name, ...labelled(a.label)],
    ),
    tags: plain('tags', found.tags),
    stores: (stores?.rows ?? []).map(({ code, name }) => ({ code, name })),
    products: (products?.rows ?? []).map(p => ({ product: p.code, sku: p.sku ?? p.code, name: p.name })),
    categories: plain('categories', found.categories),
    brands: plain('brands', found.brands),
    salesChannels: some(
      'salesChannels',
      codes.map(code => ({ code, label: SALES_CHANNELS[code] ?? { zh: code, en: code } })),
      c => [c.code, ...labelled(c.label)],
    ),
    tiers: plain('tiers', found.tiers),
    coupons: plain('coupons', [
      ...new Set([...coupons.flatMap(c => (c.archived ? [] : c.key)), ...found.coupons]),
    ]),
    campaigns: plain('campaigns', found.campaigns),
    segments: some(
      'segments',
      segments
        .filter(s => s.status === 'live')
        .map(s => ({
          id: publicId('seg', s.id),
          name: s.name,
          kind: s.kind,
          groups:
            s.kind === 'partition' && s.live
              ? [
                  ...s.live.groups.map(({ key, name }) => ({ key, name })),
                  { key: REST_GROUP, name: s.live.restName ?? '' },
                ]
              : [],
        })),
      s => [s.name],
    ),
    named: {
      journeys: [...journeys].map(([id, name]) => ({ id: publicId('jrn', id), name })),
      coupons: coupons.map(({ key, name }) => ({ key, name })),
      campaigns: [...campaigns].map(([id, name]) => ({ id: publicId('cmp', id), name })),
    },
    more,
    stale,
  }
}
