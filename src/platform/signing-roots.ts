// The roots of signatures as the database keeps them once SECRET_KEY was changed (src/team/secret-key.ts), sealed under the
// present key: a process with another key finds out here, at its start.
import { ConfigError } from './config.ts'
import type { Sql } from './postgres.ts'
import { openSecrets, type Secrets, type SigningRoots } from './secrets.ts'

const NAME = 'signing_roots'

export class WrongKey extends ConfigError {}

/** null: the key was never changed.
 *  @throws WrongKey when they were sealed under another key */
export async function readSigningRoots(sql: Sql, key: string): Promise<SigningRoots | null> {
  const { rows } = await sql.query<{ value: string }>('select value from system where key = $1', [NAME])
  if (!rows[0]) return null
  let text: string
  try {
    text = openSecrets(key).open(Buffer.from(rows[0].value, 'base64'))
  } catch {
    throw new WrongKey(
      'SECRET_KEY: the secrets of this database were sealed under another key. Put back the one that was made last; if `itinera secrets rotate` broke off, run it again.',
    )
  }
  return JSON.parse(text) as SigningRoots
}

/** `sealer`: under the key that is to open them from now on. */
export async function writeSigningRoots(sql: Sql, sealer: Secrets, roots: SigningRoots): Promise<void> {
  await sql.query(
    'insert into system (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [NAME, sealer.seal(JSON.stringify(roots)).toString('base64')],
  )
}
