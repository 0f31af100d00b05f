// Rich menus in the database: what the team made, what is live at LINE, and which menu each friend should have and has.
import type { Uuid } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import type { MenuAudience, MenuDraft } from './model.ts'

export type MenuRow = {
  workspace_id: Uuid
  id: Uuid
  account_id: Uuid
  place: number
  audience: MenuAudience
  menu: MenuDraft
  picture_id: Uuid | null
  alias: string | null
  status: 'draft' | 'live' | 'archived'
  provider_id: string | null
  published: { menu: MenuDraft; picture: Uuid; alias: string | null; audience: MenuAudience } | null
  fault: string | null
  version: number
}
const COLUMNS =
  'workspace_id, id, account_id, place, audience, menu, picture_id, alias, status, provider_id, published, fault, version::int as version'

/** In the team's order. */
export async function listMenus(sql: Sql, workspace: Uuid): Promise<MenuRow[]> {
  const { rows } = await sql.query<MenuRow>(
    `select ${COLUMNS} from line_menu where workspace_id = $1 and status <> 'archived' order by account_id, place, id`,
    [workspace],
  )
  return rows
}

export async function findMenu(sql: Sql, workspace: Uuid, id: Uuid): Promise<MenuRow | null> {
  const { rows } = await sql.query<MenuRow>(
    `select ${COLUMNS} from line_menu where workspace_id = $1 and id = $2`,
    [workspace, id],
  )
  return rows[0] ?? null
}

type Draft = {
  workspace: Uuid
  id: Uuid
  account: Uuid
  audience: MenuAudience
  menu: MenuDraft
  picture: Uuid | null
  alias: string | null
}

/** Behind all others of the account. */
export async function insertMenu(sql: Sql, d: Draft): Promise<MenuRow> {
  const { rows } = await sql.query<MenuRow>(
    `insert into line_menu (workspace_id, id, account_id, name, place, audience, menu, picture_id, alias, status)
     values ($1, $2, $3, $4, (select coalesce(max(place), 0) + 1 from line_menu where workspace_id = $1 and account_id = $3),
             $5, $6, $7, $8, 'draft') returning ${COLUMNS}`,
    [
      d.workspace,
      d.id,
      d.account,
      d.menu.name,
      JSON.stringify(d.audience),
      JSON.stringify(d.menu),
      d.picture,
      d.alias,
    ],
  )
  return rows[0]!
}

/** null: it is at another version by now. */
export async function updateMenu(
  sql: Sql,
  d: Omit<Draft, 'account'> & { version: number },
): Promise<MenuRow | null> {
  const { rows } = await sql.query<MenuRow>(
    `update line_menu set name = $4, audience = $5, menu = $6, picture_id = $7, alias = $8, version = version + 1, updated_at = clock_timestamp()
      where workspace_id = $1 and id = $2 and version = $3 and status <> 'archived' returning ${COLUMNS}`,
    [
      d.workspace,
      d.id,
      d.version,
      d.menu.name,
      JSON.stringify(d.audience),
      JSON.stringify(d.menu),
      d.picture,
      d.alias,
    ],
  )
  return rows[0] ?? null
}

export async function markPublished(sql: Sql, row: MenuRow, providerId: string): Promise<void> {
  const { menu, picture_id: picture, alias, audience } = row
  await sql.query(
    `update line_menu set status = 'live', provider_id = $3, published = $4, fault = null where workspace_id = $1 and id = $2`,
    [row.workspace_id, row.id, providerId, JSON.stringify({ menu, picture, alias, audience })],
  )
}

export async function markFault(sql: Sql, row: MenuRow, fault: string): Promise<void> {
  await sql.query('update line_menu set fault = $3 where workspace_id = $1 and id = $2', [
    row.workspace_id,
    row.id,
    fault.slice(0, 400),
  ])
}

export async function markArchived(sql: Sql, row: MenuRow): Promise<void> {
  await sql.query(
    `update line_menu set status = 'archived', provider_id = null, version = version + 1 where workspace_id = $1 and id = $2`,
    [row.workspace_id, row.id],
  )
}

