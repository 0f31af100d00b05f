// Workspaces: one brand's isolated space. Creating one makes everything it needs to be used at once.
import { randomBytes } from 'node:crypto'
import { sandboxAccounts } from '../channels/accounts.ts'
import { type Out, SCOPES } from '../contract.ts'
import type { ProfileSettings } from '../customers/settings.ts'
import type { QuietHours, SendingRules } from '../customers/world.ts'
import type { PointsSettings } from '../membership/model.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { COUNTRIES, type Country } from './countries.ts'
import { insertKey } from './keys.ts'
import { publishWorld } from './publish.ts'
import { changedMeanwhile } from './workspace-settings.ts'

/** What workspace.settings may hold. */
export type WorkspaceSettings = {
  quietHours?: QuietHours | null
  sendingPaused?: boolean
  madeUp?: boolean
  profile?: ProfileSettings
  sending?: SendingRules
  points?: PointsSettings
  publishing?: { approval?: boolean }
  /** what a point is worth, smallest unit; percent of all people who are kept out of every journey that sells */
  proof?: { pointValue: number; holdoutPercent: number }
}

export type NewWorkspace = {
  name: string
  kind: 'live' | 'sandbox'
  /** of the brand, and of what it is given at the start; left out: zh-TW */
  locale?: 'zh-TW' | 'en' | undefined
  /** its time zone and its currency; left out: TW */
  country?: Country | undefined
  /** team user who becomes its owner; none: the first owner to sign in takes it */
  owner?: Uuid
  settings?: WorkspaceSettings
}
export type CreatedWorkspace = { id: Uuid; writeKey: string; apiKey: string }

const COLUMNS = 'id, name, kind, timezone, locale, currency, clock_offset_ms, clock_target, settings, version'
type Row = {
  id: Uuid
  name: string
  kind: 'live' | 'sandbox'
  timezone: string
  locale: string
  currency: string
  clock_offset_ms: number
  clock_target: Date | null
  settings: Record<string, unknown>
  version: number
}
const toWorkspace = (r: Row): WorkspaceRow => ({
  id: r.id,
  name: r.name,
  kind: r.kind,
  timezone: r.timezone,
  locale: r.locale,
  currency: r.currency,
  clockOffsetMs: r.clock_offset_ms,
  clockTarget: r.clock_target,
  settings: r.settings,
  version: r.version,
})

const WRITE_KEY_NAME = { zh: '網站', en: 'Website' }

/** Writes the workspace, a write key, an API key with every scope, its first (empty) world and, for a sandbox, the
 *  accounts that point at the stand-in: all in one transaction. The keys are returned this once. */
