// Rich menus at LINE, one function a call. Source: line/line-openapi messaging-api.yml (richmenu …).
import type { Account } from '../adapter.ts'
import { askLine, LineFailed } from './account.ts'
import type { LineCall } from './api.ts'
import type { MenuObject } from './menu-rules.ts'

/** People that one request may name. */
export const MENU_PEOPLE_MAX = 500

const post = (path: string, json?: unknown): LineCall => ({
  method: 'POST',
  path,
  ...(json === undefined ? {} : { json }),
})

export const createMenuCall = (menu: MenuObject): LineCall => post('/v2/bot/richmenu', menu)
export const menuPictureCall = (menu: string, type: string, body: Uint8Array): LineCall => ({
  ...post(`/v2/bot/richmenu/${menu}/content`),
  data: true,
  bytes: { type, body },
})
export const linkMenuCall = (menu: string | null, users: string[]): LineCall =>
  menu === null
    ? post('/v2/bot/richmenu/bulk/unlink', { userIds: users })
    : post('/v2/bot/richmenu/bulk/link', { richMenuId: menu, userIds: users })

/** The menu with its picture; LINE's id of it. Nothing stays behind when the picture is refused. */
export async function createMenu(
  account: Account,
  menu: MenuObject,
  picture: { type: string; bytes: Uint8Array },
  signal: AbortSignal,
): Promise<string> {
  const answer = await askLine(account, createMenuCall(menu), signal)
  const { richMenuId } = JSON.parse(answer.body) as { richMenuId: string }
  try {
    await askLine(account, menuPictureCall(richMenuId, picture.type, picture.bytes), signal)
  } catch (error) {
    await deleteMenu(account, richMenuId, signal).catch(() => undefined) // the first error is the one to be told
    throw error
  }
  return richMenuId
}

/** What is not there any more is as good as deleted. */
async function unless404(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof LineFailed) || error.status !== 404) throw error
  })
}

export const deleteMenu = (account: Account, menu: string, signal: AbortSignal): Promise<void> =>
  unless404(askLine(account, { method: 'DELETE', path: `/v2/bot/richmenu/${menu}` }, signal))

/** The menu of all who have none of their own; null: none. */
export async function setMenuOfAll(
  account: Account,
  menu: string | null,
  signal: AbortSignal,
): Promise<void> {
  const call: LineCall =
    menu === null
      ? { method: 'DELETE', path: '/v2/bot/user/all/richmenu' }
      : post(`/v2/bot/user/all/richmenu/${menu}`)
  await askLine(account, call, signal)
}

/** Menus switch to each other by their alias, whichever menu has it now. */
export async function setAlias(
  account: Account,
  alias: string,
  menu: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await askLine(account, post(`/v2/bot/richmenu/alias/${alias}`, { richMenuId: menu }), signal)
  } catch (error) {
    if (!(error instanceof LineFailed) || (error.status !== 404 && error.status !== 400)) throw error
    await askLine(
      account,
      post('/v2/bot/richmenu/alias', { richMenuAliasId: alias, richMenuId: menu }),
      signal,
    )
  }
}

export const dropAlias = (account: Account, alias: string, signal: AbortSignal): Promise<void> =>
  unless404(askLine(account, { method: 'DELETE', path: `/v2/bot/richmenu/alias/${alias}` }, signal))

export async function linkMenu(
  account: Account,
  menu: string | null,
  users: string[],
  signal: AbortSignal,
): Promise<void> {
  await askLine(account, linkMenuCall(menu, users), signal)
}