/** The order in which they are looked at; those not named stay behind. False, and nothing is changed, when one is not there. */
export async function orderMenus(sql: Sql, workspace: Uuid, ids: Uuid[]): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update line_menu m set place = u.place from unnest($2::uuid[]) with ordinality u (id, place)
      where m.workspace_id = $1 and m.id = u.id
        and not exists (select from unnest($2::uuid[]) i
                         where not exists (select from line_menu l where l.workspace_id = $1 and l.id = i))`,
    [workspace, ids],
  )
  return ids.length === 0 || (rowCount ?? 0) > 0
}

/** It goes from LINE once nobody has it. */
export async function retire(
  sql: Sql,
  row: Pick<MenuRow, 'workspace_id' | 'account_id'>,
  menu: string,
): Promise<void> {
  await sql.query(
    `insert into line_menu_old (workspace_id, account_id, provider_id, due) values ($1, $2, $3, clock_timestamp()) on conflict do nothing`,
    [row.workspace_id, row.account_id, menu],
  )
}

export type OldMenu = { workspace_id: Uuid; account_id: Uuid; provider_id: string }
/** Those that nobody has or is to get. */
export async function oldMenus(sql: Sql, limit: number): Promise<OldMenu[]> {
  const { rows } = await sql.query<OldMenu>(
    `update line_menu_old o set due = clock_timestamp() + interval '1 min' from (
       select account_id, provider_id from line_menu_old o where due <= clock_timestamp()
          and not exists (select from line_menu_round r where r.account_id = o.account_id and r.bucket is not null)
          and not exists (select from line_menu_user u where u.workspace_id = o.workspace_id and u.account_id = o.account_id
                             and (u.linked = o.provider_id or u.wanted = o.provider_id))
        order by due limit $1 for update skip locked) d
      where o.account_id = d.account_id and o.provider_id = d.provider_id
     returning o.workspace_id, o.account_id, o.provider_id`,
    [limit],
  )
  return rows
}

export async function laterOld(sql: Sql, menu: OldMenu, againS: number): Promise<void> {
  await sql.query(
    `update line_menu_old set due = clock_timestamp() + make_interval(secs => $3) where account_id = $1 and provider_id = $2`,
    [menu.account_id, menu.provider_id, againS],
  )
}

export async function dropOldMenu(sql: Sql, old: OldMenu): Promise<void> {
  await sql.query('delete from line_menu_old where account_id = $1 and provider_id = $2', [
    old.account_id,
    old.provider_id,
  ])
}

/** A picture that was uploaded, as it is stored. */
export type MenuPicture = { type: string; width: number; height: number; bytes: Buffer }
export async function menuPicture(sql: Sql, workspace: Uuid, id: Uuid): Promise<MenuPicture | null> {
  const { rows } = await sql.query<MenuPicture>(
    'select type, width, height, bytes from picture where workspace_id = $1 and id = $2',
    [workspace, id],
  )
  return rows[0] ?? null
}
export async function pictureTypes(sql: Sql, workspace: Uuid, ids: Uuid[]): Promise<Map<Uuid, string>> {
  const { rows } = await sql.query<{ id: Uuid; type: string }>(
    'select id, type from picture where workspace_id = $1 and id = any($2::uuid[])',
    [workspace, ids],
  )
  return new Map(rows.map(r => [r.id, r.type]))
}

/** How many friends have each menu, by LINE's id of it, and how many wait for theirs, by account. */
export async function menuCounts(
  sql: Sql,
  workspace: Uuid,
): Promise<{ linked: Map<string, number>; waiting: number }> {
  const { rows } = await sql.query<{ linked: string | null; people: number; waiting: number }>(
    `select linked, count(*)::int as people, count(*) filter (where due is not null)::int as waiting
       from line_menu_user where workspace_id = $1 group by linked`,
    [workspace],
  )
  return {
    linked: new Map(rows.flatMap(r => (r.linked === null ? [] : [[r.linked, r.people] as const]))),
    waiting: rows.reduce((sum, r) => sum + r.waiting, 0),
  }
}
