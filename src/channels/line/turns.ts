// Calls of LINE that are no messages of the ledger, each kept to LINE's limit of its endpoint: narrowcasts and broadcasts,
// rich menus, insight, profiles, audiences. LINE counts by endpoint and channel, whatever the path's values and the process,
// and says with 429 that there were too many, without a time. Source: developers.line.biz/en/reference/messaging-api
// (rate limits).
import type { Account, CallRate } from '../adapter.ts'
import { type AnswerBytes, header, retryAfterMs } from '../exchange.ts'
import { callLine, lineSays, type LineCall } from './api.ts'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000
/** So long a call waits for its turn; one whose turn is later is answered 429 at once. */
const PATIENCE_MS = 2_000

const LIMITS: { at: RegExp; max: number; perMs: number }[] = [
  { at: /^POST \/v2\/bot\/message\/(narrowcast|broadcast)$/, max: 60, perMs: HOUR },
  { at: /^GET \/v2\/bot\/insight\//, max: 60, perMs: HOUR },
  { at: /^GET \/v2\/bot\/message\/delivery\//, max: 60, perMs: HOUR },
  { at: /^(POST \/v2\/bot\/richmenu|DELETE \/v2\/bot\/richmenu\/\*)$/, max: 100, perMs: HOUR },
  { at: /^DELETE \/v2\/bot\/richmenu\/alias\/\*$/, max: 100, perMs: HOUR },
  { at: /^GET \/v2\/bot\/richmenu\/list$/, max: 10, perMs: SECOND },
  { at: /^\w+ \/v2\/bot\/audienceGroup\//, max: 60, perMs: MINUTE },
  { at: /^POST \/v2\/bot\/chat\/loading\/start$/, max: 100, perMs: SECOND },
]
const OTHERS = { max: 2_000, perMs: SECOND }

/** What of a path is a value, by what comes before it. */
const VALUES: [RegExp, string][] = [
  [/^(\/v2\/bot\/(?:profile|user)\/)(?!all\/)[^/]+/, '$1*'],
  [/^(\/v2\/bot\/message\/)[^/]+(?=\/content$)/, '$1*'],
  [/^(\/v2\/bot\/user\/all\/richmenu\/)[^/]+/, '$1*'],
  [/^(\/v2\/bot\/richmenu\/alias\/)(?!list$)[^/]+/, '$1*'],
  [/^(\/v2\/bot\/richmenu\/)(?!alias\b|bulk\b|list$|validate\b)[^/]+/, '$1*'],
  [/^(\/v2\/bot\/audienceGroup\/)\d+/, '$1*'],
]

/** The limit of the endpoint that this call is of. */
export function lineLimit(method: string, path: string): CallRate {
  const endpoint = `${method} ${VALUES.reduce((p, [value, by]) => p.replace(value, by), path)}`
  const { max, perMs } = LIMITS.find(l => l.at.test(endpoint)) ?? OTHERS
  return { key: endpoint, max, perMs }
}

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })

/** As LINE would answer: what calls read of its 429 they read of ours. */
const tooMany = (ms: number): AnswerBytes => {
  const body = JSON.stringify({ message: 'The rate limit of this call is used up.' })
  return {
    status: 429,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(ms / 1_000))) },
    body,
    bytes: Buffer.from(body),
    whole: true,
  }
}

/** `callLine` in its turn; a 429 always says when to come again. @throws NoAnswer */
export async function callInTurn(
  account: Account,
  call: LineCall,
  signal: AbortSignal,
): Promise<AnswerBytes> {
  const { turns } = account
  if (!turns) return callLine(account, call, signal)
  const rate = lineLimit(call.method, call.path)
  const until = performance.now() + PATIENCE_MS
  let turn = await turns.take(account.id, rate)
  while (!turn.go) {
    if (signal.aborted || performance.now() + turn.ms > until) return tooMany(turn.ms)
    await wait(turn.ms, signal)
    turn = await turns.take(account.id, rate)
  }
  const answer = await callLine(account, call, signal)
  if (answer.status !== 429) {
    if (turn.refused > 0) await turns.taken(account.id, rate)
    return answer
  }
  const said = lineSays(answer.body)
  // the plan's month is no limit of calls
  if (/monthly limit/i.test(said.message)) return answer
  const ms = await turns.refused(
    account.id,
    rate,
    retryAfterMs(header(answer.headers, 'retry-after'), Date.now()),
  )
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(Math.ceil(ms / 1_000)) } }
}
