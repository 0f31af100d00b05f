// SECRET_KEY is changed: everything that is sealed is sealed anew, in one transaction, while no process works.
import { randomBytes } from 'node:crypto'
import { demandAlone } from '../platform/alone.ts'
import { inTransaction, type Pool, type Sql } from '../platform/postgres.ts'
import { openSecrets, type Secrets } from '../platform/secrets.ts'
import { readSigningRoots, writeSigningRoots } from '../platform/signing-roots.ts'

/** Columns that hold sealed bytes. A test looks for bytes in others. */
export const SEALED = [
  ['workspace', 'token_secret'],
  ['channel_account', 'secrets'],
  ['http_answer', 'answer'],
  ['source', 'secret'],
  ['webhook', 'secret'],
  ['webhook', 'old_secret'],
  ['ad_audience', 'secrets'],
  ['erasure', 'sealed'],
  ['line_nonce', 'claims'],
] as const

/** Rows of `system` whose value is sealed, as base64. */
const SEALED_SYSTEM = ['shop_key:%']

export type Rotated = { sealed: Record<string, number> }

/** `links`: signatures of links and tokens that were made before are no longer taken (the old key is in wrong hands).
 *  @throws Problem 409 `in_use` while other processes work on the database; what cannot be opened with the old key breaks
 *  it off, and nothing is changed */
export async function rotateSecretKey(
  pool: Pool,
  oldKey: string,
  newKey: string,
  options: { links: boolean },
): Promise<Rotated> {
  const from = openSecrets(oldKey)
  const to = openSecrets(newKey)
  return inTransaction(pool, async sql => {
    await demandAlone(sql, 'run this again: a process that goes on would seal under the old key')
    const sealed: Record<string, number> = {}
    for (const [table, column] of SEALED) sealed[table] = await sealColumn(sql, table, column, from, to)
    sealed.system = await sealSystem(sql, from, to)
    const roots = (await readSigningRoots(sql, oldKey)) ?? { hashes: oldKey, links: oldKey }
    const links = options.links ? randomBytes(32).toString('hex') : roots.links
    await writeSigningRoots(sql, to, { hashes: roots.hashes, links })
    return { sealed }
  })
}

const PAGE = 500

async function sealColumn(
  sql: Sql,
  table: string,
  column: string,
  from: Secrets,
  to: Secrets,
): Promise<number> {
  const { rows: places } = await sql.query<{ place: string }>(
    `select ctid::text as place from ${table} where ${column} is not null for update`,
  )
  for (let at = 0; at < places.length; at += PAGE) {
    const page = places.slice(at, at + PAGE).map(p => p.place)
    const { rows } = await sql.query<{ place: string; value: Buffer }>(
      `select ctid::text as place, ${column} as value from ${table} where ctid = any($1::tid[])`,
      [page],
    )
    await sql.query(
      `update ${table} t set ${column} = u.value from unnest($1::tid[], $2::bytea[]) u (place, value) where t.ctid = u.place`,
      [rows.map(r => r.place), rows.map(r => to.seal(from.open(r.value)))],
    )
  }
  return places.length
}

async function sealSystem(sql: Sql, from: Secrets, to: Secrets): Promise<number> {
  const { rows } = await sql.query<{ key: string; value: string }>(
    'select key, value from system where key like any($1::text[]) for update',
    [SEALED_SYSTEM],
  )
  for (const { key, value } of rows)
    await sql.query('update system set value = $2 where key = $1', [
      key,
      to.seal(from.open(Buffer.from(value, 'base64'))).toString('base64'),
    ])
  return rows.length
}
