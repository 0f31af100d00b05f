// Grouping: what concurrent requests want appended goes into one resolve and one insert. With nothing in flight a
// request leaves at once; while two groups are in flight those that come gather, so groups grow under load by
// themselves. A group that breaks on somebody's data is halved until that item is alone.
import { fillOrders } from '../catalogue/enrich.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Fault } from './json.ts'
import { resolveBatch, resolvedEvent } from './resolve.ts'

export type Intake = { workspace: Uuid; event: EventBody }

export type AppendGroup = {
  /** Resolves after the commit: null for each item stored, else why it could not be. Order is kept.
   *  @throws the database's error when it is not one item's fault; nothing is then promised */
  submit(items: Intake[]): Promise<(Fault | null)[]>
}

const IN_FLIGHT = 2
const GROUP_ROWS = 2_000
const WAITING_ROWS = 50_000

type Waiting = { items: Intake[]; resolve(result: (Fault | null)[]): void; reject(error: unknown): void }

/** `table` bulk: what is taken waits until the inbox of its bucket is nearly empty. */
export function openAppendGroup(
  core: Pick<Core, 'pool' | 'signals'>,
  table: 'inbox' | 'bulk' = 'inbox',
): AppendGroup {
  let waiting: Waiting[] = []
  let waitingRows = 0
  let inFlight = 0
  let scheduled = false

  function pump(): void {
    scheduled = false
    while (inFlight < IN_FLIGHT && waiting.length > 0) {
      let rows = 0
      let n = 0
      while (n < waiting.length && (n === 0 || rows + waiting[n]!.items.length <= GROUP_ROWS)) {
        rows += waiting[n++]!.items.length
      }
      const group = waiting.slice(0, n)
      waiting = waiting.slice(n)
      waitingRows -= rows
      inFlight++
      void run(group).finally(() => {
        inFlight--
        pump()
      })
    }
  }

  async function run(group: Waiting[]): Promise<void> {
    try {
      const results = await storeHalving(
        core,
        group.flatMap(w => w.items),
        table,
      )
      let at = 0
      for (const w of group) w.resolve(results.slice(at, (at += w.items.length)))
    } catch (error) {
      for (const w of group) w.reject(error)
    }
  }

  return {
    submit(items) {
      if (waitingRows > WAITING_ROWS) {
        return Promise.reject(
          new Problem(
            429,
            'busy',
            'Too many events are waiting to be stored; nothing of this request was taken',
            {
              action: 'Send the same request again later, with the same messageIds.',
              retryAfterS: 1,
            },
          ),
        )
      }
      return new Promise((resolve, reject) => {
        waiting.push({ items, resolve, reject })
        waitingRows += items.length
        if (!scheduled && inFlight < IN_FLIGHT) {
          scheduled = true
          setImmediate(pump) // all requests read in this turn of the loop leave together
        }
      })
    },
  }
}

/** SQLSTATE classes that name the data: 22 data exception, 54 program limit exceeded. */
const isDataFault = (error: unknown): boolean => /^(22|54)/.test((error as { code?: string }).code ?? '')

async function storeHalving(
  core: Pick<Core, 'pool' | 'signals'>,
  items: Intake[],
  table: 'inbox' | 'bulk',
): Promise<(Fault | null)[]> {
  try {
    await store(core, items, table)
    return items.map(() => null)
  } catch (error) {
    if (!isDataFault(error)) throw error
    if (items.length === 1) {
      return [
        {
          code: 'not_storable',
          path: null,
          detail: 'The database refuses what this event holds',
          action: 'Look for odd characters in its identifiers.',
        },
      ]
    }
    const half = items.length >> 1
    const first = await storeHalving(core, items.slice(0, half), table)
    return [...first, ...(await storeHalving(core, items.slice(half), table))]
  }
}

async function store(
  core: Pick<Core, 'pool' | 'signals'>,
  given: Intake[],
  table: 'inbox' | 'bulk',
): Promise<void> {
  const items = await fillOrders(core.pool, given)
  const resolved = await resolveBatch(
    core,
    items.map(({ workspace, event }) => ({ workspace, ids: event.ids, proof: event.proof })),
  )
  await append(
    core.pool,
    core.signals,
    items.map(({ workspace, event }, i) => {
      const { customer } = resolved[i]!
      const body = resolvedEvent(event, resolved[i]!)
      return { workspace, customer, input: { kind: 'event', messageId: event.messageId, body } }
    }),
    table,
  )
}
