// The attributes of a workspace: the built-in ones as it changed them, and its own. Changes are published at once.
import type { Out } from '../contract.ts'
import { canonicalName, type Attribute } from '../customers/attributes.ts'
import { traitFault } from '../customers/profile.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import type { Uuid } from '../platform/ids.ts'
import { inTransaction } from '../platform/postgres.ts'
import { ATTRIBUTE_COLUMNS, attributesOf, builtInNamed } from './attribute-store.ts'
import { publishWorld } from './publish.ts'

const MOST_ATTRIBUTES = 200

const present = (a: Attribute): Out<'saveAttribute'> => ({
  name: a.name,
  label: a.label,
  type: a.type,
  choices: a.choices,
  wanted: a.wanted,
  purpose: a.purpose,
  personal: a.personal,
  sensitive: a.sensitive,
  builtIn: builtInNamed(a.name) !== undefined,
})

const wrong = (path: string, title: string, action: string) =>
  new Problem(400, 'invalid', title, { path, action })

/** @throws Problem 400 naming the field */
function checkAttribute(given: Attribute): void {
  const known = builtInNamed(given.name)
  if (traitFault(given.name, true) !== null || canonicalName(given.name) !== given.name)
    throw wrong(
      'name',
      'This cannot be the name of an attribute',
      `Use at most 64 characters${canonicalName(given.name) === given.name ? '' : `; this one is kept as ${canonicalName(given.name)}`}.`,
    )
  if (given.name === 'age')
    throw wrong('name', 'Age is worked out from the birthday', 'Ask for the birthday instead.')
  if (known && (known.type !== given.type || JSON.stringify(known.choices) !== JSON.stringify(given.choices)))
    throw wrong(
      known.type === given.type ? 'choices' : 'type',
      'Type and choices of a built-in attribute stay as they are',
      'Leave them, or declare an attribute of your own.',
    )
  if (given.choices && given.type !== 'text' && given.type !== 'list')
    throw wrong('choices', 'Only texts and lists have choices', 'Leave the choices out.')
  const values = given.choices?.map(c => c.value) ?? []
  if (new Set(values).size !== values.length)
    throw wrong('choices', 'Two choices have the same value', 'Give each choice its own value.')
}

async function saveAttribute(core: Core, workspace: Uuid, given: Attribute): Promise<void> {
  checkAttribute(given)
  await inTransaction(core.pool, async sql => {
    await sql.query('select id from workspace where id = $1 for update', [workspace])
    const { rows } = await sql.query<{ n: number }>(
      'select count(*)::int n from attribute where workspace_id = $1 and name <> $2',
      [workspace, given.name],
    )
    if (rows[0]!.n >= MOST_ATTRIBUTES)
      throw new Problem(409, 'too_many_attributes', `A workspace has at most ${MOST_ATTRIBUTES} attributes`, {
        action: 'Delete one that is not used first.',
      })
    await sql.query(
      `insert into attribute (workspace_id, ${ATTRIBUTE_COLUMNS}, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (workspace_id, name) do update set label = excluded.label, type = excluded.type, choices = excluded.choices,
         wanted = excluded.wanted, purpose = excluded.purpose, personal = excluded.personal, sensitive = excluded.sensitive`,
      [
        workspace,
        given.name,
        JSON.stringify(given.label),
        given.type,
        given.choices && JSON.stringify(given.choices),
        given.wanted,
        given.purpose,
        given.personal,
        given.sensitive,
        new Date(),
      ],
    )
    if (!builtInNamed(given.name)) await publishWorld(sql, core, workspace)
  })
  core.signals.emit('inbox', '')
}

export const attributeRoutes = {
  async attributes(call) {
    return { items: (await attributesOf(call.core.pool, call.workspace.id)).map(present) }
  },

  async saveAttribute(call) {
    const given: Attribute = { name: call.params.name!, ...call.body }
    await saveAttribute(call.core, call.workspace.id, given)
    return present(given)
  },

  async deleteAttribute({ core, workspace, params }) {
    const name = params.name!
    const gone = await inTransaction(core.pool, async sql => {
      const { rowCount } = await sql.query('delete from attribute where workspace_id = $1 and name = $2', [
        workspace.id,
        name,
      ])
      if (rowCount === 1 && !builtInNamed(name)) await publishWorld(sql, core, workspace.id)
      return rowCount === 1
    })
    if (!gone)
      throw new Problem(404, 'no_attribute', 'No attribute is declared under this name', {
        action: 'Load the list again.',
      })
    core.signals.emit('inbox', '')
    return { ok: true }
  },
} satisfies Handlers
