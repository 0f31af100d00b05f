// Channel accounts as the screens see and save them. Secrets go in and never come out: only their names do.
import { hookUrlOf } from '../channels/accounts.ts'
import { ACCOUNT_SETTINGS, type Adapter, wrongLimits } from '../channels/adapter.ts'
import { findAccount } from '../channels/accounts.ts'
import { CHANNEL_NAMES, isChannel } from '../channels/model.ts'
import { adapterNamed, adapters, adaptersOf } from '../channels/register.ts'
import type { Out } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { publishWorld } from './publish.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { idOr404 } from '../platform/public-id.ts'

type AccountRow = {
  id: Uuid
  channel: string
  adapter: string
  name: string
  settings: Record<string, string>
  secrets: Buffer | null
  attention: string | null
  version: number
  opened_at: Date | null
  opened_why: string | null
  open_until: Date | null
}
const COLUMNS =
  'id, channel, adapter, name, settings, secrets, attention, version, opened_at, opened_why, open_until'
/** Longest value of a setting or secret. */
const MOST_CHARACTERS = 4_000
/** A provider that takes longer is told of as not answering. */
const CHECK_MS = 10_000

const settingsOf = (adapter: Adapter): string[] => [...adapter.settings, ...ACCOUNT_SETTINGS]

/** The accounts by an adapter that are in use, the oldest first. */
async function accountsOf(sql: Sql, workspace: Uuid, adapter: string): Promise<AccountRow[]> {
  const { rows } = await sql.query<AccountRow>(
    `select ${COLUMNS} from channel_account where workspace_id = $1 and adapter = $2 and archived_at is null
      order by created_at, id for update`,
    [workspace, adapter],
  )
  return rows
}

const providerOf = (settings: Record<string, string>): string => settings.provider ?? ''

/** The account that a save means: a new one where that is said, else the one named, else the one of the same provider; null: a
 *  new one. @throws Problem 404 when the one named is not there, 409 when an account with friends of its own would become
 *  another provider's */
function meant(accounts: AccountRow[], named: string | undefined, provider: string): AccountRow | null {
  if (named === 'new') return null
  const same = accounts.find(a => providerOf(a.settings) === provider) ?? null
  if (named === undefined) return same
  const id = parseId('chn', named)
  const account = accounts.find(a => a.id === id)
  if (!account) throw noAccount()
  if (same && same !== account && providerOf(account.settings) !== provider)
    throw new Problem(409, 'provider_taken', 'Another account has this provider', {
      path: 'settings.provider',
      action: `Change the account ${same.name} instead, or add a new account of that provider.`,
    })
  return account
}

const noAccount = () =>
  new Problem(404, 'no_account', 'This channel has no such account', {
    path: 'account',
    action: 'Load the channels again.',
  })

/** LINE knows a user of several accounts of one provider by one id: whoever is not the first keeps its own friends. */
const oaOf = (adapter: Adapter, accounts: AccountRow[], id: Uuid, provider: string): string =>
  adapter.channel === 'line' && accounts.some(a => providerOf(a.settings) === provider) ? id.slice(-6) : ''

const secretsOf = (core: Core, row: AccountRow | null): Record<string, string> =>
  row?.secrets ? (JSON.parse(core.secrets.open(row.secrets)) as Record<string, string>) : {}

function present(core: Core, row: AccountRow): Out<'saveChannel'> {
  const id = publicId('chn', row.id)
  return {
    id,
    channel: row.channel,
    adapter: row.adapter,
    name: row.name,
    settings: row.settings,
    hasSecrets: Object.keys(secretsOf(core, row)),
    webhookUrl: adapterNamed(row.adapter)?.parse ? hookUrlOf(core, row) : null,
    attention: row.attention,
    resting: row.opened_at && {
      since: row.opened_at.toISOString(),
      until: (row.open_until ?? row.opened_at).toISOString(),
      why: row.opened_why ?? '',
    },
    version: row.version,
  }
}

/** @throws Problem 400 naming the field that the channel does not know or misses */
function demandDeclared(
  adapter: Adapter,
  settings: Record<string, string>,
  secrets: Record<string, string>,
): void {
  const check = (kind: 'settings' | 'secrets', given: Record<string, string>, declared: string[]) => {
    for (const [name, value] of Object.entries(given)) {
      const fault = !declared.includes(name)
        ? 'is not one of its fields'
        : value.length > MOST_CHARACTERS
          ? 'is too long'
          : null
      if (fault)
        throw new Problem(400, 'invalid', `${adapter.name}: ${name} ${fault}`, {
          path: `${kind}.${name}`,
          action: `The ${kind} of ${adapter.name} are ${declared.join(', ')}.`,
        })
    }
  }
  check('settings', settings, settingsOf(adapter))
  check('secrets', secrets, adapter.secrets)
  const wrong = adapter.wrong?.(settings, secrets) ?? wrongLimits(settings)
  if (wrong)
    throw new Problem(400, 'invalid', `${adapter.name}: ${wrong.setting} cannot be so`, {
      path: `${adapter.secrets.includes(wrong.setting) ? 'secrets' : 'settings'}.${wrong.setting}`,
      action: wrong.action,
    })
  for (const name of adapter.required)
    if (!(settings[name] ?? secrets[name]))
      throw new Problem(400, 'invalid', `${adapter.name} needs ${name}`, {
        path: `${adapter.secrets.includes(name) ? 'secrets' : 'settings'}.${name}`,
        action: 'Fill in this field.',
      })
}

