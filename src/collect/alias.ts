// What the previousId of a server's alias is: the call does not say of which kind it was, the identifiers do.
import { cleanEmail } from '../customers/contacts.ts'
import type { IdRef } from '../customers/model.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { byteLength, LIMITS, text } from './json.ts'
import { isDict } from '../platform/values.ts'
import { identifierBucket } from './resolve.ts'

/** For each previousId of the aliases among `items`, the identifiers of this value that somebody holds. One that nobody
 *  holds is not in it: it is taken as a visitor's. `type`: of a single call. */
export async function knownAliases(
  core: Pick<Core, 'pool'>,
  workspace: Uuid,
  type: string | null,
  items: unknown[],
): Promise<Map<string, IdRef[]>> {
  const known = new Map<string, IdRef[]>()
  const asked: (IdRef & { said: string })[] = []
  for (const item of items) {
    if (!isDict(item) || (type ?? item.type) !== 'alias') continue
    const said = text(item.previousId)
    if (said === null || byteLength(said) > LIMITS.id || said.includes('\u0000')) continue
    for (const kind of ['member_no', 'user_id', 'anonymous_id'] as const)
      asked.push({ kind, value: said, said })
    const email = cleanEmail(said)
    if (email !== null) asked.push({ kind: 'email', value: email, said })
  }
  if (asked.length === 0) return known
  const { rows } = await core.pool.query<IdRef & { said: string }>(
    `select i.kind, i.value, k.said from unnest($1::smallint[], $2::text[], $3::text[], $4::text[]) k (bucket, kind, value, said)
       join identifier i on i.bucket = k.bucket and i.workspace_id = $5 and i.kind = k.kind and i.value = k.value`,
    [
      asked.map(identifierBucket),
      asked.map(i => i.kind),
      asked.map(i => i.value),
      asked.map(i => i.said),
      workspace,
    ],
  )
  for (const { kind, value, said } of rows) known.set(said, [...(known.get(said) ?? []), { kind, value }])
  return known
}
