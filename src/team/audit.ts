// Who did what: saw one person's data, changed, exported, published. The router records every call that is not a GET and
// every read the contract marks, so no handler can forget; commands of the CLI record themselves. Only ids, names of
// actions and counts: no bodies, no personal data.
import type { AuditDetail, AuditKind } from '../platform/http/access.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type AuditEntry = {
  workspace: Uuid | null
  /** public id of a user or key, or `cli` */
  actor: string
  /** name of the endpoint or command */
  action: string
  kind?: AuditKind
  /** public id of what it was done to */
  target: string | null
  detail?: AuditDetail
}

export async function recordAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.query(
    'insert into audit (id, workspace_id, at, actor, action, target, detail, kind) values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      newId(),
      entry.workspace,
      new Date(),
      entry.actor,
      entry.action,
      entry.target,
      JSON.stringify(entry.detail ?? {}),
      entry.kind ?? 'changed',
    ],
  )
}
