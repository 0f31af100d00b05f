// The first page: what is live, what needs a person, how the channels did: what was sent as the engagement page counts it, what was
// not from the ledger. Kept for a second or, where it took long, for longer, because every open page asks again when something
// changes.
import { LRUCache } from 'lru-cache'
import { workspaceNow, type WorkspaceSettings } from '../catalogue/workspace.ts'
import type { Out } from '../contract.ts'
import { countDeadLetters } from '../connectors/store.ts'
import { countBrokenFeeds } from '../imports/store.ts'
import type { Core } from '../platform/core.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { messageScopeOf } from './engagement/routes.ts'
import { engagementBy, type Part } from './engagement/store.ts'
import { eventsPerDay, messagesNotSent, type NotSent, pastOf, presentOf } from './store.ts'
import { unlessDown } from '../platform/clickhouse.ts'
import { dayOf, startOfDay } from '../platform/zone-days.ts'

const DAY_MS = 86_400_000
const SHOWN_DAYS = 14
/** Of channels: the days that the engagement page shows by itself, so that both say the same. */
const CHANNEL_DAYS = 30
const KEPT_MS = 1_000
/** A brand with millions of messages takes seconds to count: it may take a tenth of the time. */
const ASK_SHARE = 10
/** until it is known how long it takes */
const ASKING_MS = 60_000

type Home = Out<'home'>
type ByChannel = Home['messages'][number]

/** One row a channel, the one that sent most first. @param sent of history; null while it is down */
export function channelFigures(
  sent: Pick<Part, 'key' | 'figures'>[] | null,
  notSent: NotSent[],
): ByChannel[] {
  const parts = new Map((sent ?? []).map(p => [p.key, p.figures]))
  const failed = new Map(notSent.map(n => [n.channel, n]))
  return [...new Set([...parts.keys(), ...failed.keys()])]
    .map(channel => {
      const figures = parts.get(channel)
      const { failed: f = 0, skipped = 0, unknown = 0 } = failed.get(channel) ?? {}
      return {
        channel,
        sent: figures?.sent.messages ?? 0,
        reached: figures?.reached.messages ?? 0,
        clicked: figures?.clicked.messages ?? 0,
        reachedPeople: figures?.reached.people ?? 0,
        participants: figures?.participated.people ?? 0,
        failed: f,
        skipped,
        unknown,
      }
    })
    .sort((a, b) => b.sent - a.sent || (a.channel < b.channel ? -1 : 1))
}

/** The last days of the zone, oldest first, as YYYY-MM-DD. */
export function lastDays(now: number, zone: string, count: number): string[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })
  const today = Date.parse(`${format.format(now)}T00:00:00Z`)
  return Array.from({ length: count }, (_, i) =>
    new Date(today - (count - 1 - i) * DAY_MS).toISOString().slice(0, 10),
  )
}

async function readHome(core: Core, w: WorkspaceRow): Promise<Home> {
  const now = workspaceNow(w)
  const days = lastDays(now, w.timezone, SHOWN_DAYS)
  const since = now - SHOWN_DAYS * DAY_MS
  const day = dayOf(now, w.timezone)
  const channelsFrom = startOfDay(day - CHANNEL_DAYS + 1, w.timezone)
  const scope = await messageScopeOf(core, w, {
    from: new Date(channelsFrom).toISOString(),
    to: new Date(startOfDay(day + 1, w.timezone)).toISOString(),
  })
  const [past, events, present, channels, sentDays, notSent, brokenFeeds, deadLetters] = await Promise.all([
    unlessDown(pastOf(core.history, w.id, now)),
    unlessDown(eventsPerDay(core.history, w.id, since, w.timezone)),
    presentOf(core.pool, w.id, Date.now() - DAY_MS),
    unlessDown(engagementBy(core.history, scope, 'channel', w.timezone)),
    unlessDown(engagementBy(core.history, scope, 'day', w.timezone)),
    messagesNotSent(core.pool, w.id, channelsFrom),
    countBrokenFeeds(core.pool, w.id, now),
    countDeadLetters(core.pool, w.id),
  ])
  const stale = past === null || events === null || channels === null || sentDays === null
  const sentOn = new Map((sentDays ?? []).map(d => [d.key, d.figures.sent.messages]))
  const paused = (w.settings as WorkspaceSettings).sendingPaused === true
  const attention = [
    { code: 'sending_paused', count: paused ? 1 : 0, link: 'settings' },
    { code: 'channel_stopped', count: present.stopped_accounts, link: 'channels' },
    { code: 'unknown_messages', count: present.unknown, link: 'messages?state=unknown' },
    { code: 'parked', count: present.parked, link: 'ops' },
    { code: 'feeds_broken', count: brokenFeeds, link: 'sources?tab=imports' },
    { code: 'dead_letters', count: deadLetters, link: 'sources?tab=connectors' },
    { code: 'rejected_events', count: present.rejected, link: 'sources?tab=rejected' },
    { code: 'webhooks_failing', count: present.failing_webhooks, link: 'webhooks' },
    { code: 'approvals', count: present.approvals, link: 'journeys' },
    { code: 'history_down', count: stale ? 1 : 0, link: 'ops' },
  ]
  return {
    customers: past?.customers ?? 0,
    events24h: past?.events24h ?? 0,
    liveJourneys: present.live_journeys,
    waiting: past?.waiting ?? 0,
    messages: channelFigures(channels, notSent),
    perDay: days.map(day => ({ day, events: events?.get(day) ?? 0, messages: sentOn.get(day) ?? 0 })),
    attention: attention.filter(a => a.count > 0),
    stale,
    setup: {
      source: present.source,
      channel: present.channel,
      journey: present.live_journeys > 0,
      demo: present.demo,
    },
  }
}

const kept = new WeakMap<Core['pool'], LRUCache<string, Promise<Home>>>()

export const homeRoutes = {
  home(call) {
    const { core, workspace } = call
    let cache = kept.get(core.pool)
    if (!cache) kept.set(core.pool, (cache = new LRUCache({ max: 500, ttl: ASKING_MS })))
    const key = `${workspace.id}:${workspace.version}:${workspace.clockOffsetMs}`
    let answer = cache.get(key)
    if (!answer) {
      const began = performance.now()
      const asked = readHome(core, workspace)
      answer = asked
      cache.set(key, asked)
      asked.then(
        () => {
          const tookMs = performance.now() - began
          cache.set(key, asked, { ttl: tookMs < KEPT_MS ? KEPT_MS : tookMs * ASK_SHARE })
        },
        () => cache.delete(key), // whoever asked gets the error; the next asks anew
      )
    }
    return answer
  },
} satisfies Handlers
