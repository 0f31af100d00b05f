// What the previousId of a server's alias is: the call does not say of which kind it was, the identifiers do.
import { cleanEmail } from '../customers/contacts.ts'
import type { IdRef } from '../customers/model.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { byteLength, LIMITS } from './json.ts'
import { identifierBucket } from './resolve.ts'

/** The identifiers of this value that somebody holds; undefined when nobody does: then it is taken as a visitor's. */
export async function knownAs(
  core: Pick<Core, 'pool'>,
  workspace: Uuid,
  previousId: string | null,
): Promise<IdRef[] | undefined> {
  if (previousId === null || byteLength(previousId) > LIMITS.id || previousId.includes('\u0000'))
    return undefined
  const email = cleanEmail(previousId)
  const asked: IdRef[] = [
    { kind: 'member_no', value: previousId },
    { kind: 'user_id', value: previousId },
    { kind: 'anonymous_id', value: previousId },
    ...(email === null ? [] : [{ kind: 'email' as const, value: email }]),
  ]
  const { rows } = await core.pool.query<IdRef>(
    `select i.kind, i.value from unnest($1::smallint[], $2::text[], $3::text[]) k (bucket, kind, value)
       join identifier i on i.bucket = k.bucket and i.workspace_id = $4 and i.kind = k.kind and i.value = k.value`,
    [asked.map(identifierBucket), asked.map(i => i.kind), asked.map(i => i.value), workspace],
  )
  return rows.length > 0 ? rows : undefined
}