const unknownChannel = (name: string) =>
  new Problem(404, 'no_channel', `There is no channel ${name.slice(0, 40)}`, {
    action: `Channels are ${CHANNEL_NAMES.join(', ')}.`,
  })

/** @throws Problem 404, 400 */
function adapterFor(channel: string, named: string | undefined): Adapter {
  if (!isChannel(channel)) throw unknownChannel(channel)
  const own = adaptersOf(channel)
  const adapter = named === undefined ? own[0] : own.find(a => a.name === named)
  if (!adapter)
    throw new Problem(400, 'no_adapter', `${channel} has no adapter ${named ?? ''}`.trim(), {
      path: 'adapter',
      action: `Adapters of ${channel} are ${own.map(a => a.name).join(', ')}.`,
    })
  return adapter
}

const withValues = (fields: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== ''))

export const channelRoutes = {
  async channels(call) {
    const { rows } = await call.core.pool.query<AccountRow>(
      `select ${COLUMNS} from channel_account where workspace_id = $1 and archived_at is null order by channel, created_at, id`,
      [call.workspace.id],
    )
    return {
      items: rows.map(r => present(call.core, r)),
      kinds: adapters().map(c => ({
        channel: c.channel,
        adapter: c.name,
        settings: settingsOf(c),
        secrets: c.secrets,
        required: c.required,
        delivery: c.delivery,
        checks: c.check !== undefined,
      })),
    }
  },

  /** Settings are replaced; a secret that is not given (or empty) stays as it was. */
  async saveChannel(call) {
    const { core, workspace, body } = call
    const adapter = adapterFor(call.params.channel!, body.adapter)
    const saved = await inTransaction(core.pool, async sql => {
      await sql.query('select id from workspace where id = $1 for update', [workspace.id])
      const settings = withValues(body.settings)
      const accounts = await accountsOf(sql, workspace.id, adapter.name)
      const before = meant(accounts, body.account, providerOf(settings))
      const secrets = { ...secretsOf(core, before), ...withValues(body.secrets ?? {}) }
      demandDeclared(adapter, settings, secrets)
      const kept = adapter.complete?.(settings, secrets) ?? secrets
      const id = before?.id ?? newId()
      const { rows } = await sql.query<AccountRow>(
        `insert into channel_account (id, workspace_id, channel, adapter, name, settings, secrets, created_at, oa)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set name = excluded.name, settings = excluded.settings, secrets = excluded.secrets,
           attention = null, attention_at = null, version = channel_account.version + 1
         returning ${COLUMNS}`,
        [
          id,
          workspace.id,
          adapter.channel,
          adapter.name,
          body.name,
          JSON.stringify(settings),
          core.secrets.seal(JSON.stringify(kept)),
          new Date(),
          oaOf(adapter, accounts, id, providerOf(settings)),
        ],
      )
      // places that were booked at the old rate are nobody's any more
      if (before && before.settings.ratePerSecond !== settings.ratePerSecond)
        await sql.query("delete from rate_line where account_id = $1 and key in ('send', 'batch')", [
          before.id,
        ])
      // journeys choose by it
      const chosenBy = ['costPerMessage', 'phoneNotifications']
      if (chosenBy.some(name => before?.settings[name] !== settings[name]))
        await publishWorld(sql, core, workspace.id)
      return rows[0]!
    })
    core.signals.emit('message', '')
    core.signals.emit('inbox', '')
    return present(core, saved)
  },

  async checkChannel({ core, workspace, params }) {
    const id = idOr404('chn', params.account, 'account')
    const account = await findAccount(core, core.pool, workspace.id, id)
    const adapter = account && adapterNamed(account.adapter)
    if (!account || account.channel !== params.channel) throw noAccount()
    if (!adapter?.check)
      throw new Problem(409, 'no_check', `${account.adapter} has nothing to ask by`, {
        action: 'Send a test instead.',
      })
    return adapter.check(account, AbortSignal.timeout(CHECK_MS))
  },

  /** What it sent stays; receipts that still come for it are taken. */
  async archiveChannel(call) {
    const { core, workspace } = call
    const id = idOr404('chn', call.params.account, 'account')
    await inTransaction(core.pool, async sql => {
      const { rows } = await sql.query<{ settings: Record<string, string> }>(
        `update channel_account set archived_at = clock_timestamp(), version = version + 1
          where id = $1 and workspace_id = $2 and channel = $3 and archived_at is null returning settings`,
        [id, workspace.id, call.params.channel],
      )
      if (!rows[0]) throw noAccount()
      if (rows[0].settings.costPerMessage !== undefined) await publishWorld(sql, core, workspace.id)
    })
    core.signals.emit('message', '')
    return { ok: true as const }
  },
} satisfies Handlers
