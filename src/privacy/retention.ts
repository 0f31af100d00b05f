// Periods per kind of data, as each workspace sets them: raw events leave ClickHouse, what messages said leaves the
// ledger, refused events and audit lines go. And the report of what is kept for nothing.
import { BUILT_IN } from '../customers/attributes.ts'
import { NOTICE_DAYS } from '../messages/notices/store.ts'
import { askHistory } from '../platform/clickhouse.ts'
import { faultOf } from '../platform/log.ts'
import type { Core, Role } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { allPrivacy } from './store.ts'

const DAY_MS = 86_400_000
/** After this the short addresses of texts lead nowhere any more. */
const LINK_DAYS = 400
const ROUND_MS = 60 * 60_000

export type Cut = { events: number; messages: number; rejected: number; audit: number }

/** One round at real time `nowMs`. Times of events and messages are workspace time. */
export async function cutByPeriods(core: Core, nowMs: number): Promise<Cut> {
  const gone: Cut = { events: 0, messages: 0, rejected: 0, audit: 0 }
  for (const { id, offsetMs, privacy } of await allPrivacy(core.pool)) {
    const { events, messages, rejected, audit } = privacy.retention
    const before = (days: number, offset = 0) => new Date(nowMs + offset - days * DAY_MS)
    if (events !== null) gone.events += await cutEvents(core, id, before(events, offsetMs))
    const cut = async (text: string, at: Date): Promise<number> =>
      (await core.pool.query(text, [id, at])).rowCount ?? 0
    if (messages !== null)
      gone.messages += await cut(
        `update message set rendered = null where workspace_id = $1 and created < $2 and rendered is not null
            and state not in ('intended', 'claimed', 'sending', 'unknown')`,
        before(messages, offsetMs),
      )
    if (messages !== null)
      await cut(
        `update conversation_entry set text = null, data = null where workspace_id = $1 and at < $2
            and (text is not null or data is not null)`,
        before(messages, offsetMs),
      )
    gone.rejected += await cut(
      'delete from rejected_event where workspace_id = $1 and at < $2',
      before(rejected),
    )
    await cut('delete from short_link where workspace_id = $1 and created_at < $2', before(LINK_DAYS))
    await cut('delete from notice where workspace_id = $1 and at < $2', before(NOTICE_DAYS, offsetMs))
    if (audit !== null)
      gone.audit += await cut('delete from audit where workspace_id = $1 and at < $2', before(audit))
  }
  return gone
}

/** What clients sent before a moment; what was made of it (orders, journeys, messages) stays. `verify` reads the moment
 *  that is noted first, so that it does not miss these rows. */
async function cutEvents(core: Core, workspace: Uuid, before: Date): Promise<number> {
  const where = `workspace_id = {workspace:UUID} and kind = 'event' and occurred < fromUnixTimestamp64Milli({before:Int64}, 'UTC')`
  const params = { workspace, before: before.getTime() }
  const [row] = await askHistory<{ n: number }>(
    core.history,
    `select toUInt32(count()) as n from event where ${where}`,
    params,
  )
  if (row!.n === 0) return 0
  await core.pool.query(
    `insert into history_purge (workspace_id, before) values ($1, $2)
     on conflict (workspace_id) do update set before = greatest(history_purge.before, excluded.before)`,
    [workspace, before],
  )
  await core.history.command({
    query: `alter table event delete where ${where} settings mutations_sync = 1`,
    query_params: params,
  })
  return row!.n
}

