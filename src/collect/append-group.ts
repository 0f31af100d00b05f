// What concurrent requests want appended goes into one resolve and one insert. A group that breaks on somebody's data is
// halved until that item is alone.
import { fillOrders } from '../catalogue/enrich.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { openGroup } from '../platform/group.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Fault } from './json.ts'
import { resolveBatch, resolvedEvent } from './resolve.ts'

export type Intake = { workspace: Uuid; event: EventBody }

export type AppendGroup = {
  /** Resolves after the commit: null for each item stored, else why it could not be. Order is kept.
   *  @throws the database's error when it is not one item's fault; nothing is then promised */
  submit(items: Intake[]): Promise<(Fault | null)[]>
}

const GROUP_ROWS = 2_000
const WAITING_ROWS = 50_000

/** `table` bulk: what is taken waits until the inbox of its bucket is nearly empty. */
export function openAppendGroup(
  core: Pick<Core, 'pool' | 'signals'>,
  table: 'inbox' | 'bulk' = 'inbox',
): AppendGroup {
  const group = openGroup<Intake[], (Fault | null)[]>({
    most: GROUP_ROWS,
    weight: items => items.length,
    async write(requests) {
      const results = await storeHalving(core, requests.flat(), table)
      let at = 0
      return requests.map(items => results.slice(at, (at += items.length)))
    },
  })
  return {
    async submit(items) {
      if (group.waiting() > WAITING_ROWS)
        throw new Problem(
          429,
          'busy',
          'Too many events are waiting to be stored; nothing of this request was taken',
          {
            action: 'Send the same request again later, with the same messageIds.',
            retryAfterS: 1,
          },
        )
      return group.add(items)
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
