// Idempotency-Key: the same key and body of one caller give the same answer for 24 hours, another body is 409.
// Kept encrypted, because an answer may hold what is shown only once.
import type { Core } from '../core.ts'
import { Problem } from '../errors.ts'
import { hashId, type Uuid } from '../ids.ts'

export type Answer = { status: number; json: string }

const KEPT_MS = 24 * 3_600_000
/** The first request is taken for dead after this time, and its key may be used again. */
const WORKING_MS = 60_000

export type Request = { actor: Uuid; key: string; endpoint: string; path: string; body: unknown }

/** Performs `work` once for this key; a refusal is not kept, so that it may be corrected and tried again.
 *  @throws Problem 409 for another body, or while the first is still at work */
export async function answerOnce(core: Core, request: Request, work: () => Promise<Answer>): Promise<Answer> {
  const at = new Date()
  const bodyHash = hashId(request.endpoint, request.path, JSON.stringify(request.body ?? null))
  await core.pool.query('delete from http_answer where at < $1', [new Date(at.getTime() - KEPT_MS)])
  const claimed = await core.pool.query(
    `insert into http_answer (actor, key, body_hash, at) values ($1, $2, $3, $4)
     on conflict (actor, key) do update set body_hash = excluded.body_hash, at = excluded.at
       where http_answer.answer is null and http_answer.at < $5`,
    [request.actor, request.key, bodyHash, at, new Date(at.getTime() - WORKING_MS)],
  )
  if (claimed.rowCount === 0) return knownAnswer(core, request, bodyHash)
  try {
    const answer = await work()
    await core.pool.query('update http_answer set answer = $3 where actor = $1 and key = $2', [
      request.actor,
      request.key,
      core.secrets.seal(JSON.stringify(answer)),
    ])
    return answer
  } catch (error) {
    await core.pool.query('delete from http_answer where actor = $1 and key = $2 and answer is null', [
      request.actor,
      request.key,
    ])
    throw error
  }
}

async function knownAnswer(core: Core, request: Request, bodyHash: Uuid): Promise<Answer> {
  const { rows } = await core.pool.query<{ body_hash: Uuid; answer: Buffer | null }>(
    'select body_hash, answer from http_answer where actor = $1 and key = $2',
    [request.actor, request.key],
  )
  const row = rows[0]
  if (row && row.body_hash !== bodyHash)
    throw new Problem(409, 'idempotency_conflict', 'This Idempotency-Key was used with another request', {
      action: 'Use a new key for a new request.',
    })
  if (!row?.answer)
    throw new Problem(409, 'still_running', 'The first request with this Idempotency-Key is still at work', {
      action: 'Ask again in a moment with the same key.',
      retryAfterS: 1,
    })
  return JSON.parse(core.secrets.open(row.answer)) as Answer
}
