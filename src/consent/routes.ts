// Handlers of consent: purposes, rates, double opt-in, the address of the preference page.
import { workspaceNow } from '../catalogue/workspace.ts'
import { customerOr404 } from '../customers/store.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { inTransaction } from '../platform/postgres.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { askConsent, confirmByCode } from './ask.ts'
import { findRequest, purposesOf, putPurpose, ratesOf } from './store.ts'
import { preferenceUrl } from '../messages/preference-link.ts'

const DAY_MS = 86_400_000

export const consentRoutes = {
  async consentPurposes({ core, workspace }) {
    return { items: await purposesOf(core.pool, workspace.id) }
  },

  async saveConsentPurpose({ core, workspace, caller, params, body }) {
    const name = params.name ?? ''
    if (!/^[a-z][a-z0-9_]{0,31}$/.test(name))
      throw new Problem(400, 'bad_name', 'This is not a name of a purpose', {
        action: 'Use lower-case letters, digits and _, a letter first.',
      })
    const saved = await inTransaction(core.pool, sql =>
      putPurpose(sql, workspace.id, { ...body, name }, actorOf(caller)),
    )
    if (saved) return saved
    throw new Problem(409, 'version_conflict', 'Somebody else changed this purpose meanwhile', {
      path: 'version',
      action: 'Load it again and repeat your change.',
    })
  },

  async consentRates({ core, workspace, query }) {
    const now = workspaceNow(workspace)
    return ratesOf(core.pool, workspace.id, {
      since: new Date(now - query.days * DAY_MS),
      now: new Date(now),
      zone: workspace.timezone,
    })
  },

  async askConsent({ core, workspace, caller, params, body }) {
    const customer = await customerOr404(core.pool, workspace.id, params.customer)
    const { id, expires } = await askConsent(core, workspace, customer, body, actorOf(caller))
    return { id, expiresAt: expires.toISOString() }
  },

  async confirmConsent({ core, workspace, params, body, remoteAddress }) {
    const customer = await customerOr404(core.pool, workspace.id, params.customer)
    const request = await findRequest(core.pool, workspace.id, idOr404('crq', params.request))
    const ids = [customer.id, ...customer.state.absorbed]
    if (request === null || !ids.includes(request.customer)) throw notFound('crq')
    const seen = { ip: remoteAddress, agent: null, url: `${core.baseUrl}/api` }
    const done = await confirmByCode(core, request, customer, body.code, workspaceNow(workspace), seen)
    if (done === 'confirmed') return { ok: true as const }
    throw done === 'expired'
      ? new Problem(409, 'expired', 'This code is too old', { action: 'Ask for a new one.' })
      : new Problem(503, 'unavailable', 'The consent could not be stored yet', {
          action: 'Send the code again.',
        })
  },

  async preferenceLink({ core, workspace, params }) {
    const customer = await customerOr404(core.pool, workspace.id, params.customer)
    return { url: preferenceUrl(core, customer.id) }
  },
} satisfies Handlers
