// Handlers of attribution and return, and the settings of proof.
import { publishWorld } from '../../catalogue/publish.ts'
import { saveSettings } from '../../catalogue/workspace-settings.ts'
import type { WorkspaceSettings } from '../../catalogue/workspace.ts'
import type { Out, Query } from '../../contract.ts'
import { journeyNames, nodeKey, nodeNames } from '../../journeys/store.ts'
import type { Core } from '../../platform/core.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { parseId, publicId } from '../../platform/ids.ts'
import { inTransaction } from '../../platform/postgres.ts'
import type { MessageScope } from '../engagement/sql.ts'
import { engagementBy, engagementOf, noJourney, tellingChannels } from '../engagement/store.ts'
import { peoplePage, readMap, type ReadPeople } from '../people/page.ts'
import { rangeOf } from '../range.ts'
import { USUAL_HALF_LIFE_DAYS } from './credit.ts'
import {
  attribute,
  type Attributed,
  type AttributedBy,
  type Costs,
  type Credit,
  MICRO,
  returnOf,
  touched,
  type TouchKind,
  USUAL_WINDOW_DAYS,
} from './model.ts'
import { type AttributionScope, conversionsWithTouches, pointsByJourney, redemptions } from './store.ts'

const DAY_MS = 86_400_000
type Asked = NonNullable<Query<'attribution'>>
type Item = Out<'attribution'>['items'][number]

const proofOf = ({ settings }: Pick<WorkspaceRow, 'settings'>) => {
  const { pointValue = 0, holdoutPercent = 0 } = (settings as WorkspaceSettings).proof ?? {}
  return { pointValue, holdoutPercent }
}

async function scopeOf(core: Core, workspace: WorkspaceRow, q: Asked): Promise<AttributionScope> {
  const { from, to } = rangeOf(q, workspace)
  return {
    workspace: workspace.id,
    currency: workspace.currency,
    from,
    to,
    windowMs: Number(q.window ?? USUAL_WINDOW_DAYS) * DAY_MS,
    touches: [...new Set((q.touches ?? 'click').split(','))] as TouchKind[],
    conversion: q.conversion ?? '',
    tells: await tellingChannels(core.pool, workspace.id),
  }
}

/** What was given with coupons, by order. Of a percentage: of what the order is worth now, before it. Gifts and shipping: not
 *  known, so nothing. */
async function discountsOf(
  core: Core,
  p: AttributionScope,
  orders: { id: string; revenue: number }[],
): Promise<Map<string, number>> {
  if (p.conversion !== '') return new Map()
  const worth = new Map(orders.map(o => [o.id, o.revenue]))
  const out = new Map<string, number>()
  for (const { order, kind, value } of await redemptions(core.pool, p.workspace, [...worth.keys()])) {
    const net = worth.get(order) ?? 0
    const given =
      kind === 'amount'
        ? value
        : kind === 'percent' && value < 100
          ? Math.round((net * value) / (100 - value))
          : 0
    out.set(order, (out.get(order) ?? 0) + given)
  }
  return out
}

async function attributed(core: Core, p: AttributionScope, q: Asked): Promise<Attributed> {
  const conversions = await conversionsWithTouches(core.history, p)
  const discounts = await discountsOf(core, p, conversions)
  const halfLifeMs = Number(q.half ?? USUAL_HALF_LIFE_DAYS) * DAY_MS
  return attribute(conversions, { model: q.model ?? 'last', halfLifeMs, by: q.by ?? 'channel' }, discounts)
}

type Spent = { total: Costs; byKey: Map<string, Costs> }

/** Of the messages sent in the range, and the points that journeys gave in it. */
async function spentOf(
  core: Core,
  p: AttributionScope,
  by: AttributedBy,
  zone: string,
  pointValue: number,
): Promise<Spent> {
  const scope: MessageScope = { ...p, participation: null }
  const dimension = by === 'journey' || by === 'message' ? by : 'channel'
  const [all, parts, points] = await Promise.all([
    engagementOf(core.history, scope),
    by === 'campaign' ? [] : engagementBy(core.history, scope, dimension, zone),
    pointsByJourney(core.history, p),
  ])
  const byKey = new Map<string, Costs>(parts.map(x => [x.key, { messages: x.cost, points: 0 }]))
  let given = 0
  for (const [journey, n] of points) {
    given += n * pointValue
    if (by === 'journey')
      byKey.set(journey, { messages: byKey.get(journey)?.messages ?? 0, points: n * pointValue })
  }
  return { total: { messages: all.cost, points: given }, byKey }
}

const NOTHING: Costs = { messages: 0, points: 0 }
const EMPTY: Credit = { conversions: 0, revenue: 0, known: 0, margin: 0, discount: 0, people: new Map() }
const rounded = (n: number): number => Math.round(n * 10_000) / 10_000

