// Handlers of privacy: access, erasure, masking and periods, what is kept for nothing.
import { saveSettings } from '../catalogue/workspace-settings.ts'
import type { Out } from '../contract.ts'
import { memberNoOf } from '../customers/identity.ts'
import { addressFor } from '../customers/reach.ts'
import { findCustomer, type StoredCustomer } from '../customers/store.ts'
import { runCommand } from '../inbox/command.ts'
import { isHidden, liftHidden } from '../messages/suppression.ts'
import type { Core } from '../platform/core.ts'
import { cutPage, isTexts, readCursor } from '../platform/cursor.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { type Person, redact, sealedText } from './model.ts'
import { readNext, writeNext } from './parts.ts'
import { gatherPerson, identifierHash, needlesFor } from './person.ts'
import { countPerson } from './places.ts'
import { packagePage, packPerson } from './report.ts'
import { dataUse } from './retention.ts'
import {
  type ErasureRow,
  findErasure,
  insertErasure,
  listErasures,
  privacyOf,
  retryErasure,
} from './store.ts'

/** NT$ for a gigabyte on disk and month, about what block storage costs; a figure to compare by, not a bill. */
const PRICE_PER_GB = 3

async function personOr404(
  core: Core,
  workspace: Uuid,
  text: string | undefined,
): Promise<{ customer: StoredCustomer; person: Person }> {
  const customer = await findCustomer(core.pool, workspace, idOr404('cus', text))
  const person = customer && (await gatherPerson(core.pool, workspace, customer.id))
  if (!customer || !person) throw notFound('cus')
  return { customer, person }
}

/** What is typed to show that this person is meant: the member number, else the id. */
const confirmOf = (customer: StoredCustomer): string =>
  memberNoOf(customer.state) ?? publicId('cus', customer.id)

const present = (row: ErasureRow): Out<'erasure'> => ({
  id: publicId('era', row.id),
  status: row.status,
  step: row.step,
  done: row.done,
  total: row.total,
  reason: row.reason,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  error: row.error,
  certificate: row.result.certificate ?? null,
})

export const privacyRoutes = {
  async privacy({ workspace }) {
    return { ...privacyOf(workspace.settings), version: workspace.version }
  },

  async savePrivacy({ core, workspace, body }) {
    const { version, ...settings } = body
    await saveSettings(core.pool, workspace.id, version, settings)
    return { ...settings, version: version + 1 }
  },

  async accessReport({ core, workspace, params, query, note }) {
    const { person } = await personOr404(core, workspace.id, params.customer)
    const { next, ...pack } = await packPerson(
      core,
      person,
      query.next === undefined ? null : readNext(core.secrets, query.next, person),
    )
    note({ rows: pack.rows, ...(pack.part > 0 && { part: pack.part }) })
    return {
      at: pack.at,
      rows: pack.rows,
      part: pack.part,
      more: pack.more,
      next: next && writeNext(core.secrets, next),
      json: JSON.parse(JSON.stringify(pack)) as Record<string, unknown>,
      html: packagePage(pack, workspace.name),
    }
  },

  async erasurePreview({ core, workspace, params }) {
    const { customer, person } = await personOr404(core, workspace.id, params.customer)
    return {
      customers: person.ids.map(id => publicId('cus', id)),
      identifiers: person.values.length,
      places: await countPerson(core.pool, core.history, person),
      confirm: confirmOf(customer),
    }
  },

  async requestErasure({ core, workspace, params, body, caller, setStatus, note }) {
    const { customer, person } = await personOr404(core, workspace.id, params.customer)
    if (body.confirm.trim() !== confirmOf(customer))
      throw new Problem(400, 'not_confirmed', 'What was typed is not this person', {
        path: 'confirm',
        action: 'Type exactly what the preview asks for.',
      })
    const id = await insertErasure(core, person, {
      // the reason outlives the person: it may not name them
      reason: redact(body.reason, needlesFor(core, person)),
      by: publicId(caller.kind === 'user' ? 'usr' : 'key', caller.id),
    })
    note({ erasure: publicId('era', id) })
    setStatus(202)
    return { id: publicId('era', id) }
  },

  async erasures({ core, workspace, query }) {
    const before = readCursor(query.cursor, isTexts(1))?.[0] ?? null
    const found = await listErasures(core.pool, workspace.id, before, query.limit + 1)
    const { shown, next } = cutPage(found, query.limit, last => [last.id])
    return {
      items: shown.map(present),
      next,
    }
  },

  async erasure({ core, workspace, params }) {
    const row = await findErasure(core.pool, workspace.id, idOr404('era', params.erasure, 'erasure'))
    if (!row) throw notFound('era', 'erasure')
    return present(row)
  },

  async retryErasure({ core, workspace, params }) {
    if (!(await retryErasure(core.pool, workspace.id, idOr404('era', params.erasure, 'erasure'))))
      throw notFound('era', 'erasure')
    return { ok: true as const }
  },

  async checkCertificate({ core, body }) {
    const { certificate, identifier } = body
    const genuine = core.secrets.verify('certificate', sealedText(certificate), certificate.seal)
    const hash = identifier && identifierHash(core.secrets, identifier)
    return {
      genuine,
      about:
        hash === undefined
          ? null
          : genuine && certificate.identifiers.some(i => i.kind === identifier!.kind && i.hash === hash),
    }
  },

  async liftErasureSuppression({ core, workspace, params, body, caller, idempotencyKey, note }) {
    const { customer } = await personOr404(core, workspace.id, params.customer)
    const { channel, proof } = body
    const address = addressFor(customer.state, channel)
    const of = { workspace: workspace.id, channel, address: address?.value ?? '' }
    if (address === null || !(await isHidden(core.pool, core.secrets, of)))
      throw new Problem(409, 'not_hidden', 'No erasure left anything on this address', {
        path: 'channel',
        action: 'The customer’s page says why a channel cannot be used.',
      })
    // the proof is there before anything can be sent
    const answer = await runCommand(core, {
      workspace: workspace.id,
      customer: customer.id,
      key: idempotencyKey,
      actor: actorOf(caller),
      command: { do: 'set_consent', channel, on: true, proof },
    })
    if (answer.status === 202)
      throw new Problem(503, 'pending', 'The consent is not recorded yet; nothing was lifted', {
        action: 'Ask again in a moment, with the same Idempotency-Key.',
        retryAfterS: 2,
      })
    if (answer.status >= 300)
      throw new Problem(409, 'consent_refused', 'The consent could not be recorded; nothing was lifted', {
        action: 'Look at the customer’s page and try again.',
      })
    await liftHidden(core.pool, core.secrets, of)
    note({ channel })
    core.signals.emit('live', `${workspace.id}:customers`)
    return { ok: true as const }
  },

  async dataUse({ core, workspace }) {
    const items = await dataUse(core, workspace.id)
    return {
      items: items.map(u => ({
        ...u,
        lastAt: u.lastAt === null ? null : new Date(u.lastAt).toISOString(),
        costPerMonth: (u.bytes / 1e9) * PRICE_PER_GB,
        unused: u.usedBy.length === 0 && !u.purpose,
      })),
      currency: workspace.currency,
      pricePerGb: PRICE_PER_GB,
    }
  },
} satisfies Handlers
