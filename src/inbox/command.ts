// Commands of the UI and the API: appended like any input, folded by the customer's owner, answered through `answer`.
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { groupOf } from '../platform/group.ts'
import { ALL_BUCKETS, bucketOf, hashId, newId, type Uuid } from '../platform/ids.ts'
import { smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Pool } from '../platform/postgres.ts'
import type { Signals } from '../platform/signals.ts'
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
const GROUP_MOST = 500

type Asked = CommandRequest & { key: string; bodyHash: Uuid }

/** Commands of the same moment are appended together; how long each is valid goes by the database's clock. */
const appends = groupOf((core: Core) => ({
  most: GROUP_MOST,
  async write(asked: Asked[]) {
    const { rows } = await core.pool.query<{ at: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as at',
    )
    const validUntil = Math.floor(rows[0]!.at) + VALID_MS
    await append(
      core.pool,
      core.signals,
      asked.map(({ workspace, customer, key, bodyHash, actor, command }) => ({
        workspace,
        customer,
        input: { kind: 'command', messageId: null, body: { key, bodyHash, validUntil, actor, command } },
      })),
    )
    return asked.map(() => true)
  },
}))

type Answer = { body_hash: Uuid; status: number; body: string }
type AnswerKey = { bucket: number; workspace: Uuid; key: string }

/** Answers of the same moment are read together, each from the bucket that is expected to have it. */
const answers = groupOf((pool: Pool) => ({
  most: GROUP_MOST,
  async write(asked: AnswerKey[]): Promise<(Answer | null)[]> {
    const { rows } = await pool.query<Answer & { n: number }>({
      name: 'answers_of',
      text: `select n::int, body_hash, status, body
         from unnest($1::smallint[], $2::uuid[], $3::text[]) with ordinality as w (bucket, workspace_id, key, n)
        cross join lateral (select body_hash, status, body from answer a
           where a.bucket = w.bucket and a.workspace_id = w.workspace_id and a.key = w.key limit 1 offset 0) a`,
      values: [
        smallints(asked.map(a => a.bucket)),
        uuids(asked.map(a => a.workspace)),
        texts(asked.map(a => a.key)),
      ],
    })
    const found = new Map(rows.map(r => [r.n, r]))
    return asked.map((_, i) => found.get(i + 1) ?? null)
  },
}))

/** Who is called when a key is answered: one listener of a process for all who wait. */
const waiting = new WeakMap<Signals, Map<string, Set<() => void>>>()
function waitersOf(signals: Signals): Map<string, Set<() => void>> {
  const known = waiting.get(signals)
  if (known) return known
  const waiters = new Map<string, Set<() => void>>()
  signals.on('answer', key => {
    for (const calls of key === '' ? waiters.values() : [waiters.get(key) ?? []])
      for (const call of calls) call()
  })
  waiting.set(signals, waiters)
  return waiters
}

/** Hears of a key's answer from now on, also between two waits. */
function listen(signals: Signals, key: string): { rest(ms: number): Promise<void>; end(): void } {
  const waiters = waitersOf(signals)
  let heard = false
  let wake = () => {}
  const call = () => {
    heard = true
    wake()
  }
  const calls = waiters.get(key) ?? new Set()
  waiters.set(key, calls.add(call))
  return {
    async rest(ms) {
      if (!heard)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      heard = false
    },
    end() {
      calls.delete(call)
      if (calls.size === 0) waiters.delete(key)
    },
  }
}

/** Appends and waits. The same key and body give the same answer for 24 h; another body is 409. An answer not known
 *  in time is 202: asking again with the same key tells. */
export async function runCommand(core: Core, request: CommandRequest): Promise<CommandAnswer> {
  const { workspace, customer } = request
  const key = request.key ?? newId()
  const bodyHash = hashId(customer, JSON.stringify(request.command))
  const answered = (row: Answer | null | undefined): CommandAnswer | null => {
    if (!row) return null
    if (row.body_hash !== bodyHash)
      throw new Problem(409, 'idempotency_conflict', 'This Idempotency-Key was used with another body', {
        action: 'Use a new key for a new request.',
      })
    return { status: row.status, body: JSON.parse(row.body) as unknown }
  }
  /** wherever it is: the customer may be part of another by now */
  const anywhere = async (): Promise<CommandAnswer | null> => {
    const { rows } = await core.pool.query<Answer>(
      'select body_hash, status, body from answer where bucket = any($1::smallint[]) and workspace_id = $2 and key = $3 limit 1',
      [ALL_BUCKETS, workspace, key],
    )
    return answered(rows[0])
  }
  const known = request.key === null ? null : await anywhere()
  if (known) return known

  const answer = listen(core.signals, key)
  try {
    await appends(core).add({ ...request, key, bodyHash })
    const deadline = performance.now() + WAIT_MS
    while (performance.now() < deadline) {
      await answer.rest(POLL_MS)
      const expected = await answers(core.pool).add({ bucket: bucketOf(customer), workspace, key })
      const found = answered(expected) ?? (await anywhere())
      if (found) return found
    }
    return {
      status: 202,
      body: { code: 'pending', title: 'Not decided yet', action: 'Ask again with the same Idempotency-Key.' },
    }
  } finally {
    answer.end()
  }
}
