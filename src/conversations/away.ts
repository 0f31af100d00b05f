// Outside the hours of the team a customer who writes is told so, once in each conversation that is opened: a command of
// that customer, appended with the mark that it was, so that it is neither lost nor said twice.
import { append } from '../inbox/append.ts'
import { isChannel } from '../channels/model.ts'
import type { Core } from '../platform/core.ts'
import { bucketOf, hashId, type Uuid } from '../platform/ids.ts'
import { openWorker, type Worker } from '../platform/loop.ts'
import { inTransaction } from '../platform/postgres.ts'
import { contentOf } from './content.ts'
import { AWAY } from './model.ts'
import { conversationSettingsOf, isWithinHours } from './settings.ts'

const REST_MS = 5_000
const MOST = 100
/** What came longer ago is no question that waits: it was imported, or nobody was there to look. */
const FRESH_MS = 3_600_000
const VALID_MS = 600_000

type Due = {
  bucket: number
  workspace: Uuid
  customer: Uuid
  channel: string
  opened_at: Date
  last_at: Date
  name: string
  timezone: string
  offset: number
  settings: Record<string, unknown>
}

export function openAwayWorker(core: Core): Worker {
  return openWorker(core, {
    tick: () => answerWhileAway(core),
    restMs: REST_MS,
    failed: 'away: will look again',
    wakes: [{ topic: 'live', when: detail => detail.endsWith(':conversations') }],
  })
}

async function answerWhileAway(core: Core): Promise<boolean> {
  const told = await inTransaction(core.pool, async sql => {
    const { rows } = await sql.query<Due>(
      `with due as (
         select c.bucket, c.customer_id, c.channel from conversation c join workspace w on w.id = c.workspace_id
          where (w.settings->'conversations'->'away'->>'on')::boolean
            and c.status = 'open' and c.last_side = 'customer' and c.away_for is distinct from c.opened_at and c.away_seen is distinct from c.last_at
          limit $1 for update of c skip locked)
       update conversation c set away_seen = c.last_at from due, workspace w
        where c.bucket = due.bucket and c.customer_id = due.customer_id and c.channel = due.channel and w.id = c.workspace_id
       returning c.bucket, c.workspace_id as workspace, c.customer_id as customer, c.channel, c.opened_at, c.last_at,
                 w.name, w.timezone, w.clock_offset_ms as offset, w.settings`,
      [MOST],
    )
    const away = rows.filter(isAway)
    if (away.length > 0)
      await sql.query(
        `update conversation c set away_for = c.opened_at from unnest($1::smallint[], $2::uuid[], $3::text[]) u(bucket, customer, channel)
          where c.bucket = u.bucket and c.customer_id = u.customer and c.channel = u.channel`,
        [away.map(d => d.bucket), away.map(d => d.customer), away.map(d => d.channel)],
      )
    for (const due of away) await say(sql, due)
    return { more: rows.length === MOST, away }
  })
  for (const b of new Set(told.away.map(d => bucketOf(d.customer)))) core.signals.emit('inbox', String(b))
  return told.more || told.away.length > 0
}

function isAway(due: Due): boolean {
  const { hours, away } = conversationSettingsOf(due)
  const at = due.last_at.getTime()
  const fresh = Date.now() + due.offset - at < FRESH_MS
  return fresh && away.text !== '' && isChannel(due.channel) && !isWithinHours(hours, at, due.timezone)
}

async function say(sql: Parameters<typeof append>[0], due: Due): Promise<void> {
  const { workspace, customer, channel, opened_at, name } = due
  const content = await contentOf(channel, conversationSettingsOf(due).away.text, name)
  if (content === null || !isChannel(channel)) return
  const command = { do: 'say' as const, channel, content, origin: 'auto' as const, by: AWAY }
  const key = `away:${hashId(customer, channel, opened_at.getTime())}`
  await append(sql, null, [
    {
      workspace,
      customer,
      input: {
        kind: 'command',
        messageId: null,
        body: {
          key,
          bodyHash: hashId(customer, JSON.stringify(command)),
          validUntil: Date.now() + VALID_MS,
          actor: AWAY,
          command,
        },
      },
    },
  ])
}
