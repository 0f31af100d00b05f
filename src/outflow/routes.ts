// Handlers of webhooks out.
import { randomBytes } from 'node:crypto'
import { Problem } from '../platform/errors.ts'
import type { Handlers, WorkspaceRow } from '../platform/http/handler.ts'
import { newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { idOr404, notFound } from '../platform/public-id.ts'
import { EVENT_TYPES, isPattern, TEST_TYPE } from './event-types.ts'
import * as store from './webhooks.ts'

/** The secret of before signs on for a day. */
const OVERLAP_S = 86_400
const MOST = 20

const newSecret = (): string => 'whsec_' + randomBytes(32).toString('base64')

function demandGood({ url, events }: store.WebhookFields): void {
  const { protocol, username, password } = new URL(url)
  if (!/^https?:$/.test(protocol) || username || password)
    throw new Problem(400, 'invalid', 'This is no address for webhooks', {
      path: 'url',
      action: 'Give an https address without user and password.',
    })
  const wrong = events.findIndex(e => !isPattern(e))
  if (wrong >= 0)
    throw new Problem(400, 'invalid', `“${events[wrong]}” is no name of events`, {
      path: `events.${wrong}`,
      action: 'Write a name, a beginning with .* such as order.*, or * for all.',
    })
}

async function found(sql: Sql, workspace: Uuid, text: string | undefined): Promise<store.WebhookRow> {
  const row = await store.findWebhook(sql, workspace, idOr404('whk', text))
  if (!row) throw notFound('whk')
  return row
}

/** Real moments as the workspace's clock has them. */
const told = (workspace: WorkspaceRow, at: Date | null): string | null =>
  at && new Date(at.getTime() + workspace.clockOffsetMs).toISOString()

export const webhookRoutes = {
  async webhooks({ core, workspace }) {
    const rows = await store.listWebhooks(core.pool, workspace.id)
    return {
      items: rows.map(r => ({
        id: publicId('whk', r.id),
        name: r.name,
        url: r.url,
        events: r.events,
        state: r.state,
        failingSince: told(workspace, r.failing_since),
        lastOk: told(workspace, r.last_ok),
        lastError: r.last_error,
        oldSecretUntil: told(
          workspace,
          r.old_until && r.old_until.getTime() > Date.now() ? r.old_until : null,
        ),
        waiting: r.waiting,
        dead: r.dead,
        version: r.version,
      })),
    }
  },

  async createWebhook({ core, workspace, body }) {
    demandGood(body)
    if ((await store.listWebhooks(core.pool, workspace.id)).length >= MOST)
      throw new Problem(409, 'too_many', `A workspace has at most ${MOST} webhooks`, {
        action: 'Delete one that is not used any more.',
      })
    const secret = newSecret()
    const id = await store.insertWebhook(core.pool, workspace.id, body, core.secrets.seal(secret))
    return { id: publicId('whk', id), secret }
  },

  async updateWebhook({ core, workspace, params, body }) {
    const { id } = await found(core.pool, workspace.id, params.webhook)
    demandGood(body)
    const { version, ...fields } = body
    if (!(await store.updateWebhook(core.pool, { workspace: workspace.id, id, version }, fields)))
      throw new Problem(409, 'version_conflict', 'Somebody else changed this webhook', {
        action: 'Load it again and repeat the change.',
      })
    core.signals.emit('outflow', '')
    return { ok: true as const }
  },

  async deleteWebhook({ core, workspace, params }) {
    const { id } = await found(core.pool, workspace.id, params.webhook)
    await store.deleteWebhook(core.pool, workspace.id, id)
    return { ok: true as const }
  },

  async rotateWebhookSecret({ core, workspace, params }) {
    const { id } = await found(core.pool, workspace.id, params.webhook)
    const secret = newSecret()
    await store.rotateSecret(core.pool, workspace.id, id, core.secrets.seal(secret), OVERLAP_S)
    return { secret }
  },

  async testWebhook({ core, workspace, params }) {
    const hook = await found(core.pool, workspace.id, params.webhook)
    const id = newId()
    const body = JSON.stringify({
      type: TEST_TYPE,
      version: 1,
      timestamp: new Date(Date.now() + workspace.clockOffsetMs).toISOString(),
      data: { id: publicId('evt', id), props: { name: hook.name } },
    })
    const delivery = { workspace: workspace.id, id, webhook: hook.id, customer: null, type: TEST_TYPE, body }
    await store.insertDeliveries(core.pool, [delivery])
    core.signals.emit('outflow', '')
    return { ok: true as const }
  },

  async webhookDeliveries({ core, workspace, params, query }) {
    const { id } = await found(core.pool, workspace.id, params.webhook)
    const rows = await store.deliveriesOf(core.pool, workspace.id, id, query.state)
    return {
      items: rows.map(r => ({
        id: publicId('evt', r.id),
        type: r.type,
        state: r.state,
        attempts: r.attempts,
        due: told(workspace, r.due)!,
        status: r.status,
        error: r.error,
        at: told(workspace, r.created_at)!,
      })),
    }
  },

  async replayWebhook({ core, workspace, params, body }) {
    const { id } = await found(core.pool, workspace.id, params.webhook)
    const ids = body.ids?.flatMap(text => parseId('evt', text) ?? []) ?? null
    const replayed = await store.replayDead(core.pool, workspace.id, id, ids)
    core.signals.emit('outflow', '')
    return { replayed }
  },

  webhookEvents: () => Promise.resolve({ items: EVENT_TYPES }),
} satisfies Handlers
