// Who did what. The router records every call that is not a GET, so no handler can forget; commands of the CLI
// record themselves. Only ids and names of actions: no bodies, no personal data.
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type AuditEntry = {
  workspace: Uuid | null
  /** public id of a user or key, or `cli` */
  actor: string
  /** name of the endpoint or command */
  action: string
  /** public id of what it was done to */
  target: string | null
  detail?: Record<string, string | number | boolean>
}

export async function recordAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.query(
    'insert into audit (id, workspace_id, at, actor, action, target, detail) values ($1, $2, $3, $4, $5, $6, $7)',
    [
      newId(),
      entry.workspace,
      new Date(),
      entry.actor,
      entry.action,
      entry.target,
      JSON.stringify(entry.detail ?? {}),
    ],
  )
}
