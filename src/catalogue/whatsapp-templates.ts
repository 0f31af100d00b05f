// Templates of WhatsApp accounts: kept as Meta last listed them, asked for again by a button.
import { loadAccounts } from '../channels/accounts.ts'
import { NoAnswer } from '../channels/exchange.ts'
import type { WhatsappTemplate } from '../channels/whatsapp-template.ts'
import { listTemplates } from '../channels/whatsapp-templates.ts'
import type { Out } from '../contract.ts'
import { Problem } from '../platform/errors.ts'
import type { Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'

const PATIENCE_MS = 20_000

type Row = WhatsappTemplate & { account_id: Uuid; synced_at: Date }

async function templatesOf(sql: Sql, workspace: Uuid): Promise<Out<'whatsappTemplates'>> {
  const { rows } = await sql.query<Row>(
    `select account_id, name, language, category, status, components, synced_at from whatsapp_template
      where workspace_id = $1 order by name, language, account_id limit 6000`,
    [workspace],
  )
  return {
    items: rows.map(({ account_id, synced_at: _, ...template }) => ({
      ...template,
      account: publicId('chn', account_id),
    })),
    syncedAt: rows.reduce<string | null>((newest, r) => {
      const at = r.synced_at.toISOString()
      return newest === null || at > newest ? at : newest
    }, null),
  }
}

async function replaceTemplates(
  sql: Sql,
  workspace: Uuid,
  account: Uuid,
  list: WhatsappTemplate[],
): Promise<void> {
  await sql.query('delete from whatsapp_template where workspace_id = $1 and account_id = $2', [
    workspace,
    account,
  ])
  await sql.query(
    `insert into whatsapp_template (workspace_id, account_id, name, language, category, status, components, synced_at)
     select $1, $2, u.*, clock_timestamp() from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[]) u
     on conflict do nothing`,
    [
      workspace,
      account,
      list.map(t => t.name),
      list.map(t => t.language),
      list.map(t => t.category),
      list.map(t => t.status),
      list.map(t => JSON.stringify(t.components)),
    ],
  )
}

export const whatsappRoutes = {
  whatsappTemplates: call => templatesOf(call.core.pool, call.workspace.id),

  async syncWhatsappTemplates(call) {
    const { core, workspace } = call
    const accounts =
      (await loadAccounts(core, core.pool, [workspace.id])).get(`${workspace.id}:whatsapp`) ?? []
    if (accounts.length === 0)
      throw new Problem(409, 'no_account', 'This workspace has no WhatsApp account', {
        action: 'Set one up under Channels.',
      })
    for (const account of accounts) {
      if (!account.settings.wabaId)
        throw new Problem(409, 'no_waba', `${account.name} does not say its business account`, {
          action: 'Give its WhatsApp business account id under Channels.',
        })
      const list = await listTemplates(account, AbortSignal.timeout(PATIENCE_MS)).catch((error: Error) => {
        const what = error instanceof NoAnswer ? 'Meta did not answer' : error.message.slice(0, 200)
        throw new Problem(502, 'provider', `The templates of ${account.name} could not be read: ${what}`, {
          action: 'Check its access token under Channels, and try again.',
        })
      })
      await inTransaction(core.pool, sql => replaceTemplates(sql, workspace.id, account.id, list))
    }
    return templatesOf(core.pool, workspace.id)
  },
} satisfies Handlers
