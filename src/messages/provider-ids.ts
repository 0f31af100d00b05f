// Receipts of providers that know their own ids only: which message of ours each is of.
import type { Receipt, ReceiptById } from '../channels/adapter.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

/** A receipt may overtake the record of its send by so much; what is still unknown then was sent by somebody else. */
const OVERTAKES_MS = 60_000

/** `early`: one is of a message that may be recorded in a moment; the provider shall tell it again. */
export async function ofOurs(
  sql: Sql,
  workspace: Uuid,
  told: (Receipt | ReceiptById)[],
): Promise<{ receipts: Receipt[]; early: boolean }> {
  const ids = told.flatMap(r => ('providerId' in r ? [r.providerId] : []))
  if (ids.length === 0) return { receipts: told as Receipt[], early: false }
  // the channels are named so that the index of the same ones is used
  const { rows } = await sql.query<{ id: Uuid; provider_id: string }>(
    `select id, provider_id from message
      where workspace_id = $1 and provider_id = any($2) and channel in ('sms', 'messenger', 'instagram')`,
    [workspace, ids],
  )
  const ours = new Map(rows.map(r => [r.provider_id, r.id]))
  const receipts: Receipt[] = []
  let early = false
  for (const receipt of told) {
    if (!('providerId' in receipt)) {
      receipts.push(receipt)
      continue
    }
    const { providerId, ...rest } = receipt
    const message = ours.get(providerId)
    if (message !== undefined) receipts.push({ message, ...rest })
    else if (receipt.at > Date.now() - OVERTAKES_MS) early = true
  }
  return { receipts, early }
}
