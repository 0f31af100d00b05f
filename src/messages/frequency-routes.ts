// Handlers of frequency rules.
import type { In } from '../contract.ts'
import { workspaceNow } from '../catalogue/workspace.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { inTransaction, type Sql } from '../platform/postgres.ts'
import { idOr404 } from '../platform/public-id.ts'
import { sayRule } from './frequency.ts'
import { dropRule, frequencyRules, type FrequencyInput, heldBack, putRule } from './frequency-store.ts'

const WEEK_MS = 7 * 86_400_000
/** Each is asked of each marketing message. */
const MOST_RULES = 20

/** @throws Problem 400 `unknown_segment` */
async function inputOf(
  sql: Sql,
  workspace: Uuid,
  { segment, ...rest }: Omit<In<'saveFrequencyRule'>, 'version'>,
): Promise<FrequencyInput> {
  const id = segment === null ? null : idOr404('seg', segment, 'segment')
  if (id !== null) {
    const { rowCount } = await sql.query(
      `select from segment where workspace_id = $1 and id = $2 and status = 'live'`,
      [workspace, id],
    )
    if (rowCount === 0)
      throw new Problem(400, 'unknown_segment', 'This segment is not published', {
        path: 'segment',
        action: 'Choose a published segment, or everybody.',
      })
  }
  return { ...rest, segment: id }
}

export const frequencyRoutes = {
  async frequencyRules({ core, workspace }) {
    const [rules, held] = await Promise.all([
      frequencyRules(core.pool, [workspace.id]),
      heldBack(core.pool, workspace.id, workspaceNow(workspace) - WEEK_MS),
    ])
    return {
      items: (rules.get(workspace.id) ?? []).map(r => ({
        id: publicId('frq', r.id),
        segment: r.segmentId && publicId('seg', r.segmentId),
        segmentName: r.segmentName,
        segmentLive: r.segmentId === null || r.segmentStatus === 'live',
        channel: r.channel,
        max: r.max,
        per: r.per,
        days: r.days,
        say: sayRule(r),
        heldBack: held.get(r.id) ?? 0,
        version: r.version,
      })),
    }
  },

  async addFrequencyRule({ core, workspace, caller, body }) {
    return inTransaction(core.pool, async sql => {
      await sql.query('select from workspace where id = $1 for no key update', [workspace.id])
      const rules = (await frequencyRules(sql, [workspace.id])).get(workspace.id) ?? []
      if (rules.length >= MOST_RULES)
        throw new Problem(409, 'too_many_rules', `There are ${MOST_RULES} frequency rules already`, {
          action: 'Remove one that is not needed any more.',
        })
      const input = await inputOf(sql, workspace.id, body)
      const id = await putRule(sql, workspace.id, null, input, 0, actorOf(caller))
      return { id: publicId('frq', id) }
    })
  },

  async saveFrequencyRule({ core, workspace, caller, params, body: { version, ...body } }) {
    const id = idOr404('frq', params.rule)
    const input = await inputOf(core.pool, workspace.id, body)
    await putRule(core.pool, workspace.id, id, input, version, actorOf(caller))
    return { id: publicId('frq', id) }
  },

  async dropFrequencyRule({ core, workspace, params }) {
    await dropRule(core.pool, workspace.id, idOr404('frq', params.rule))
    return { ok: true as const }
  },
} satisfies Handlers
