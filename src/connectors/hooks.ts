// The addresses that other systems post to: limits, signature over the raw body, then the delivery is taken and answered
// after the commit. A delivery that cannot be used is answered with success too: it is kept here, so sending it again
// would help nobody.
import { Hono } from 'hono'
import { openPressure } from '../collect/pressure.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { problemResponse } from '../platform/http/problem.ts'
import { openRateLimit } from '../platform/http/rate-limit.ts'
import { remoteAddress } from '../platform/http/router.ts'
import { newId, parseId } from '../platform/ids.ts'
import { noteDelivery, noteRefused, sourceOfAddress } from './store.ts'
import { takeDelivery } from './take.ts'
import { verifyDelivery } from './verify.ts'

export const HOOK_LIMITS = { bytes: 1024 * 1024, deliveries: 1_000, windowMs: 10_000 }

export function hooksApp(core: Core, limits = HOOK_LIMITS): Hono {
  const app = new Hono()
  const pressure = openPressure(core)
  const rate = openRateLimit(limits.deliveries, limits.windowMs)
  app.post('/webhooks/:source', async c => {
    try {
      const id = parseId('src', c.req.param('source'))
      if (id) rate.take(`${id} ${remoteAddress(c)}`)
      const source = id ? await sourceOfAddress(core.pool, id) : null
      if (!source)
        throw new Problem(404, 'no_source', 'There is no such webhook address', {
          action: "Copy the address from the source's page.",
        })
      if (!source.active || !source.secret)
        throw new Problem(403, 'source_off', 'This source is switched off', {
          action: 'Switch it on at Sources, Connectors.',
        })
      pressure.check()
      const raw = await readLimited(c.req.raw, limits.bytes)
      const headers = c.req.header()
      let delivery: string
      try {
        delivery = verifyDelivery(source.settings.signing, core.secrets.open(source.secret), {
          raw,
          headers,
          now: Date.now(),
        })
      } catch (error) {
        if (error instanceof Problem) await noteRefused(core.pool, source.id, error.code)
        throw error
      }
      const topic = source.kind === 'shopify' ? (headers['x-shopify-topic'] ?? null) : null
      const body = raw.toString('utf8')
      if (headers['x-shopify-test'] === 'true') {
        // a test of Shopify's own page carries made-up people: shown as the last body, taken as nothing
        await noteDelivery(core.pool, source.id, { rows: 0, rejected: 0, topic, body })
        return c.json({ success: true, stored: 0, rejected: 0, duplicate: false })
      }
      const taken = await takeDelivery(core, source, topic, body, { delivery })
      return c.json({ success: true, ...taken })
    } catch (error) {
      if (error instanceof Problem) return problemResponse(error, newId())
      core.log.error(
        { code: (error as { code?: string }).code, error: (error as Error).message?.slice(0, 200) },
        'webhook: not stored, the sender will try again',
      )
      return problemResponse(
        new Problem(503, 'unavailable', 'The delivery could not be stored', {
          action: 'Send it again.',
          retryAfterS: 5,
        }),
        newId(),
      )
    }
  })
  return app
}

async function readLimited(request: Request, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > most)
      throw new Problem(413, 'body_too_large', `The body has more than ${most} bytes`, {
        action: 'Have the sender cut it into smaller ones.',
      })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
