// Reports: shoppers online, in stores and both; where customers first came from and who of them bought later.
import { STAGES } from '../../customers/model.ts'
import { cutPage, readCursor } from '../../platform/cursor.ts'
import type { Handlers } from '../../platform/http/handler.ts'
import { rangeOf } from '../range.ts'
import {
  firstTouches,
  firstTouchPeople,
  peopleByStage,
  spendByChannels,
  spendBySalesChannel,
} from './store.ts'
import { isValuePlace, withCustomers } from '../people/page.ts'

const GROUPS = ['online', 'store', 'both', 'other'] as const
const CHANNELS = [1, 2, 3, 4]

const iso = (ms: number): string => new Date(ms).toISOString()
const divide = (sum: number, by: number): number | null => (by === 0 ? null : Math.round(sum / by))

export const reportRoutes = {
  async omnichannel({ core, workspace, query }) {
    const { from, to } = rangeOf(query, workspace)
    const p = { workspace: workspace.id, currency: workspace.currency, from, to }
    const [groups, channels] = await Promise.all([
      spendBySalesChannel(core.history, p),
      spendByChannels(core.history, p),
    ])
    return {
      from: iso(from),
      to: iso(to),
      currency: workspace.currency,
      groups: GROUPS.map(key => {
        const { people, orders, revenue } = groups.find(g => g.key === key) ?? {
          people: 0,
          orders: 0,
          revenue: 0,
        }
        return { key, people, orders, revenue, average: divide(revenue, people) }
      }),
      byChannels: CHANNELS.map(n => {
        const { people, visits, revenue } = channels.find(c => c.channels === n) ?? {
          people: 0,
          visits: 0,
          revenue: 0,
        }
        return { channels: n, people, visits, revenue, perVisit: divide(revenue, visits) }
      }),
    }
  },

  async stages({ core, workspace }) {
    const people = await peopleByStage(core.history, workspace.id)
    // whoever is known of has touched the brand
    const now = STAGES.map((stage, i) => (people.get(stage) ?? 0) + (i === 0 ? (people.get('') ?? 0) : 0))
    const reached = now.map((_, i) => now.slice(i).reduce((sum, n) => sum + n, 0))
    return {
      items: STAGES.map((stage, i) => ({
        stage,
        people: now[i]!,
        reached: reached[i]!,
        from: reached[Math.max(0, i - 1)]!,
      })),
    }
  },

  async firstTouch({ core, workspace, query }) {
    const { from, to, now } = rangeOf(query, workspace)
    const items = await firstTouches(
      core.history,
      { workspace: workspace.id, currency: workspace.currency, from, to: Math.max(to, now) },
      { since: from, until: to, now, days: query.days, by: query.by },
    )
    return { from: iso(from), to: iso(to), currency: workspace.currency, items }
  },

  async firstTouchPeople({ core, workspace, query }) {
    const { from, to } = rangeOf(query, workspace)
    const position = readCursor(query.cursor, isValuePlace)
    const found = await firstTouchPeople(
      core.history,
      workspace.id,
      { since: from, until: to, by: query.by, key: query.key },
      position && { came: position[0], person: position[1] },
      query.limit + 1,
    )
    const { shown, next } = cutPage(found, query.limit, last => [last.came, last.person])
    return {
      items: (await withCustomers(core, workspace, shown)).map(({ customer, came }) => ({
        customer,
        at: iso(came),
      })),
      next,
    }
  },
} satisfies Handlers
