// LINE's stand-in, rich menus: objects, pictures, the one for all, links of people, aliases.
// Source: line/line-openapi messaging-api.yml (richmenu …); developers.line.biz/en/reference/messaging-api (rich menu).
import type { Hono } from 'hono'
import { imageSize } from 'image-size'
import { checkMenu, type MenuObject } from '../../channels/line/menu-rules.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import {
  bodyOf,
  LINE_USER,
  type LineContext,
  type LineEnv,
  refuse,
  refuseBody,
  refuseTo,
} from './line-http.ts'
import { addObject, findObject, listObjects, putObject, takeObject } from './objects.ts'

export type StandInMenu = MenuObject & { richMenuId: string }
type Picture = { type: string; base64: string }

const MOST_MENUS = 1_000
const MOST_PICTURE_BYTES = 1024 * 1024
const NOT_FOUND = 'richmenu not found'

/** The menu that this friend sees at the phone, with its picture; null: none. */
export async function menuAt(
  core: Core,
  workspace: Uuid,
  address: string,
): Promise<{ menu: StandInMenu; picture: Picture | null } | null> {
  const { pool } = core
  const own = await findObject<{ menu: string }>(pool, workspace, 'line_user_menu', address)
  const all = own ?? (await findObject<{ menu: string }>(pool, workspace, 'line_default_menu', ''))
  const menu = all && (await findObject<StandInMenu>(pool, workspace, 'line_menu', all.body.menu))
  if (!menu) return null
  const picture = await findObject<Picture>(pool, workspace, 'line_menu_picture', menu.key)
  return { menu: menu.body, picture: picture?.body ?? null }
}

/** Where a tap on `richmenuswitch` leads; null: there is no such alias. */
export async function switchMenu(
  core: Core,
  workspace: Uuid,
  address: string,
  alias: string,
): Promise<boolean> {
  const found = await findObject<{ menu: string }>(core.pool, workspace, 'line_alias', alias)
  if (!found) return false
  await putObject(core.pool, workspace, 'line_user_menu', address, { menu: found.body.menu })
  return true
}

