// The stand-in for LINE: the part of LINE's own HTTP interface that the product uses, for sandbox workspaces. It checks what
// LINE checks and keeps what arrived. Its parts are the files line-*.ts beside it.
import { Hono } from 'hono'
import { workspaceOfToken } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import { newId } from '../../platform/ids.ts'
import { actOnLine } from './line-act.ts'
import { audiencesOf } from './line-audiences.ts'
import { BAD_TOKEN, type LineEnv, refuse, tooMany } from './line-http.ts'
import { menusOf } from './line-menus.ts'
import { sendingOf } from './line-messages.ts'
import { phoneOf } from './line-phone.ts'
import { openOf, peopleOf } from './line-people.ts'
import { shopLoginOf } from './line-shop-login.ts'
import type { StandIn } from './model.ts'

function app(core: Core): Hono<LineEnv> {
  const app = new Hono<LineEnv>()
  openOf(core, app)
  shopLoginOf(core, app)
  app.use(async (c, next) => {
    const requestId = newId()
    c.set('requestId', requestId)
    c.header('x-line-request-id', requestId)
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const workspace = workspaceOfToken(core, token, 'line')
    if (workspace === null) return refuse(c, 401, BAD_TOKEN)
    c.set('workspace', workspace)
    const refused = await tooMany(core, c)
    return refused ?? next()
  })
  sendingOf(core, app)
  phoneOf(core, app)
  audiencesOf(core, app)
  menusOf(core, app)
  peopleOf(core, app)
  app.notFound(c => c.json({ message: 'Not found' }, 404))
  app.onError((error, c) => {
    core.log.error({ error: error.message.slice(0, 200) }, 'stand-in: LINE failed')
    return c.json({ message: 'An error occurred' }, 500)
  })
  return app
}

export const lineStandIn: StandIn = { adapter: 'line', channel: 'line', app, act: actOnLine }
