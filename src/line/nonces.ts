// Nonces of account linking and of ID tokens: 256 random bits, kept as a hash, good for ten minutes and for one LINE user.
import { randomBytes } from 'node:crypto'
import type { LoadedAccount } from '../channels/accounts.ts'
import type { UserClaims } from '../collect/token.ts'
import { type Region, WRITTEN, type WrittenKind } from '../customers/contacts.ts'
import type { IdRef } from '../customers/model.ts'
import type { Core } from '../platform/core.ts'
import { hashId } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

const GOOD_S = 600

type Of = Pick<LoadedAccount, 'id' | 'workspace'>
/** Who signed in at the shop, as identifiers. */
export type LinkClaims = { ids: IdRef[] }

/** The identifiers that a shop's signed token vouches for. */
export function idsOfClaims(claims: UserClaims, region: Region): IdRef[] {
  const ids: IdRef[] = [{ kind: 'member_no', value: claims.sub }]
  const contact = (kind: Extract<WrittenKind, 'email' | 'phone'>, value: string | undefined) => {
    const clean = value === undefined ? null : WRITTEN[kind].clean(value, region)
    if (clean !== null) ids.push({ kind, value: clean })
  }
  contact('email', claims.email)
  contact('phone', claims.phone)
  return ids
}

async function putNonce(sql: Sql, of: Of, kind: 'link' | 'liff', claims: Buffer | null): Promise<string> {
  const nonce = randomBytes(32).toString('base64url')
  await sql.query(
    `insert into line_nonce (workspace_id, account_id, hash, kind, claims, until)
     values ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6))`,
    [of.workspace, of.id, hashId(nonce), kind, claims, GOOD_S],
  )
  return nonce
}

export const newLinkNonce = (core: Core, of: Of, claims: LinkClaims): Promise<string> =>
  putNonce(core.pool, of, 'link', core.secrets.seal(JSON.stringify(claims)))

export const newLiffNonce = (core: Core, of: Of): Promise<string> => putNonce(core.pool, of, 'liff', null)

/** Whom the nonce of a link is for; null: not ours, over, or another's. Told again by the same user it is the same. */
export async function spendLinkNonce(
  core: Core,
  of: Of,
  nonce: string,
  user: string,
): Promise<LinkClaims | null> {
  const { rows } = await core.pool.query<{ claims: Buffer }>(
    `update line_nonce set used_by = $4 where hash = $1 and workspace_id = $2 and account_id = $3 and kind = 'link'
        and until > clock_timestamp() and (used_by is null or used_by = $4) returning claims`,
    [hashId(nonce), of.workspace, of.id, user],
  )
  return rows[0] ? (JSON.parse(core.secrets.open(rows[0].claims)) as LinkClaims) : null
}

/** false: not ours, over, or used. */
export async function spendLiffNonce(core: Core, of: Of, nonce: string, user: string): Promise<boolean> {
  const { rowCount } = await core.pool.query(
    `update line_nonce set used_by = $4 where hash = $1 and workspace_id = $2 and account_id = $3 and kind = 'liff'
        and until > clock_timestamp() and used_by is null`,
    [hashId(nonce), of.workspace, of.id, user],
  )
  return rowCount === 1
}

export async function dropOldNonces(sql: Sql): Promise<void> {
  await sql.query(`delete from line_nonce where until < clock_timestamp() - interval '1 day'`)
}
