// Pictures that customers sent by LINE, for who may see personal data: `GET /api/w/{ws}/line/content/{message}`.
import { Hono } from 'hono'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Access } from '../platform/http/access.ts'
import { answerError } from '../platform/http/problem.ts'
import type { HttpEnv } from '../platform/http/router.ts'
import { seatAt } from '../platform/http/seat.ts'
import { keptContent } from './store.ts'

export function contentApp(core: Core, access: Access): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  app.get('/api/w/:ws/line/content/:message', async c => {
    try {
      const { workspace } = await seatAt(
        core,
        access,
        c,
        'line/content/{message}',
        'customers:read',
        'customers:personal',
      )
      const content = await keptContent(core.pool, workspace.id, c.req.param('message'))
      if (!content)
        throw new Problem(404, 'no_content', 'There is no such picture', {
          action: 'It may not have been fetched yet, or the customer took it back.',
        })
      return c.body(new Uint8Array(content.bytes), 200, {
        'content-type': content.type,
        'cache-control': 'private, max-age=300',
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      })
    } catch (error) {
      return answerError(error, c.get('requestId'), c.get('route') ?? '/api/w/{ws}/line/content', core.log)
    }
  })
  return app
}
