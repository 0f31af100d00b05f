// Channel accounts: read fresh, decrypted once a version. 'stand-in' as a base URL or host means our own sandbox
// provider, wherever it listens now.
import { LRUCache } from 'lru-cache'
import type { Core } from '../platform/core.ts'
import { callTurnsOf } from './call-rates.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Account } from './adapter.ts'
import { adapterNamed, adapters } from './register.ts'
import { STAND_IN } from './stand-in.ts'

export const SMTP_PORT_KEY = 'sandbox_smtp_port'

export type LoadedAccount = Account & {
  channel: string
  /** name of the adapter that speaks for it */
  adapter: string
  version: number
  attention: string | null
  attentionAt: number | null
  /** its circuit breaker is open: ms until the next try, as of when it was read; null: closed */
  openMs: number | null
}

type AccountRow = {
  id: Uuid
  workspace_id: Uuid
  channel: string
  adapter: string
  name: string
  settings: Record<string, string>
  secrets: Buffer | null
  version: number
  attention: string | null
  attention_at: Date | null
  oa: string
  open_ms: number | null
}
const COLUMNS =
  'id, workspace_id, channel, adapter, name, settings, secrets, version, attention, attention_at, oa, case when opened_at is not null then (extract(epoch from open_until - clock_timestamp()) * 1000)::float8 end as open_ms'

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
  const settings: Record<string, string> = { ...row.settings, ...(row.oa === '' ? {} : { oa: row.oa }) }
  const standIn = settings.baseUrl === STAND_IN || settings.host === STAND_IN
  if (settings.baseUrl === STAND_IN) settings.baseUrl = `${core.baseUrl}/sandbox/${row.adapter}`
  if (settings.host === STAND_IN) {
    settings.host = '127.0.0.1'
    settings.secure = 'none' // loopback, and no certificate that anybody could check
    settings.port = smtpPort ?? '0'
  }
  return {
    id: row.id,
    workspace: row.workspace_id,
    channel: row.channel,
    adapter: row.adapter,
    name: row.name,
    settings,
    secrets: openSecretsOf(core, row),
    trusted: standIn || core.config.allowPrivateUrls,
    turns: callTurnsOf(core.pool),
    version: row.version,
    attention: row.attention,
    attentionAt: row.attention_at?.getTime() ?? null,
    openMs: row.open_ms,
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
      text: `select ${COLUMNS} from channel_account where workspace_id = any($1::uuid[]) and archived_at is null order by created_at, id`,
      values: [workspaces],
    }),
    smtpPort(sql),
  ])
  return Map.groupBy(
    accounts.rows.map(r => toAccount(core, r, port)),
    a => `${a.workspace}:${a.channel}`,
  )
}

/** An account of this workspace. */
export const findAccount = (core: Core, sql: Sql, workspace: Uuid, id: Uuid): Promise<LoadedAccount | null> =>
  readAccount(core, sql, id, workspace)

/** Whoever's it is: for what names no workspace (a provider that calls back, our own workers). */
export const anyAccount = (core: Core, sql: Sql, id: Uuid): Promise<LoadedAccount | null> =>
  readAccount(core, sql, id, null)

async function readAccount(
  core: Core,
  sql: Sql,
  id: Uuid,
  workspace: Uuid | null,
): Promise<LoadedAccount | null> {
  const { rows } = await sql.query<AccountRow>(
    `select ${COLUMNS} from channel_account where id = $1 and ($2::uuid is null or workspace_id = $2)`,
    [id, workspace],
  )
  return rows[0] ? toAccount(core, rows[0], await smtpPort(sql)) : null
}

type Hooked = Pick<LoadedAccount, 'id' | 'channel' | 'adapter'>
const HOOK_KEY = 'webhook'

/** Where the account's provider calls us; with a key where the provider signs nothing. */
export function hookUrlOf(core: Pick<Core, 'baseUrl' | 'secrets'>, account: Hooked): string {
  const url = `${core.baseUrl}/hooks/${account.channel}/${publicId('chn', account.id)}`
  return adapterNamed(account.adapter)?.keyed ? `${url}?key=${core.secrets.sign(HOOK_KEY, account.id)}` : url
}

export const isHookKey = (core: Pick<Core, 'secrets'>, account: Uuid, key: string): boolean =>
  core.secrets.verify(HOOK_KEY, account, key)

/** Where the account's provider tells what became of a message. */
export function receiptUrlOf(
  core: Pick<Core, 'baseUrl' | 'secrets'>,
  account: Hooked,
  message: Uuid,
): string {
  const url = hookUrlOf(core, account)
  return `${url}${url.includes('?') ? '&' : '?'}message=${publicId('msg', message)}`
}

/** Marks an account whose credentials the provider refused: its messages wait, the screens show it. */
export async function setAttention(sql: Sql, account: Uuid, why: string | null): Promise<void> {
  await sql.query(
    `update channel_account set attention = $2, attention_at = case when $2::text is null then null else clock_timestamp() end
      where id = $1`,
    [account, why],
  )
}

/** A sandbox's accounts: one for each adapter that has a stand-in, which they point at. Their names are of the brand's
 *  language, given once. */
export async function sandboxAccounts(
  sql: Sql,
  core: Core,
  workspace: Uuid,
  { language, brand }: { language: 'zh' | 'en'; brand: string },
): Promise<void> {
  for (const adapter of adapters()) {
    const made = adapter.standIn?.(core, workspace, brand)
    if (!made) continue
    const name = typeof made.name === 'string' ? made.name : made.name[language]
    await sql.query(
      `insert into channel_account (id, workspace_id, channel, adapter, name, settings, secrets, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())`,
      [
        newId(),
        workspace,
        adapter.channel,
        adapter.name,
        language === 'zh' ? `${name}（沙盒）` : `${name} (sandbox)`,
        JSON.stringify(made.settings),
        core.secrets.seal(JSON.stringify(made.secrets)),
      ],
    )
  }
}
