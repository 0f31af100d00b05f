// SQL of consent: purposes and every version of their texts, requests that wait for a confirmation, rates.
import type { ChannelName } from '../channels/model.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import type { Pool, Sql } from '../platform/postgres.ts'
import { MARKETING } from './model.ts'

export type Both = { zh: string; en: string }
export type Purpose = {
  name: string
  label: Both
  text: Both
  textVersion: number
  channels: ChannelName[]
  asked: boolean
  doubleOptIn: boolean
  archived: boolean
  version: number
}

const COLUMNS = `name, label, text, text_version as "textVersion", channels, asked, double_opt_in as "doubleOptIn", archived, version`

/** What everybody asks for who has not said otherwise. */
const DEFAULT: Purpose = {
  name: MARKETING,
  label: { zh: '行銷訊息', en: 'Marketing' },
  text: {
    zh: '我同意收到品牌的優惠、新品與活動訊息，並可隨時取消。',
    en: 'I agree to get offers, news and invitations of the brand, and may withdraw at any time.',
  },
  textVersion: 1,
  channels: ['line', 'email', 'sms'],
  asked: false,
  doubleOptIn: false,
  archived: false,
  version: 0,
}

/** Marketing first, then by name. */
export async function purposesOf(sql: Sql, workspace: Uuid): Promise<Purpose[]> {
  const { rows } = await sql.query<Purpose>(
    `select ${COLUMNS} from consent_purpose where workspace_id = $1 order by name <> $2, name`,
    [workspace, MARKETING],
  )
  return rows.some(p => p.name === MARKETING) ? rows : [DEFAULT, ...rows]
}

export type Change = Omit<Purpose, 'textVersion'>

/** Null: somebody changed it since `version` (0: it is not there yet). Another text is another version. */
export async function putPurpose(sql: Sql, workspace: Uuid, p: Change, by: string): Promise<Purpose | null> {
  const values = [workspace, p.name, p.label, p.text, p.channels, p.asked, p.doubleOptIn, p.archived]
  const { rows } =
    p.version === 0
      ? await sql.query<Purpose>(
          `insert into consent_purpose (workspace_id, name, label, text, channels, asked, double_opt_in, archived)
           values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning ${COLUMNS}`,
          values,
        )
      : await sql.query<Purpose>(
          `update consent_purpose set label = $3, text = $4, channels = $5, asked = $6, double_opt_in = $7, archived = $8,
                  text_version = text_version + (text <> $4::jsonb)::int, version = version + 1
            where workspace_id = $1 and name = $2 and version = $9 returning ${COLUMNS}`,
          [...values, p.version],
        )
  const saved = rows[0]
  if (!saved) return null
  await sql.query(
    `insert into consent_text (workspace_id, purpose, version, text, at, changed_by) values ($1, $2, $3, $4, clock_timestamp(), $5)
     on conflict do nothing`,
    [workspace, saved.name, saved.textVersion, saved.text, by],
  )
  return saved
}

export type ConsentRequest = {
  id: Uuid
  customer: Uuid
  workspace: Uuid
  channel: string
  purpose: string
  textVersion: number
  codeHash: string | null
  tries: number
  expires: Date
  confirmed: Date | null
}

const REQUEST = `id, customer_id as customer, workspace_id as workspace, channel, purpose, text_version as "textVersion",
  code_hash as "codeHash", tries, expires, confirmed`

export async function addRequest(
  sql: Sql,
  r: Omit<ConsentRequest, 'tries' | 'confirmed'> & { by: string; created: Date },
): Promise<void> {
  await sql.query(
    `insert into consent_request (bucket, workspace_id, customer_id, id, channel, purpose, text_version, code_hash, asked_by, created, expires)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      bucketOf(r.id),
      r.workspace,
      r.customer,
      r.id,
      r.channel,
      r.purpose,
      r.textVersion,
      r.codeHash,
      r.by,
      r.created,
      r.expires,
    ],
  )
}

/** @param workspace null: whoever's it is, for a page whose address is signed */
export async function findRequest(
  sql: Sql,
  workspace: Uuid | null,
  id: Uuid,
): Promise<ConsentRequest | null> {
  const { rows } = await sql.query<ConsentRequest>(
    `select ${REQUEST} from consent_request where bucket = $1 and id = $2 and ($3::uuid is null or workspace_id = $3)`,
    [bucketOf(id), id, workspace],
  )
  return rows[0] ?? null
}

/** One more try of a code; false when there were too many. */
export async function countTry(sql: Sql, workspace: Uuid, id: Uuid, most: number): Promise<boolean> {
  const { rowCount } = await sql.query(
    'update consent_request set tries = tries + 1 where bucket = $1 and id = $2 and tries < $3 and workspace_id = $4',
    [bucketOf(id), id, most, workspace],
  )
  return rowCount === 1
}

export async function confirmRequest(sql: Sql, workspace: Uuid, id: Uuid, at: Date): Promise<void> {
  await sql.query(
    'update consent_request set confirmed = coalesce(confirmed, $3) where bucket = $1 and id = $2 and workspace_id = $4',
    [bucketOf(id), id, at, workspace],
  )
}

export type Rates = {
  days: { day: string; on: number; off: number }[]
  by: { purpose: string; channel: string; on: number; off: number }[]
  pending: number
}

/** What was said since a moment, counted by day of the zone; workspace time. */
export async function ratesOf(
  pool: Pool,
  workspace: Uuid,
  of: { since: Date; now: Date; zone: string },
): Promise<Rates> {
  const counts = `count(*) filter (where granted)::int as on, count(*) filter (where not granted)::int as off`
  const where = 'from consent_proof where workspace_id = $1 and at >= $2 and at <= $3'
  const [days, by, pending] = await Promise.all([
    pool.query<Rates['days'][number]>(
      `select to_char(at at time zone $4, 'YYYY-MM-DD') as day, ${counts} ${where} group by 1 order by 1`,
      [workspace, of.since, of.now, of.zone],
    ),
    pool.query<Rates['by'][number]>(
      `select purpose, channel, ${counts} ${where} group by 1, 2 order by purpose <> 'marketing', 1, 2`,
      [workspace, of.since, of.now],
    ),
    pool.query<{ n: number }>(
      'select count(*)::int as n from consent_request where workspace_id = $1 and confirmed is null and expires > $2',
      [workspace, of.now],
    ),
  ])
  return { days: days.rows, by: by.rows, pending: pending.rows[0]!.n }
}

/** The very text of a version. */
export async function textOf(
  sql: Sql,
  workspace: Uuid,
  purpose: string,
  version: number,
): Promise<Both | null> {
  const { rows } = await sql.query<{ text: Both }>(
    'select text from consent_text where workspace_id = $1 and purpose = $2 and version = $3',
    [workspace, purpose, version],
  )
  return rows[0]?.text ?? (purpose === MARKETING && version === 1 ? DEFAULT.text : null)
}

export async function workspaceOfCustomer(sql: Sql, customer: Uuid): Promise<Uuid | null> {
  const { rows } = await sql.query<{ workspace_id: Uuid }>(
    'select workspace_id from customer where bucket = $1 and id = $2',
    [bucketOf(customer), customer],
  )
  return rows[0]?.workspace_id ?? null
}
