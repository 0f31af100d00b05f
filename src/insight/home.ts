// The first page: what is live, what needs a person, how the channels did. Kept for a second or, where it took long, for longer,
// because every open page asks again when something changes.
import { LRUCache } from 'lru-cache'
import { workspaceNow, type WorkspaceSettings } from '../catalogue/workspace.ts'
import type { Out } from '../contract.ts'
import { countDeadLetters } from '../connectors/store.ts'
import { countBrokenFeeds } from '../imports/store.ts'
import type { Core } from '../platform/core.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { eventsPerDay, messagesByState, messagesPerDay, pastOf, presentOf } from './store.ts'
import { unlessDown } from '../platform/clickhouse.ts'

const DAY_MS = 86_400_000
const SHOWN_DAYS = 14
/** Channel figures cover this many days. */
const CHANNEL_DAYS = 30
const KEPT_MS = 1_000
/** A brand with millions of messages takes seconds to count: it may take a tenth of the time. */
const ASK_SHARE = 10
/** until it is known how long it takes */
const ASKING_MS = 60_000

type Home = Out<'home'>
type ByChannel = Home['messages'][number]
type Count = Exclude<keyof ByChannel, 'channel'>

/** Which figures a message's present state counts in: what was clicked was delivered, what was delivered was accepted. */
const COUNTS_IN: Record<string, Count[]> = {
  accepted: ['accepted'],
  delivered: ['accepted', 'delivered'],
  opened: ['accepted', 'delivered'],
  clicked: ['accepted', 'delivered', 'clicked'],
  complained: ['accepted', 'delivered'],
  bounced: ['accepted', 'failed'],
  blocked: ['accepted', 'failed'],
  failed: ['failed'],
  skipped: ['skipped'],
  unknown: ['unknown'],
}

/** One row a channel, the one that sent most first. */
export function channelFigures(rows: { channel: string; state: string; n: number }[]): ByChannel[] {
  const channels = new Map<string, ByChannel>()
  for (const { channel, state, n } of rows) {
    const figures = channels.get(channel) ?? {
      channel,
      accepted: 0,
      delivered: 0,
      clicked: 0,
      failed: 0,
      skipped: 0,
      unknown: 0,
    }
    for (const count of COUNTS_IN[state] ?? []) figures[count] += n
    channels.set(channel, figures)
  }
  return [...channels.values()].sort((a, b) => b.accepted - a.accepted || (a.channel < b.channel ? -1 : 1))
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
  const [past, events, present, states, messages, brokenFeeds, deadLetters] = await Promise.all([
    unlessDown(pastOf(core.history, w.id, now)),
    unlessDown(eventsPerDay(core.history, w.id, since, w.timezone)),
    presentOf(core.pool, w.id, Date.now() - DAY_MS),
    messagesByState(core.pool, w.id, now - CHANNEL_DAYS * DAY_MS),
    messagesPerDay(core.pool, w.id, since, w.timezone),
    countBrokenFeeds(core.pool, w.id, now),
    countDeadLetters(core.pool, w.id),
  ])
  const stale = past === null || events === null
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
    messages: channelFigures(states),
    perDay: days.map(day => ({ day, events: events?.get(day) ?? 0, messages: messages.get(day) ?? 0 })),
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
