// The templates of a WhatsApp business account, asked of the Cloud API page by page.
import type { Account } from './adapter.ts'
import { graphError, graphRequest, jsonOf } from './adapters/meta.ts'
import { exchange } from './exchange.ts'
import { type WhatsappTemplate, whatsappTemplate } from './whatsapp-template.ts'

const PAGE = 100
/** Meta allows some 6,000 templates of an account. */
const MOST_PAGES = 60

type Listed = { data: unknown[]; paging: { cursors?: { after?: string }; next?: string } }

/** @throws Error with what the provider said */
export async function listTemplates(account: Account, signal: AbortSignal): Promise<WhatsappTemplate[]> {
  const found: WhatsappTemplate[] = []
  let after = ''
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = new URLSearchParams({
      fields: 'name,language,category,status,components',
      limit: String(PAGE),
      ...(after ? { after } : {}),
    })
    const path = `/${encodeURIComponent(account.settings.wabaId ?? '')}/message_templates?${query}`
    const answer = await exchange(graphRequest(account, 'GET', path), account.trusted, signal)
    const error = graphError(answer)
    if (answer.status !== 200 || error) throw new Error(error?.message ?? `status ${answer.status}`)
    const said = jsonOf<Listed>(answer.body)
    for (const item of said.data ?? []) {
      const template = whatsappTemplate.safeParse(item)
      if (template.success) found.push(template.data)
    }
    after = said.paging?.next ? (said.paging.cursors?.after ?? '') : ''
    if (!after) break
  }
  return found
}
