// What one chunk of a file becomes: events of people, rows of a table, or words to people who are known; in the transaction of
// whoever stores it, so that all of it counts or nothing.
import { fillOrders } from '../catalogue/enrich.ts'
import { findHolders, resolveBatch, type Resolved, resolvedEvent } from '../collect/resolve.ts'
import { append, type Append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import type { EventTarget, ImportContext, RowFault, RowOutcome, TableTarget } from './model.ts'
import type { Chunk, ReadyItem } from './rows.ts'
import type { RunEnv } from './run.ts'
import type { Counts } from './status.ts'
import { lookBrought, noteBrought, type Brought, type ImportRow } from './store.ts'

/** `people`: for whom its items are, asked before its turn. */
export type ReadyChunk = Chunk & { people: Promise<Map<ReadyItem, Resolved> | null> | null }

/** Null when it failed: asked again, the chunk's own tries deal with it. */
export async function peopleOf(
  env: RunEnv,
  row: ImportRow,
  { ready }: Chunk,
): Promise<Map<ReadyItem, Resolved> | null> {
  const items = ready.flatMap(r => r.items)
  try {
    const resolved = await resolveItems(env, row, items)
    return new Map(items.map((item, i) => [item, resolved[i]!]))
  } catch {
    return null
  }
}

const resolveItems = (env: RunEnv, row: ImportRow, items: ReadyItem[]): Promise<Resolved[]> =>
  resolveBatch(
    { pool: env.pool },
    items.map(({ event }) => ({ workspace: row.workspace_id, ids: event.ids, proof: event.proof })),
  )

export type ChunkWork = {
  env: RunEnv
  row: ImportRow
  chunk: ReadyChunk
  context: ImportContext
  writes: boolean
  table: TableTarget | null
  told: NonNullable<EventTarget['tell']> | null
}

/** What a row's items were, taken together. */
function outcomeOf(items: ReadyItem[], known: Map<Uuid, { fresh: boolean }>): keyof Counts {
  let outcome: 'new' | 'changed' | 'same' = 'same'
  for (const item of items) {
    const found = known.get(item.key)
    if (found?.fresh) return 'new'
    if (found) outcome = 'changed'
  }
  return outcome
}

/** The event of an item whose content is another than the last time. A status says what an order became by itself: what
 *  an update says is its new content. */
function changed({ event, changedAs }: ReadyItem, now: number): EventBody {
  if (changedAs === undefined) return event
  const { status: _status, ...props } = event.props ?? {}
  return { ...event, name: changedAs, at: now, props }
}

export async function storeItems(work: ChunkWork, sql: Sql): Promise<RowOutcome[]> {
  const { env, row, chunk, writes } = work
  const items = chunk.ready.flatMap(r => r.items)
  const brought: Brought[] = items.map(i => ({ bucket: bucketOf(i.key), key: i.key, content: i.content }))
  const known = await (writes ? noteBrought : lookBrought)(sql, row.workspace_id, brought)
  const outcomes = chunk.ready.map(r => outcomeOf(r.items, known) as RowOutcome)
  if (!writes) return outcomes
  const fresh = items.filter(i => known.has(i.key))
  if (fresh.length === 0) return outcomes
  const people = await chunk.people
  const filling = fillOrders(
    env.pool,
    fresh.map(item => {
      const { n, fresh: isNew } = known.get(item.key)!
      const event = isNew ? item.event : changed(item, work.context.now)
      return { workspace: row.workspace_id, event: { ...event, messageId: `import:${item.key}:${n}` } }
    }),
  )
  const [told, resolved] = await Promise.all([
    filling,
    people ? fresh.map(item => people.get(item)!) : resolveItems(env, row, fresh),
  ])
  await append(
    sql,
    null,
    told.map(({ workspace, event }, i) => ({
      workspace,
      customer: resolved[i]!.customer,
      input: {
        kind: 'event' as const,
        messageId: event.messageId,
        body: resolvedEvent(event, resolved[i]!),
      },
    })),
    'bulk',
  )
  return outcomes
}

const UNKNOWN: RowFault = {
  field: null,
  code: 'unknown_person',
  detail: 'Nobody is known by these identifiers',
}

/** Tells people who are known; the others are the file's faults. */
export async function tellKnown(
  { env, row, chunk, context, writes }: ChunkWork,
  tell: NonNullable<EventTarget['tell']>,
  sql: Sql,
): Promise<RowOutcome[]> {
  const events = chunk.ready.map(r => r.items[0]!.event)
  const found = await findHolders(
    { pool: env.pool },
    events.map(({ ids, proof }) => ({ workspace: row.workspace_id, ids, proof })),
  )
  const told = await tell(sql, events, { ...context, actor: row.created_by })
  const rows: Append[] = []
  const outcomes = told.map((note, i): RowOutcome => {
    const customer = found[i]
    if ('code' in note) return note
    if (!customer) return UNKNOWN
    rows.push({ workspace: row.workspace_id, customer, input: { kind: 'note', messageId: null, body: note } })
    return 'new'
  })
  if (writes) await append(sql, null, rows, 'bulk')
  return outcomes
}

class RolledBack extends Error {}

/** A check puts the rows and takes them back. */
export async function putRows(
  { env, chunk, context, writes }: ChunkWork,
  target: TableTarget,
  sql: Sql,
): Promise<RowOutcome[]> {
  const rows = chunk.ready.map(r => r.cells!)
  if (writes) return target.put(sql, rows, context)
  let outcomes: RowOutcome[] = []
  try {
    await inTransaction(env.pool, async trial => {
      outcomes = await target.put(trial, rows, context)
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
  }
  return outcomes
}
