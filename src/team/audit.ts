// Who did what: saw one person's data, changed, exported, published. The router records every call that is not a GET and
// every read the contract marks, so no handler can forget; commands of the CLI record themselves. Only ids, names of
// actions and counts: no bodies, no personal data.
import type { AuditDetail, AuditKind } from '../platform/http/access.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { groupOf } from '../platform/group.ts'
import type { Pool, Sql } from '../platform/postgres.ts'

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

type Line = AuditEntry & { id: Uuid; at: Date }

const write = (sql: Sql, lines: Line[]) =>
  sql.query(
    `insert into audit (id, workspace_id, at, actor, action, target, detail, kind)
     select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::text[])`,
    [
      lines.map(l => l.id),
      lines.map(l => l.workspace),
      lines.map(l => l.at),
      lines.map(l => l.actor),
      lines.map(l => l.action),
      lines.map(l => l.target),
      lines.map(l => JSON.stringify(l.detail ?? {})),
      lines.map(l => l.kind ?? 'changed'),
    ],
  )

/** Lines of the same moment are written together; one that the database refuses spoils no other. Answers the fault. */
const trail = groupOf((pool: Pool) => ({
  most: 500,
  async write(lines: Line[]): Promise<unknown[]> {
    const stored = await write(pool, lines).catch(() => null)
    if (stored) return lines.map(() => null)
    return Promise.all(
      lines.map(line =>
        write(pool, [line]).then(
          () => null,
          (error: unknown) => error,
        ),
      ),
    )
  },
}))

/** Resolves when the line is stored. */
export async function recordAudit(pool: Pool, entry: AuditEntry): Promise<void> {
  const fault = await trail(pool).add({ ...entry, id: newId(), at: new Date() })
  if (fault !== null) throw fault
}
