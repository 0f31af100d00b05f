// Delivers the stand-ins' webhooks over HTTP to the product's own /hooks addresses, and tries again like a provider.
import type { Core, Role } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { openWorker, type Worker } from '../platform/loop.ts'

const LEASE_MS = 15_000
const POLL_MS = 1_000
/** Once there has been nothing for a minute. New ones are announced. */
const IDLE_POLL_MS = 5_000
const ATTEMPTS = 20

type Receipt = {
  workspace_id: Uuid
  id: Uuid
  method: string
  url: string
  body: string
  headers: Record<string, string>
  attempts: number
}

/** `tick`: delivers what is due, in order of each workspace; true when there was something. */
export function openReceipts(core: Core): Worker {
  async function tick(): Promise<boolean> {
    const { rows } = await core.pool.query<Receipt>(
      `with due as (select workspace_id, id from sandbox_receipt where due <= clock_timestamp() order by due, id limit 50 for update skip locked)
       update sandbox_receipt r set attempts = r.attempts + 1, due = clock_timestamp() + make_interval(secs => $1)
         from due where r.workspace_id = due.workspace_id and r.id = due.id
       returning r.workspace_id, r.id, r.method, r.url, r.body, r.headers, r.attempts`,
      [LEASE_MS / 1000],
    )
    rows.sort((a, b) => (a.id < b.id ? -1 : 1))
    for (const receipt of rows) await deliver(receipt)
    return rows.length > 0
  }

  async function deliver(r: Receipt): Promise<void> {
    const status = await fetch(core.baseUrl + r.url, {
      method: r.method,
      headers: r.headers,
      ...(r.method === 'GET' ? {} : { body: r.body }),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    }).then(
      answer => answer.status,
      () => 0, // not reached: tried again below
    )
    if ((status >= 200 && status < 300) || r.attempts >= ATTEMPTS) {
      if (status >= 300 || status === 0)
        core.log.warn({ status, attempts: r.attempts }, 'stand-in: a webhook was given up')
      await core.pool.query('delete from sandbox_receipt where workspace_id = $1 and id = $2', [
        r.workspace_id,
        r.id,
      ])
      return
    }
    await core.pool.query(
      'update sandbox_receipt set due = clock_timestamp() + make_interval(secs => $3) where workspace_id = $1 and id = $2',
      [r.workspace_id, r.id, Math.min(60, 0.2 * 2 ** r.attempts)],
    )
  }

  return openWorker(core, {
    tick,
    restMs: POLL_MS,
    idleMs: IDLE_POLL_MS,
    failed: 'stand-in: webhooks wait',
    wakes: [{ topic: 'receipt' }],
  })
}

export async function startReceipts(core: Core): Promise<Role> {
  const receipts = openReceipts(core)
  receipts.start()
  return receipts
}