export function menusOf(core: Core, app: Hono<LineEnv>): void {
  const { pool } = core
  const exists = async (c: LineContext, id: string): Promise<boolean> =>
    (await findObject(pool, c.get('workspace'), 'line_menu', id)) !== null
  const hasPicture = async (c: LineContext, id: string): Promise<boolean> =>
    (await findObject(pool, c.get('workspace'), 'line_menu_picture', id)) !== null

  app.post('/v2/bot/richmenu/validate', async c => {
    const wrong = checkMenu(await bodyOf(c))
    return wrong.length > 0 ? refuseBody(c, wrong) : c.json({})
  })
  app.post('/v2/bot/richmenu/bulk/link', async c => {
    const body = await bodyOf(c)
    const users = body?.userIds
    const menu = String(body?.richMenuId ?? '')
    if (!Array.isArray(users) || users.length < 1 || users.length > 500)
      return refuseBody(c, [{ property: 'userIds', message: 'Size must be between 1 and 500' }])
    if (!users.every(u => typeof u === 'string' && LINE_USER.test(u))) return refuseTo(c, 'userIds')
    if (!(await exists(c, menu))) return refuse(c, 400, NOT_FOUND)
    if (!(await hasPicture(c, menu)))
      return refuse(c, 400, 'must upload richmenu image before applying it to user')
    for (const user of users as string[])
      await putObject(pool, c.get('workspace'), 'line_user_menu', user, { menu })
    core.signals.emit('live', `${c.get('workspace')}:sandbox`)
    return c.json({}, 202)
  })
  app.post('/v2/bot/richmenu/bulk/unlink', async c => {
    const users = (await bodyOf(c))?.userIds
    if (!Array.isArray(users) || users.length < 1 || users.length > 500)
      return refuseBody(c, [{ property: 'userIds', message: 'Size must be between 1 and 500' }])
    for (const user of users) await takeObject(pool, c.get('workspace'), 'line_user_menu', String(user))
    core.signals.emit('live', `${c.get('workspace')}:sandbox`)
    return c.json({}, 202)
  })
  app.get('/v2/bot/richmenu/list', async c => {
    const menus = await listObjects<StandInMenu>(pool, c.get('workspace'), 'line_menu')
    return c.json({ richmenus: menus.map(m => m.body) })
  })

  app.post('/v2/bot/richmenu/alias', async c => {
    const body = await bodyOf(c)
    const alias = String(body?.richMenuAliasId ?? '')
    if (!/^[a-z0-9_-]{1,32}$/.test(alias))
      return refuseBody(c, [{ property: 'richMenuAliasId', message: 'Invalid' }])
    const menu = String(body?.richMenuId ?? '')
    if (!(await hasPicture(c, menu))) return refuse(c, 400, NOT_FOUND)
    return (await addObject(pool, c.get('workspace'), 'line_alias', alias, { menu }))
      ? c.json({})
      : refuse(c, 400, 'conflict richmenu alias id')
  })
  app.get('/v2/bot/richmenu/alias/list', async c => {
    const found = await listObjects<{ menu: string }>(pool, c.get('workspace'), 'line_alias')
    return c.json({ aliases: found.map(a => ({ richMenuAliasId: a.key, richMenuId: a.body.menu })) })
  })
  app.post('/v2/bot/richmenu/alias/:alias', async c => {
    const menu = String((await bodyOf(c))?.richMenuId ?? '')
    const alias = c.req.param('alias')
    if (!(await findObject(pool, c.get('workspace'), 'line_alias', alias)))
      return refuse(c, 404, 'richmenu alias not found')
    if (!(await hasPicture(c, menu))) return refuse(c, 400, NOT_FOUND)
    await putObject(pool, c.get('workspace'), 'line_alias', alias, { menu })
    return c.json({})
  })
  app.delete('/v2/bot/richmenu/alias/:alias', async c =>
    (await takeObject(pool, c.get('workspace'), 'line_alias', c.req.param('alias')))
      ? c.json({})
      : refuse(c, 404, 'richmenu alias not found'),
  )

  app.post('/v2/bot/richmenu', async c => {
    const body = await bodyOf(c)
    const wrong = checkMenu(body)
    if (wrong.length > 0) return refuseBody(c, wrong)
    const workspace = c.get('workspace')
    if ((await listObjects(pool, workspace, 'line_menu')).length >= MOST_MENUS)
      return refuse(c, 400, 'exceed the maximum number of rich menus')
    const richMenuId = `richmenu-${newId().replaceAll('-', '')}`
    await addObject(pool, workspace, 'line_menu', richMenuId, { richMenuId, ...body })
    return c.json({ richMenuId })
  })
  app.get('/v2/bot/richmenu/:menu', async c => {
    const menu = await findObject<StandInMenu>(pool, c.get('workspace'), 'line_menu', c.req.param('menu'))
    return menu ? c.json(menu.body) : refuse(c, 404, NOT_FOUND)
  })
  app.delete('/v2/bot/richmenu/:menu', async c => {
    const menu = c.req.param('menu')
    const workspace = c.get('workspace')
    if (!(await takeObject(pool, workspace, 'line_menu', menu))) return refuse(c, 404, NOT_FOUND)
    await takeObject(pool, workspace, 'line_menu_picture', menu)
    return c.json({})
  })
  app.post('/v2/bot/richmenu/:menu/content', async c => {
    const workspace = c.get('workspace')
    const menu = await findObject<StandInMenu>(pool, workspace, 'line_menu', c.req.param('menu'))
    if (!menu) return refuse(c, 404, NOT_FOUND)
    const type = c.req.header('content-type') ?? ''
    if (type !== 'image/png' && type !== 'image/jpeg') return refuse(c, 415, 'Unsupported media type')
    const bytes = Buffer.from(await c.req.arrayBuffer())
    if (bytes.length > MOST_PICTURE_BYTES) return refuse(c, 413, 'The image is too large')
    let size: { width: number; height: number }
    try {
      size = imageSize(bytes)
    } catch {
      return refuse(c, 400, 'The image is broken')
    }
    if (size.width !== menu.body.size.width || size.height !== menu.body.size.height)
      return refuse(c, 400, 'The image size does not match the rich menu')
    const picture: Picture = { type, base64: bytes.toString('base64') }
    return (await addObject(pool, workspace, 'line_menu_picture', menu.key, picture))
      ? c.json({})
      : refuse(c, 400, 'An image has already been uploaded to the richmenu')
  })

  app.post('/v2/bot/user/all/richmenu/:menu', async c => {
    const menu = c.req.param('menu')
    if (!(await exists(c, menu))) return refuse(c, 404, NOT_FOUND)
    if (!(await hasPicture(c, menu)))
      return refuse(c, 400, 'must upload richmenu image before applying it to user')
    await putObject(pool, c.get('workspace'), 'line_default_menu', '', { menu })
    core.signals.emit('live', `${c.get('workspace')}:sandbox`)
    return c.json({})
  })
  app.delete('/v2/bot/user/all/richmenu', async c => {
    await takeObject(pool, c.get('workspace'), 'line_default_menu', '')
    return c.json({})
  })
  app.get('/v2/bot/user/:user/richmenu', async c => {
    const own = await findObject<{ menu: string }>(
      pool,
      c.get('workspace'),
      'line_user_menu',
      c.req.param('user'),
    )
    return own ? c.json({ richMenuId: own.body.menu }) : refuse(c, 404, 'the user has no richmenu')
  })
}
