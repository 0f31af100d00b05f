// Brings a rich menu to LINE, or takes it from there. A menu at LINE never changes: a change is a new one, and the one
// before goes once nobody has it.
import type { LoadedAccount } from '../../channels/accounts.ts'
import { LineFailed } from '../../channels/line/account.ts'
import { MENU_LIMITS } from '../../channels/line/menu-rules.ts'
import { createMenu, dropAlias, setAlias, setMenuOfAll } from '../../channels/line/menus.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import { inTransaction } from '../../platform/postgres.ts'
import { menuFaults, menuObject } from './model.ts'
import { beginRound } from './people.ts'
import {
  listMenus,
  markArchived,
  markFault,
  markPublished,
  menuPicture,
  type MenuRow,
  retire,
} from './store.ts'

const TIMEOUT_MS = 30_000
const TYPES: Record<string, string> = { png: 'image/png', jpg: 'image/jpeg' }

const wrong = (path: string, title: string, action: string): Problem =>
  new Problem(422, 'menu_faults', title, { path, action })

async function pictureOf(core: Core, row: MenuRow): Promise<{ type: string; bytes: Buffer }> {
  const picture = row.picture_id ? await menuPicture(core.pool, row.workspace_id, row.picture_id) : null
  if (!picture) throw wrong('picture', 'The menu has no picture', 'Upload one.')
  const type = TYPES[picture.type]
  if (!type || picture.bytes.length > MENU_LIMITS.pictureBytes)
    throw wrong('picture', 'LINE does not take this picture', 'Use a PNG or JPEG of at most 1 MB.')
  const { width, height } = row.menu.size
  if (picture.width !== width || picture.height !== height)
    throw wrong(
      'picture',
      `The picture is ${picture.width} × ${picture.height}, the menu ${width} × ${height}`,
      'Upload the picture again, so that the menu takes its size.',
    )
  return { type, bytes: picture.bytes }
}

/** @throws Problem 422 menu_faults; LineFailed */
export async function publishMenu(core: Core, account: LoadedAccount, row: MenuRow): Promise<void> {
  const others = (await listMenus(core.pool, row.workspace_id)).filter(
    m => m.account_id === row.account_id && m.id !== row.id && m.status === 'live',
  )
  const aliases = new Set(others.flatMap(m => m.published?.alias ?? []))
  const [fault] = menuFaults(row.menu, row.audience, row.alias, aliases)
  if (fault) throw wrong(fault.property, `${fault.property}: ${fault.message}`, 'Mend it and publish again.')
  if (row.audience.kind === 'all' && others.some(m => m.published?.audience.kind === 'all'))
    throw wrong('audience', 'Another live menu is for all', 'Change whose one of the two is.')
  const picture = await pictureOf(core, row)
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const made = await createMenu(account, menuObject(row.menu), picture, signal)
    if (row.alias) await setAlias(account, row.alias, made, signal)
    const before = row.published?.alias
    if (before && before !== row.alias) await dropAlias(account, before, signal)
    if (row.audience.kind === 'all') await setMenuOfAll(account, made, signal)
    else if (row.published?.audience.kind === 'all') await setMenuOfAll(account, null, signal)
    await inTransaction(core.pool, async sql => {
      if (row.provider_id) await retire(sql, row, row.provider_id)
      await markPublished(sql, row, made)
      await beginRound(sql, { workspace: row.workspace_id, account: row.account_id })
    })
  } catch (error) {
    if (error instanceof LineFailed) await markFault(core.pool, row, error.message)
    throw error
  }
}

/** @throws LineFailed */
export async function archiveMenu(core: Core, account: LoadedAccount | null, row: MenuRow): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  if (account && row.published?.audience.kind === 'all') await setMenuOfAll(account, null, signal)
  if (account && row.published?.alias) await dropAlias(account, row.published.alias, signal)
  await inTransaction(core.pool, async sql => {
    if (row.provider_id) await retire(sql, row, row.provider_id)
    await markArchived(sql, row)
    await beginRound(sql, { workspace: row.workspace_id, account: row.account_id })
  })
}
