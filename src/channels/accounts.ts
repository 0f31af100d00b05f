// Channel accounts: read fresh, decrypted once a version. 'stand-in' as a base URL or host means our own sandbox
// provider, wherever it listens now.
import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Core } from '../platform/core.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Account } from './channel.ts'

export const STAND_IN = 'stand-in'
export const SMTP_PORT_KEY = 'sandbox_smtp_port'

export type LoadedAccount = Account & {
  channel: string
  version: number
  attention: string | null
  attentionAt: number | null
}

type AccountRow = {
  id: Uuid
  workspace_id: Uuid
  channel: string
  name: string
  settings: Record<string, string>
  secrets: Buffer | null
  version: number
  attention: string | null
  attention_at: Date | null
}
const COLUMNS = 'id, workspace_id, channel, name, settings, secrets, version, attention, attention_at'

const opened = new WeakMap<Core['secrets'], LRUCache<string, Record<string, string>>>()

function openSecretsOf(core: Core, row: AccountRow): Record<string, string> {
  if (!row.secrets) return {}
  let cache = opened.get(core.secrets)
  if (!cache) opened.set(core.secrets, (cache = new LRUCache({ max: 1_000 })))
  const key = `${row.id}:${row.version}`
  let secrets = cache.get(key)
  if (!secrets)
    cache.set(key, (secrets = JSON.parse(core.secrets.open(row.secrets)) as Record<string, string>))
  return secrets
}

function toAccount(core: Core, row: AccountRow, smtpPort: string | null): LoadedAccount {
  const settings = { ...row.settings }
  const standIn = settings.baseUrl === STAND_IN || settings.host === STAND_IN
  if (settings.baseUrl === STAND_IN) settings.baseUrl = `${core.baseUrl}/sandbox/line`
  if (settings.host === STAND_IN) {
    settings.host = '127.0.0.1'
    settings.secure = 'none' // loopback, and no certificate that anybody could check
    settings.port = smtpPort ?? '0'
  }
  return {
    id: row.id,
    workspace: row.workspace_id,
    channel: row.channel,
    name: row.name,
    settings,
    secrets: openSecretsOf(core, row),
    trusted: standIn || core.config.allowPrivateUrls,
    version: row.version,
    attention: row.attention,
    attentionAt: row.attention_at?.getTime() ?? null,
  }
}

async function smtpPort(sql: Sql): Promise<string | null> {
  const { rows } = await sql.query<{ value: string }>('select value from system where key = $1', [
    SMTP_PORT_KEY,
  ])
  return rows[0]?.value ?? null
}

/** The accounts of each channel of these workspaces, the oldest first, by `<workspace>:<channel>`. */
export async function loadAccounts(
  core: Core,
  sql: Sql,
  workspaces: Uuid[],
): Promise<Map<string, LoadedAccount[]>> {
  const [accounts, port] = await Promise.all([
    sql.query<AccountRow>({
      name: 'load_accounts',
      text: `select ${COLUMNS} from channel_account where workspace_id = any($1::uuid[]) order by created_at, id`,
      values: [workspaces],
    }),
    smtpPort(sql),
  ])
  return Map.groupBy(
    accounts.rows.map(r => toAccount(core, r, port)),
    a => `${a.workspace}:${a.channel}`,
  )
}

export async function findAccount(core: Core, sql: Sql, id: Uuid): Promise<LoadedAccount | null> {
  const { rows } = await sql.query<AccountRow>(`select ${COLUMNS} from channel_account where id = $1`, [id])
  return rows[0] ? toAccount(core, rows[0], await smtpPort(sql)) : null
}

/** Marks an account whose credentials the provider refused: its messages wait, the screens show it. */
export async function setAttention(sql: Sql, account: Uuid, why: string | null): Promise<void> {
  await sql.query(
    `update channel_account set attention = $2, attention_at = case when $2::text is null then null else clock_timestamp() end
      where id = $1`,
    [account, why],
  )
}

/** The stand-in's bearer token of a workspace; it can check one without a table of its own. */
export const standInToken = (core: Core, workspace: Uuid): string =>
  `${workspace}.${core.secrets.sign('stand-in line', workspace)}`
export const standInPassword = (core: Core, workspace: Uuid): string =>
  core.secrets.sign('stand-in smtp', workspace)

/** A sandbox's LINE and email accounts, which point at the stand-in. */
export async function sandboxAccounts(sql: Sql, core: Core, workspace: Uuid): Promise<void> {
  const accounts = [
    {
      channel: 'line',
      name: 'LINE (sandbox)',
      settings: { baseUrl: STAND_IN },
      secrets: {
        accessToken: standInToken(core, workspace),
        channelSecret: randomBytes(16).toString('hex'),
      },
    },
    {
      channel: 'email',
      name: 'Email (sandbox)',
      settings: { host: STAND_IN, user: workspace, from: 'hello@sandbox.example', fromName: 'Sandbox' },
      secrets: { password: standInPassword(core, workspace) },
    },
  ]
  for (const a of accounts)
    await sql.query(
      `insert into channel_account (id, workspace_id, channel, name, settings, secrets, created_at)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp())`,
      [
        newId(),
        workspace,
        a.channel,
        a.name,
        JSON.stringify(a.settings),
        core.secrets.seal(JSON.stringify(a.secrets)),
      ],
    )
}
