// Whom a message is for, and for which purpose of consent.
import { MARKETING } from '../consent/model.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Intent } from './model.ts'

export type About = { workspace: Uuid; customer: Uuid; channel: string; topic: string }

export async function aboutMessage(sql: Sql, message: Uuid): Promise<About | null> {
  const { rows } = await sql.query<Omit<About, 'topic'> & { body: string }>(
    'select workspace_id as workspace, customer_id as customer, channel, body from message where bucket = $1 and id = $2',
    [bucketOf(message), message],
  )
  if (!rows[0]) return null
  const { body, ...of } = rows[0]
  return { ...of, topic: (JSON.parse(body) as Intent).topic ?? MARKETING }
}
