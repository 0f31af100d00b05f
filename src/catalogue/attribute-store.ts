// The attribute table: what a workspace declared, over the built-in attributes.
import { BUILT_IN, type Attribute, type PublishedAttribute } from '../customers/attributes.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export const ATTRIBUTE_COLUMNS = 'name, label, type, choices, wanted, purpose, personal, sensitive'

export const builtInNamed = (name: string): Attribute | undefined => BUILT_IN.find(a => a.name === name)

/** Built-in first, in their order; then the workspace's own by name. */
export async function attributesOf(sql: Sql, workspace: Uuid): Promise<Attribute[]> {
  const { rows } = await sql.query<Attribute>(
    `select ${ATTRIBUTE_COLUMNS} from attribute where workspace_id = $1 order by name`,
    [workspace],
  )
  const saved = new Map(rows.map(r => [r.name, r]))
  return [
    ...BUILT_IN.map(a => ({ ...a, ...saved.get(a.name), type: a.type, choices: a.choices })),
    ...rows.filter(r => !builtInNamed(r.name)),
  ]
}

/** What the reducer is told: types and choices of the workspace's own. */
export async function publishedAttributes(sql: Sql, workspace: Uuid): Promise<PublishedAttribute[]> {
  const own = (await attributesOf(sql, workspace)).slice(BUILT_IN.length)
  return own.map(a => ({
    name: a.name,
    type: a.type,
    ...(a.choices ? { choices: a.choices.map(c => c.value) } : {}),
  }))
}
