// Commands of the UI and the API: appended like any input, folded by the customer's owner, answered through `answer`.
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { ALL_BUCKETS, bucketOf, hashId, newId, type Uuid } from '../platform/ids.ts'
import { append } from './append.ts'
import type { CommandBody } from './model.ts'

export type CommandRequest = {
  workspace: Uuid
  customer: Uuid
  /** Idempotency-Key; null: the client gave none, so nothing was asked under it before */
  key: string | null
  actor: string
  command: CommandBody['command']
}
export type CommandAnswer = { status: number; body: unknown }

const VALID_MS = 2_000
const WAIT_MS = 2_500
const POLL_MS = 100

/** Appends and waits. The same key and body give the same answer for 24 h; another body is 409. An answer not known
 *  in time is 202: asking again with the same key tells. */
export async function runCommand(core: Core, request: CommandRequest): Promise<CommandAnswer> {
  const key = request.key ?? newId()
  const bodyHash = hashId(request.customer, JSON.stringify(request.command))
  const read = async (buckets: number[]): Promise<CommandAnswer | null> => {
    const { rows } = await core.pool.query<{ body_hash: Uuid; status: number; body: string }>(
      'select body_hash, status, body from answer where bucket = any($1::smallint[]) and workspace_id = $2 and key = $3 limit 1',
      [buckets, request.workspace, key],
    )
    const row = rows[0]
    if (!row) return null
    if (row.body_hash !== bodyHash)
      throw new Problem(409, 'idempotency_conflict', 'This Idempotency-Key was used with another body', {
        action: 'Use a new key for a new request.',
      })
    return { status: row.status, body: JSON.parse(row.body) as unknown }
  }
  const known = request.key === null ? null : await read(ALL_BUCKETS)
  if (known) return known

  let wake = () => {}
  const off = core.signals.on('answer', answered => {
    if (answered === '' || answered === key) wake()
  })
  try {
    const { rows } = await core.pool.query<{ at: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as at',
    )
    const validUntil = Math.floor(rows[0]!.at) + VALID_MS
    await append(core.pool, core.signals, [
      {
        workspace: request.workspace,
        customer: request.customer,
        input: {
          kind: 'command',
          messageId: null,
          body: { key, bodyHash, validUntil, actor: request.actor, command: request.command },
        },
      },
    ])
    const deadline = performance.now() + WAIT_MS
    while (performance.now() < deadline) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, POLL_MS)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      const answer = (await read([bucketOf(request.customer)])) ?? (await read(ALL_BUCKETS))
      if (answer) return answer
    }
    return {
      status: 202,
      body: { code: 'pending', title: 'Not decided yet', action: 'Ask again with the same Idempotency-Key.' },
    }
  } finally {
    off()
  }
}