export function startPeriods(core: Core): Role {
  let running: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    running = cutByPeriods(core, Date.now()).then(
      gone => core.log.info({ gone }, 'privacy: periods'),
      (error: unknown) => core.log.warn(faultOf(error), 'privacy: periods: will try again'),
    )
  }, ROUND_MS)
  timer.unref()
  return {
    start() {},
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

// ── what is kept for nothing ─────────────────────────────────────────────────

export type Use = {
  kind: 'event' | 'attribute'
  name: string
  rows: number
  bytes: number
  lastAt: number | null
  purpose: string | null
  /** journeys that name it; `settings`; `product` for what the product itself reads */
  usedBy: string[]
}

/** Names the product itself reads: orders, visits, consent. */
const READ_BY_PRODUCT =
  /^(Order |Product |Products |Cart |Checkout |Store |Coupon |Page Viewed$|Screen Viewed$|Identified$|Application |Support |Conversation |consent\.|contact\.|tag\.)/
const READ_TRAITS = new Set(BUILT_IN.map(a => a.name))

/** Bytes on disk: each name's share of what its table's columns take, by the length of what it holds. */
export async function dataUse(core: Core, workspace: Uuid): Promise<Use[]> {
  const params = { workspace }
  const disk = await askHistory<{ table: string; ratio: number }>(
    core.history,
    `select table, sum(data_compressed_bytes) / greatest(1, sum(data_uncompressed_bytes)) as ratio from system.columns
      where database = currentDatabase() and table in ('event', 'customer') group by table`,
    {},
  )
  const ratio = (table: string): number => disk.find(d => d.table === table)?.ratio || 1
  // ids, times and numbers of a row of `event` before compression
  const ROW_BYTES = 190
  const events = await askHistory<{ name: string; n: number; bytes: number; last: number }>(
    core.history,
    `select name, toUInt32(count()) as n, toFloat64(sum(length(props) + length(message_id) + ${ROW_BYTES})) as bytes,
            toFloat64(toUnixTimestamp64Milli(max(occurred))) as last
       from event where workspace_id = {workspace:UUID} and kind = 'event' group by name order by bytes desc limit 500`,
    params,
  )
  const traits = await askHistory<{ name: string; n: number; bytes: number }>(
    core.history,
    `select t.1 as name, toUInt32(count()) as n, toFloat64(sum(length(t.1) + length(t.2) + 4)) as bytes
       from (select arrayJoin(JSONExtractKeysAndValuesRaw(traits)) as t from customer final
              where workspace_id = {workspace:UUID} and merged_into = toUUID('00000000-0000-0000-0000-000000000000'))
      group by name order by bytes desc limit 500`,
    params,
  )
  const naming = await namingTexts(core, workspace)
  const usedBy = (patterns: string[]): string[] =>
    naming.filter(n => patterns.some(p => n.text.includes(p))).map(n => n.name)
  const purposes = await purposesOf(core, workspace)
  return [
    ...events.map(
      (e): Use => ({
        kind: 'event',
        name: e.name,
        rows: e.n,
        bytes: Math.round(e.bytes * ratio('event')),
        lastAt: e.last,
        purpose: null,
        usedBy: [
          ...(READ_BY_PRODUCT.test(e.name) ? ['product'] : []),
          ...usedBy([JSON.stringify(e.name), JSON.stringify(e.name).replaceAll(':', ': ')]),
        ],
      }),
    ),
    ...traits.map(
      (t): Use => ({
        kind: 'attribute',
        name: t.name,
        rows: t.n,
        bytes: Math.round(t.bytes * ratio('customer')),
        lastAt: null,
        purpose: purposes.get(t.name) ?? null,
        usedBy: [
          ...(READ_TRAITS.has(t.name) ? ['product'] : []),
          ...usedBy([JSON.stringify(t.name), `customer.${t.name}`, `traits.${t.name}`]),
        ],
      }),
    ),
  ]
}

/** Everything that may name an event or an attribute: the brand's own tables, by the name a person knows them by. */
async function namingTexts(core: Core, workspace: Uuid): Promise<{ name: string; text: string }[]> {
  const { rows } = await core.pool.query<{ name: string; text: string }>(
    `select name, draft::text || coalesce((select string_agg(v.graph::text, ' ') from journey_version v where v.journey_id = j.id), '') as text
       from journey j where workspace_id = $1
     union all select 'settings', settings::text from workspace where id = $1`,
    [workspace],
  )
  return rows
}

/** Why an attribute is kept, as the workspace declared it. */
async function purposesOf(core: Core, workspace: Uuid): Promise<Map<string, string>> {
  const { rows } = await core.pool.query<{ name: string; purpose: string }>(
    'select name, purpose from attribute where workspace_id = $1',
    [workspace],
  )
  return new Map(rows.map(r => [r.name, r.purpose]))
}
