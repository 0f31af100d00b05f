// Handlers of looking at a message before it goes out: as any customer gets it, with what is better looked at; and mails of
// blocks made into HTML.
import { isReference, type MessageContent, messageContent } from '../../channels/content.ts'
import { smsParts } from '../../channels/sms.ts'
import type { Out } from '../../contract.ts'
import { findCustomer } from '../../customers/store.ts'
import { compose } from '../../messages/compose.ts'
import { RenderFailed } from '../../messages/render.ts'
import { languageOf } from '../../messages/render-choose.ts'
import type { MessageLinks } from '../../messages/render-scope.ts'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../../platform/http/handler.ts'
import { idOr404, notFound } from '../../platform/public-id.ts'
import { saveSettings } from '../../catalogue/workspace-settings.ts'
import { faultsOf } from '../../rules/check.ts'
import { compiled, compileMail } from '../compile-mail.ts'
import { lint, lintText, productsNamed } from '../lint.ts'
import { newestVersions } from '../store.ts'
import { withSamples } from './samples.ts'
import { deadProducts, smsSettings } from './store.ts'

/** Short addresses as long as real ones; all others as they are, so that a person sees where they lead. */
function previewLinks(core: Core, domain: string | null): MessageLinks {
  const base = domain?.replace(/\/+$/, '') ?? core.baseUrl
  return {
    own: [],
    track: (url, _label, how) => (how?.short ? `${base}/l/aB3dE6gH` : url),
    tap: data => data,
    unsubscribeUrl: '#unsubscribe',
    preferencesUrl: () => '#preferences',
    openUrl: '#open',
  }
}

const domainOf = (workspace: WorkspaceRow): string | null =>
  (workspace.settings.linkDomain as string | null | undefined) ?? null

/** The content itself, also of a module that is named. @throws Problem 400 `content_invalid` */
async function written(core: Core, workspace: WorkspaceRow, given: unknown): Promise<MessageContent> {
  let content = await compiled(given)
  if (isReference(given)) {
    const pin = (await newestVersions(core.pool, workspace.id, [given.module.id])).get(given.module.id)
    if (!pin) throw notFound('mod', '/content/module')
    content = { ...pin.content, ...given.overrides }
  }
  const parsed = messageContent.safeParse(content)
  if (parsed.success) return parsed.data
  const fault = faultsOf(parsed.error)[0]!
  throw new Problem(400, 'content_invalid', fault.message.en, {
    path: `/content${fault.path}`,
    action: 'Mend this; then it can be shown.',
  })
}

export const previewModuleRoutes = {
  async previewContent({ core, workspace, body }) {
    const content = await written(core, workspace, body.content)
    const found =
      body.customer === undefined
        ? null
        : await findCustomer(core.pool, workspace.id, idOr404('cus', body.customer, '/customer'))
    if (body.customer !== undefined && !found) throw notFound('cus', '/customer')
    const customer = found?.state ?? null
    const locale = body.locale ?? languageOf(customer, content, workspace.locale)
    const now = Date.now() + workspace.clockOffsetMs
    const samples = customer === null ? withSamples(core.pool, workspace.id) : null
    let shown: MessageContent | null = null
    let fault: string | null = null
    try {
      shown = await compose(core, {
        content,
        purpose: body.purpose,
        event: body.event ? { ...body.event, at: now } : null,
        customer,
        workspace,
        now,
        links: previewLinks(core, domainOf(workspace)),
        locale,
        ...(samples ? { source: samples.source } : {}),
      })
    } catch (error) {
      if (!(error instanceof RenderFailed)) throw error
      fault = error.message
    }
    const dead = await deadProducts(core.pool, workspace.id, productsNamed(content))
    const findings = lint(content, { purpose: body.purpose, dead })
    const out: Out<'previewContent'> = {
      content: shown,
      fault,
      locale,
      findings,
      stoodIn: samples?.stoodIn() ?? null,
      sms: null,
    }
    if (shown?.channel === 'sms') {
      const settings = await smsSettings(core.pool, workspace.id)
      const cost = settings.costPerMessage === undefined ? null : Number(settings.costPerMessage)
      out.findings = [...lintText(shown.text, settings), ...findings]
      out.sms = { ...smsParts(shown.text), cost, currency: workspace.currency }
    }
    return out
  },

  compileMail: ({ body }) => compileMail(body.blocks, body.conditions),

  linkSettings: async ({ core, workspace }) => ({
    linkDomain: domainOf(workspace),
    own: core.baseUrl,
    version: workspace.version,
  }),

  async saveLinkSettings({ core, workspace, body }) {
    const { linkDomain } = body
    if (linkDomain !== null && !/^https?:\/\/[a-z0-9.-]+(:\d+)?\/?$/i.test(linkDomain))
      throw new Problem(400, 'bad_domain', 'This is no address of a domain', {
        path: 'linkDomain',
        action: 'Write it as https://go.brand.tw, without a path.',
      })
    const version = await saveSettings(core.pool, workspace.id, body.version, { linkDomain })
    return { linkDomain, own: core.baseUrl, version }
  },
} satisfies Handlers
