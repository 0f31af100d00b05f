// Whose key a request came with. Looked up at most once in 5 s per key, so that a revoked key stops within that.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { KEY_PREFIX } from '../catalogue/keys.ts'
import { type Region, regionOf } from '../customers/contacts.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'

export type Source = {
  key: Uuid
  workspace: Uuid
  /** what the key proves: write keys are public, API keys are kept by servers */
  proof: 'public' | 'server'
  name: string
  demandToken: boolean
  /** whose phone numbers are written without a country */
  region: Region
  /** opened secret of the workspace's user tokens */
  tokenSecret: Uint8Array
}

type KeyRow = {
  id: Uuid
  workspace_id: Uuid
  kind: 'write' | 'api'
  name: string
  scopes: string[]
  demand_token: boolean
  token_secret: Buffer
  timezone: string
}

const CACHED_MS = 5_000
const USED_EVERY_MS = 60_000

export type Keys = {
  /** @throws Problem 401 `bad_key`, 403 `scope_missing` */
  find(key: string): Promise<Source>
}

export function openKeys(core: Pick<Core, 'pool' | 'secrets' | 'log'>): Keys {
  const known = new LRUCache<string, Promise<Source | Problem>>({ max: 2_000, ttl: CACHED_MS })
  const usedAt = new LRUCache<Uuid, number>({ max: 2_000 })

  async function read(key: string): Promise<Source | Problem> {
    const { rows } = await core.pool.query<KeyRow>(
      `select k.id, k.workspace_id, k.kind, k.name, k.scopes, k.demand_token, w.token_secret, w.timezone
         from api_key k join workspace w on w.id = k.workspace_id
        where k.key_hash = $1 and k.revoked_at is null`,
      [createHash('sha256').update(key).digest()],
    )
    const row = rows[0]
    if (!row)
      return new Problem(401, 'bad_key', 'This key is not known or was revoked', {
        action: 'Use a write key of Sources, or an API key with the scope events:write.',
      })
    if (row.kind === 'api' && !row.scopes.includes('events:write'))
      return new Problem(403, 'scope_missing', 'This API key may not send events', {
        action: 'Use a key with the scope events:write.',
      })
    return {
      key: row.id,
      workspace: row.workspace_id,
      proof: row.kind === 'api' ? 'server' : 'public',
      name: row.name,
      demandToken: row.demand_token,
      region: regionOf(row.timezone),
      tokenSecret: Buffer.from(core.secrets.open(row.token_secret)),
    }
  }

  function noteUse(source: Source): void {
    const now = Date.now()
    if (now - (usedAt.get(source.key) ?? 0) < USED_EVERY_MS) return
    usedAt.set(source.key, now)
    core.pool
      .query('update api_key set last_used_at = $1 where id = $2', [new Date(now), source.key])
      .catch(error =>
        core.log.warn({ code: (error as { code?: string }).code }, 'collect: last use of a key not noted'),
      )
  }

  return {
    async find(key) {
      let found = known.get(key)
      if (!found) {
        found = read(key)
        known.set(key, found)
        found.catch(() => known.delete(key)) // an error is nobody's key: ask again next time
      }
      const source = await found
      if (source instanceof Problem) throw source
      noteUse(source)
      return source
    },
  }
}

/** The key of a request: `Authorization: Basic base64(key:)`, `Bearer key`, `writeKey` in the body, or in the address
 *  as beacons must. An API key is a secret: addresses end up in logs, so there it is not taken.
 *  @throws Problem 401 `no_key`, `key_in_address` */
export function keyOf(
  authorization: string | undefined,
  body: { writeKey?: unknown },
  inAddress?: string,
): string {
  const [scheme, value] = (authorization ?? '').split(' ', 2)
  if (value && /^basic$/i.test(scheme!)) {
    const user = Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0]!
    if (user) return user
  }
  if (value && /^bearer$/i.test(scheme!)) return value
  if (typeof body.writeKey === 'string' && body.writeKey) return body.writeKey
  if (inAddress?.startsWith(KEY_PREFIX.api))
    throw new Problem(401, 'key_in_address', 'An API key does not belong in an address', {
      action: 'Send it as Bearer authorization. This one may be in logs by now: revoke it and make another.',
    })
  if (inAddress) return inAddress
  throw new Problem(401, 'no_key', 'The request carries no key', {
    action:
      'Send the write key as user name of Basic authorization (empty password), as Bearer, or as "writeKey" in the body.',
  })
}