function presentCredit(credit: Credit, costs: Costs) {
  const { cost, gain, roi } = returnOf(credit, costs)
  return {
    conversions: credit.conversions / MICRO,
    people: credit.people.size,
    revenue: credit.revenue,
    known: credit.known,
    margin: credit.margin,
    messageCost: rounded(costs.messages),
    couponCost: credit.discount,
    pointsCost: rounded(costs.points),
    cost: rounded(cost),
    gain: rounded(gain),
    roi,
  }
}

const isOf = (by: AttributedBy): boolean => by === 'journey' || by === 'message'
const publicKey = (by: AttributedBy, key: string): string => {
  const [journey = '', ...more] = key.split('/')
  if (!isOf(by) || journey === '') return key
  return noJourney(journey) ? '' : [publicId('jrn', journey), ...more].join('/')
}

/** Whose conversions are credited to an item, to none, or all. */
export async function attributedPeople(
  core: Core,
  workspace: WorkspaceRow,
  query: NonNullable<Query<'attributionPeople'>>,
): Promise<ReadPeople> {
  const { total, none, byKey } = await attributed(core, await scopeOf(core, workspace, query), query)
  const { key, only } = query
  const by = query.by ?? 'channel'
  if (only === 'none') return readMap(unnamed(none, byKey).people)
  const [first = '', ...more] = key?.split('/') ?? []
  const journey = isOf(by) ? parseId('jrn', first) : null
  const inner = journey === null ? (key ?? '') : [journey, ...more].join('/')
  return readMap(key === undefined ? total.people : (byKey.get(inner)?.people ?? new Map()))
}

export const attributionRoutes = {
  async attribution({ core, workspace, query }) {
    const p = await scopeOf(core, workspace, query)
    const { pointValue } = proofOf(workspace)
    const [{ total, none, byKey }, spent] = await Promise.all([
      attributed(core, p, query),
      spentOf(core, p, query.by, workspace.timezone, pointValue),
    ])
    const keys = [...new Set([...byKey.keys(), ...spent.byKey.keys()])].filter(k => k !== '')
    const rest = { ...spent.total }
    for (const key of keys) {
      rest.messages -= spent.byKey.get(key)?.messages ?? 0
      rest.points -= spent.byKey.get(key)?.points ?? 0
    }
    const parts = (key: string) => (isOf(query.by) ? key.split('/') : [])
    const parted = keys.map(key => {
      const [journey = '', node = null, version] = parts(key)
      return { key, journey, node, version: Number(version) || null }
    })
    const [names, nodes] = await Promise.all([
      journeyNames(
        core.pool,
        workspace.id,
        parted.flatMap(p => p.journey || []),
      ),
      nodeNames(
        core.pool,
        workspace.id,
        parted.flatMap(p => (p.node === null ? [] : { ...p, node: p.node })),
      ),
    ])
    const items = parted.map(({ key, journey, node, version }): Item => {
      return {
        key: publicKey(query.by, key),
        name: names.get(journey) ?? null,
        journey: journey === '' || noJourney(journey) ? null : publicId('jrn', journey),
        node,
        nodeName: (node !== null && nodes.get(nodeKey({ journey, node, version }))) || null,
        version,
        ...presentCredit(byKey.get(key) ?? EMPTY, spent.byKey.get(key) ?? NOTHING),
      }
    })
    return {
      from: new Date(p.from).toISOString(),
      to: new Date(p.to).toISOString(),
      currency: workspace.currency,
      pointValue,
      total: {
        ...presentCredit(total, spent.total),
        roi: returnOf(touched({ total, none }), spent.total).roi,
      },
      none: presentCredit(unnamed(none, byKey), {
        messages: Math.max(0, rest.messages),
        points: Math.max(0, rest.points),
      }),
      items: items.sort(
        (a, b) => b.revenue - a.revenue || b.conversions - a.conversions || (a.key < b.key ? -1 : 1),
      ),
    }
  },

  attributionPeople: async ({ core, workspace, query }) =>
    peoplePage(core, workspace, query, await attributedPeople(core, workspace, query)),

  proofSettings: async ({ workspace }) => ({ ...proofOf(workspace), version: workspace.version }),

  async saveProofSettings({ core, workspace, body: { version, ...proof } }) {
    const saved = await inTransaction(core.pool, async sql => {
      const saved = await saveSettings(sql, workspace.id, version, { proof })
      await publishWorld(sql, core, workspace.id)
      return saved
    })
    core.signals.emit('inbox', '')
    return { ...proof, version: saved }
  },
} satisfies Handlers

/** Credit without a key (a visit that names no campaign …) belongs to no item. */
function unnamed(a: Credit, byKey: ReadonlyMap<string, Credit>): Credit {
  const b = byKey.get('')
  if (b === undefined) return a
  const people = new Map(a.people)
  for (const [person, revenue] of b.people) people.set(person, (people.get(person) ?? 0) + revenue)
  return {
    conversions: a.conversions + b.conversions,
    revenue: a.revenue + b.revenue,
    known: a.known + b.known,
    margin: a.margin + b.margin,
    discount: a.discount + b.discount,
    people,
  }
}
