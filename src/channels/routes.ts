// Webhooks of providers: the signature is checked over the raw body, the events are appended, then it is answered.
// A provider's retry finds its events deduplicated by their own ids.
import { type Context, Hono } from 'hono'
import { append } from '../inbox/append.ts'
import { resolveBatch, resolvedEvent } from '../collect/resolve.ts'
import { answerTaps, readConsentTaps } from '../consent/tap.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { problemResponse } from '../platform/http/problem.ts'
import { bucketOf, newId, parseId, type Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { takeNotes } from '../line/notes.ts'
import { readTap } from '../messages/link-tokens.ts'
import { recordClick } from '../messages/links.ts'
import { recordReceipts } from '../messages/receipts.ts'
import { ofOurs } from '../messages/provider-ids.ts'
import { takeCode } from '../messages/test-send.ts'
import { liftBlock, suppress } from '../messages/suppression.ts'
import { anyAccount, isHookKey, type LoadedAccount } from './accounts.ts'
import type { Adapter, ChannelEvent } from './adapter.ts'
import { adapterNamed } from './register.ts'

const BODY_LIMIT_BYTES = 1024 * 1024

export function channelApp(core: Core): Hono {
  const app = new Hono()
  app.post('/hooks/:channel/:account', c => answered(core, () => hear(core, c)))
  app.get('/hooks/:channel/:account', c =>
    answered(core, async () => {
      const { account, adapter } = await called(core, c)
      const answer = adapter.challenge?.(account, c.req.query()) ?? null
      if (answer !== null) return c.text(answer)
      if (adapter.keyed) return hear(core, c)
      throw NO_ACCOUNT()
    }),
  )
  return app
}

async function answered(core: Core, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error, newId())
    core.log.error(
      { code: (error as { code?: string }).code },
      'webhook: not stored, the provider will try again',
    )
    return problemResponse(
      new Problem(503, 'unavailable', 'The events could not be stored', {
        action: 'Send them again.',
        retryAfterS: 5,
      }),
      newId(),
    )
  }
}

async function hear(core: Core, c: Context): Promise<Response> {
  const raw = await readLimited(c.req.raw)
  const { account, adapter } = await called(core, c)
  if (!adapter.parse) throw NO_ACCOUNT()
  if (adapter.keyed && !isHookKey(core, account.id, c.req.query('key') ?? ''))
    throw new Problem(401, 'bad_key', 'The key in the address is not that of this account', {
      action: "Copy the webhook address from the account's page.",
    })
  const { pathname, search } = new URL(c.req.url)
  const told = await adapter.parse(account, {
    rawBody: raw,
    now: Date.now() + (await offsetOf(core, account.workspace)),
    url: core.baseUrl + pathname + search,
    headers: c.req.header(),
    query: c.req.query(),
  })
  const taps = readTaps(told.events)
  const confirms = await readConsentTaps(core, account, told.events)
  await receive(core, account, [...told.events, ...confirms.flatMap(c => c.proves?.event ?? [])])
  if (told.notes) await takeNotes(core, account, told.notes, events => receive(core, account, events))
  await answerTaps(core, account, confirms)
  for (const tap of taps) await recordClick(core, { ...tap, workspace: account.workspace, url: null })
  const { receipts, early } = await ofOurs(core.pool, account.workspace, told.receipts)
  await recordReceipts(core, account.workspace, receipts)
  if (early)
    throw new Problem(503, 'not_yet', 'A receipt is of a message whose send is not recorded yet', {
      action: 'Send it again.',
      retryAfterS: 5,
    })
  return told.answer ? c.body(told.answer.body, 200, { 'content-type': told.answer.type }) : c.body(null, 200)
}

async function offsetOf(core: Core, workspace: Uuid): Promise<number> {
  const { rows } = await core.pool.query<{ clock_offset_ms: number }>(
    'select clock_offset_ms from workspace where id = $1',
    [workspace],
  )
  return rows[0]?.clock_offset_ms ?? 0
}

const NO_ACCOUNT = () =>
  new Problem(404, 'no_account', 'There is no such webhook address', {
    action: "Copy the webhook address from the account's page.",
  })

/** The account that a webhook's address names, and who speaks for it. @throws Problem 404 */
async function called(core: Core, c: Context): Promise<{ account: LoadedAccount; adapter: Adapter }> {
  const id = parseId('chn', c.req.param('account') ?? '')
  const account = id ? await anyAccount(core, core.pool, id) : null
  const adapter = account ? adapterNamed(account.adapter) : undefined
  if (!account || !adapter || account.channel !== c.req.param('channel')) throw NO_ACCOUNT()
  return { account, adapter }
}

async function readLimited(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > BODY_LIMIT_BYTES)
      throw new Problem(413, 'body_too_large', 'The body is too large', {
        action: `Send at most ${BODY_LIMIT_BYTES} bytes.`,
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Buttons of our messages among what was told. Their events go on with the data as it was written, and say of which message
 *  they are. */
function readTaps(events: ChannelEvent[]): { message: Uuid; label: string }[] {
  return events.flatMap(({ input }) => {
    if (input.kind !== 'event' || !input.body.name.endsWith('.postback')) return []
    const { props } = input.body
    const tap = typeof props?.data === 'string' ? readTap(props.data) : null
    if (!props || !tap) return []
    const { data, message, label } = tap
    Object.assign(props, { data, message, ...(label === '' ? {} : { label }) })
    return [{ message, label: label || 'button' }]
  })
}

/** Appends what a webhook told; a block or follow counts from the moment this returns. */
export async function receive(core: Core, account: LoadedAccount, events: ChannelEvent[]): Promise<void> {
  const told = events.flatMap(e => (e.input.kind === 'event' ? [{ ...e, body: e.input.body }] : []))
  if (told.length === 0) return
  const { workspace } = account
  const resolved = await resolveBatch(
    core,
    told.map(e => ({ workspace, ids: e.body.ids, proof: e.body.proof })),
  )
  await inTransaction(core.pool, async sql => {
    for (const { address, reach } of told) {
      // what keeps from sending is the address; of a further account of the provider the friendship alone says it
      if (!address || !reach || account.settings.oa) continue
      const row = { workspace, channel: account.channel, address, at: reach.at }
      if (reach.kind === 'followed') await liftBlock(sql, row)
      else
        await suppress(sql, [
          { ...row, reason: reach.kind === 'refused' ? 'opt_out' : 'blocked', source: account.name },
        ])
    }
    await append(
      sql,
      null,
      told.map((e, i) => {
        const { customer } = resolved[i]!
        const body = resolvedEvent(e.body, resolved[i]!)
        return { workspace, customer, input: { kind: 'event' as const, messageId: e.input.messageId, body } }
      }),
    )
  })
  for (const b of new Set(resolved.map(r => bucketOf(r.customer)))) core.signals.emit('inbox', String(b))
  // somebody of the team says which customer they are
  for (const [i, e] of told.entries())
    if (e.body.name.endsWith('.message'))
      await takeCode(core, workspace, resolved[i]!.customer, e.body.props?.text)
}