export async function createWorkspace(core: Core, wanted: NewWorkspace): Promise<CreatedWorkspace> {
  const locale = wanted.locale ?? 'zh-TW'
  const language = locale === 'en' ? 'en' : 'zh'
  const { timezone, currency } = COUNTRIES[wanted.country ?? 'TW']
  const created = await inTransaction(core.pool, async sql => {
    const id = newId()
    await sql.query(
      `insert into workspace (id, name, kind, locale, timezone, currency, settings, token_secret, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        wanted.name,
        wanted.kind,
        locale,
        timezone,
        currency,
        JSON.stringify(wanted.settings ?? {}),
        core.secrets.seal(randomBytes(32).toString('hex')),
        new Date(),
      ],
    )
    if (wanted.owner)
      await sql.query(`insert into team_role (workspace_id, user_id, role) values ($1, $2, 'owner')`, [
        id,
        wanted.owner,
      ])
    const write = await insertKey(sql, id, { kind: 'write', name: WRITE_KEY_NAME[language] })
    const api = await insertKey(sql, id, { kind: 'api', name: 'API', scopes: SCOPES })
    if (wanted.kind === 'sandbox') await sandboxAccounts(sql, core, id, { language, brand: wanted.name })
    await publishWorld(sql, core, id)
    return { id, writeKey: write.key, apiKey: api.key }
  })
  core.signals.emit('inbox', '')
  return created
}

export async function findWorkspace(sql: Sql, id: Uuid): Promise<WorkspaceRow | null> {
  const { rows } = await sql.query<Row>({
    name: 'workspace',
    text: `select ${COLUMNS} from workspace where id = $1`,
    values: [id],
  })
  return rows[0] ? toWorkspace(rows[0]) : null
}

/** The workspaces a team user has a role in, oldest first. */
export async function workspacesOfUser(
  sql: Sql,
  user: Uuid,
): Promise<{ workspace: WorkspaceRow; role: string }[]> {
  const { rows } = await sql.query<Row & { role: string }>(
    `select ${COLUMNS}, role from workspace join team_role on workspace_id = id where user_id = $1 order by created_at, id`,
    [user],
  )
  return rows.map(r => ({ workspace: toWorkspace(r), role: r.role }))
}

export type WorkspaceSummary = { id: Uuid; name: string; kind: 'live' | 'sandbox' }

/** Every workspace there is: for commands on the server itself, never for a caller of the API. */
export async function listWorkspaces(sql: Sql): Promise<WorkspaceSummary[]> {
  return (await sql.query<WorkspaceSummary>('select id, name, kind from workspace order by created_at, id'))
    .rows
}

/** The same whole, for work that is done for each of them. */
export async function everyWorkspace(sql: Sql): Promise<WorkspaceRow[]> {
  return (await sql.query<Row>(`select ${COLUMNS} from workspace order by created_at, id`)).rows.map(
    toWorkspace,
  )
}

export const workspaceNow = (w: Pick<WorkspaceRow, 'clockOffsetMs'>): number => Date.now() + w.clockOffsetMs

export function presentWorkspace(w: WorkspaceRow): Out<'workspace'> {
  const settings = w.settings as WorkspaceSettings
  return {
    id: publicId('wsp', w.id),
    name: w.name,
    kind: w.kind,
    timezone: w.timezone,
    locale: w.locale,
    currency: w.currency,
    now: new Date(workspaceNow(w)).toISOString(),
    clockTarget: w.clockTarget?.toISOString() ?? null,
    madeUp: settings.madeUp === true,
    sendingPaused: settings.sendingPaused === true,
    quietHours: settings.quietHours ?? null,
    version: w.version,
  }
}

export type WorkspaceChange = {
  name?: string
  timezone?: string
  locale?: string
  quietHours?: QuietHours | null
  sendingPaused?: boolean
  /** the version the change was made on */
  version: number
}

const WALL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/

function checkChange(change: WorkspaceChange): void {
  if (change.timezone !== undefined && !isZone(change.timezone))
    throw new Problem(400, 'invalid', 'This is not a time zone', {
      path: 'timezone',
      action: 'Give an IANA name such as Asia/Taipei.',
    })
  const quiet = change.quietHours
  if (!quiet) return
  for (const side of ['from', 'to'] as const)
    if (!WALL_TIME.test(quiet[side]))
      throw new Problem(400, 'invalid', 'This is not a time of day', {
        path: `quietHours.${side}`,
        action: 'Give HH:MM between 00:00 and 23:59.',
      })
  if (quiet.from === quiet.to)
    throw new Problem(400, 'invalid', 'Quiet hours must end at another time than they start', {
      path: 'quietHours.to',
      action: 'Choose another end, or null for no quiet hours.',
    })
}

function isZone(name: string): boolean {
  try {
    return name.length > 0 && new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** @throws Problem 409 when somebody else changed it since `version` */
export async function updateWorkspace(core: Core, id: Uuid, change: WorkspaceChange): Promise<WorkspaceRow> {
  checkChange(change)
  const settings: WorkspaceSettings = {}
  if (change.quietHours !== undefined) settings.quietHours = change.quietHours
  if (change.sendingPaused !== undefined) settings.sendingPaused = change.sendingPaused
  const changed = await inTransaction(core.pool, async sql => {
    const { rows } = await sql.query<Row>(
      `update workspace set name = coalesce($3, name), timezone = coalesce($4, timezone), locale = coalesce($5, locale),
              settings = settings || $6::jsonb, version = version + 1
        where id = $1 and version = $2 returning ${COLUMNS}`,
      [
        id,
        change.version,
        change.name ?? null,
        change.timezone ?? null,
        change.locale ?? null,
        JSON.stringify(settings),
      ],
    )
    const row = rows[0]
    if (!row) throw changedMeanwhile()
    if (change.timezone !== undefined || change.quietHours !== undefined) await publishWorld(sql, core, id)
    return toWorkspace(row)
  })
  core.signals.emit('inbox', '')
  if (change.sendingPaused === false) core.signals.emit('message', '')
  return changed
}
