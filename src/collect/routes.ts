// The public intake, compatible with Segment's HTTP API and RudderStack's: POST /v1/{track,identify,page,screen,group,
// alias,batch,import} and the short paths of their clients. It answers success only after the commit; what it refuses
// it says, one by one.
import { Hono, type Context } from 'hono'
import { Counter } from 'prom-client'
import { pushKeyOf } from '../channels/webpush-app.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { answerError } from '../platform/http/problem.ts'
import { newId } from '../platform/ids.ts'
import { openAppendGroup } from './append-group.ts'
import { readBody } from './body.ts'
import { rudderSourceConfig, segmentSettings } from './client-settings.ts'
import { openIntaker, type Asked, type IntakeResult } from './intake.ts'
import { LIMITS } from './json.ts'
import { keyOf, openKeys } from './keys.ts'
import { BULK_PRESSURE, openPressure, PRESSURE, type PressureLimits, type PressureTable } from './pressure.ts'

/** Each path and the one letter that Segment's browser client takes for it. */
const CALLS: Record<string, Asked> = {
  track: { type: 'track' },
  identify: { type: 'identify' },
  page: { type: 'page' },
  screen: { type: 'screen' },
  group: { type: 'group' },
  alias: { type: 'alias' },
  batch: { type: null },
  import: { type: null, past: true },
}
const SHORT: Record<string, string> = {
  t: 'track',
  i: 'identify',
  p: 'page',
  s: 'screen',
  g: 'group',
  a: 'alias',
  b: 'batch',
}
const MOST_TOLD = 100

/** Browsers on any site may send: the write key is public, and no cookie is read here. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': [
    'authorization, content-type, content-encoding',
    'x-retry-count', // Segment's clients
    // RudderStack's
    'anonymousid, sentat, rsa-retry-attempt, rsa-retry-reason, rsa-since-last-attempt, rsa-since-first-attempt, rsa-recovered',
  ].join(', '),
  'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
  'access-control-max-age': '86400',
  'access-control-expose-headers': 'retry-after',
}

function counter(core: Core): Counter<'outcome'> {
  const name = 'itinera_intake_events_total'
  return (
    (core.metrics.getSingleMetric(name) as Counter<'outcome'> | undefined) ??
    new Counter({
      name,
      help: 'Events by outcome at the intake',
      labelNames: ['outcome'],
      registers: [core.metrics],
    })
  )
}

/** Mounted at the root: the paths start with /v1. */
export function collectApp(
  core: Core,
  limits: Record<PressureTable, PressureLimits> = { inbox: PRESSURE, bulk: BULK_PRESSURE },
): Hono {
  const keys = openKeys(core)
  const pressure = openPressure(core, limits.inbox)
  const bulkPressure = openPressure(core, limits.bulk, 'bulk')
  const intaker = openIntaker(core, openAppendGroup(core), openAppendGroup(core, 'bulk'))
  const counted = counter(core)
  const app = new Hono()

  for (const path of ['/v1/*', '/beacon/*', '/sourceConfig', '/sourceConfig/'])
    app.use(path, async (c, next) => {
      if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: CORS })
      await next()
      for (const [name, value] of Object.entries(CORS)) c.res.headers.set(name, value)
    })

  async function take(c: Context, asked: Asked): Promise<Response> {
    const { body, bytes } = await readBody(c.req.raw)
    const source = await keys.find(keyOf(c.req.header('authorization'), body, c.req.query('writeKey')))
    ;(asked.past ? bulkPressure : pressure).check()
    const single = asked.type !== null
    const items: unknown = single ? [body] : body.batch
    if (!Array.isArray(items))
      throw new Problem(400, 'batch_missing', 'The batch is not a list', {
        path: 'batch',
        action: 'Send { "batch": [ … ] }.',
      })
    if (items.length > LIMITS.items)
      throw new Problem(413, 'batch_too_large', `The batch has more than ${LIMITS.items} items`, {
        path: 'batch',
        action: 'Send smaller batches.',
      })
    const result = await intaker.take(source, asked, items, body, bytes)
    counted.inc({ outcome: 'stored' }, result.stored)
    if (result.refused.length > 0) counted.inc({ outcome: 'refused' }, result.refused.length)
    if (result.stored === 0 && items.length > 0) throw allRefused(result, single)
    return c.json(
      result.refused.length === 0
        ? { success: true }
        : {
            success: true,
            accepted: result.stored,
            rejected: result.refused.slice(0, MOST_TOLD).map(({ index, fault }) => ({
              index,
              code: fault.code,
              path: fault.path,
              title: fault.detail,
              action: fault.action,
            })),
          },
    )
  }

  // what Segment's clients measure of themselves: taken, and not kept
  app.post('/v1/m', c => c.json({ success: true }))
  app.post('/v1/:call', c => {
    const call = c.req.param('call')
    const name = Object.hasOwn(SHORT, call) ? SHORT[call]! : call
    if (!Object.hasOwn(CALLS, name))
      throw new Problem(404, 'unknown_endpoint', `There is no /v1/${call.slice(0, 40)}`, {
        action: `Post to ${Object.keys(CALLS)
          .map(t => '/v1/' + t)
          .join(', ')}.`,
      })
    return take(c, CALLS[name]!)
  })
  // RudderStack's browser client as a page ends
  app.post('/beacon/v1/batch', c => take(c, CALLS.batch!))

  app.get('/v1/projects/:writeKey/settings', async c => {
    const writeKey = keyOf(undefined, {}, c.req.param('writeKey'))
    await keys.find(writeKey)
    return c.json(segmentSettings(writeKey, core.baseUrl))
  })
  for (const path of ['/sourceConfig', '/sourceConfig/'] as const)
    app.get(path, async c => {
      const writeKey = keyOf(c.req.header('authorization'), {}, c.req.query('writeKey'))
      return c.json(rudderSourceConfig(await keys.find(writeKey), writeKey))
    })

  app.get('/v1/push-key', async c => {
    const source = await keys.find(keyOf(undefined, {}, c.req.query('writeKey')))
    const publicKey = await pushKeyOf(core, source.workspace)
    if (publicKey === null)
      throw new Problem(404, 'no_account', 'This workspace has no web push account', {
        action: 'Set it up under Channels.',
      })
    c.header('cache-control', 'public, max-age=300')
    return c.json({ publicKey })
  })

  app.onError((error, c) => {
    const response = answerError(error, newId(), '/v1', core.log)
    for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value)
    c.res = response
    return response
  })
  return app
}

function allRefused(result: IntakeResult, single: boolean): Problem {
  const { index, fault } = result.refused[0]!
  const path = [...(single ? [] : ['batch', String(index)]), ...(fault.path ? [fault.path] : [])].join('.')
  return new Problem(400, fault.code, fault.detail, { action: fault.action, path: path || undefined })
}
