// Publications that wait for a second person: asked for, then approved (and published) or rejected by somebody else, or
// withdrawn. What is approved is what was asked for: a draft that changed meanwhile has to be asked for anew.
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { inTransaction, type Sql } from '../../platform/postgres.ts'
import { notFound } from '../../platform/public-id.ts'
import type { Move } from '../model.ts'
import { checkedDraft, publishIn, published, type Publication } from '../publish.ts'
import { changed, lockJourney } from '../store.ts'
import { demandMoment, isToCome, writeSchedule } from './scheduled.ts'
import type { APPROVAL_STATUSES } from '../versions/status.ts'

type ApprovalStatus = (typeof APPROVAL_STATUSES)[number]
export type Approval = {
  id: Uuid
  journey: Uuid
  journeyName: string
  status: ApprovalStatus
  note: string
  moves: Move[]
  askedBy: string
  askedById: Uuid
  askedAt: Date
  /** it is to wait for this moment */
  at: Date | null
  decidedBy: string | null
  decidedAt: Date | null
  reason: string | null
  version: number | null
  /** the draft is not what was asked for any more */
  outdated: boolean
}

const SELECT = `select a.id, a.journey_id as journey, j.name as "journeyName", a.status, a.note, a.moves,
       a.asked_by as "askedBy", a.asked_by_id as "askedById", a.asked_at as "askedAt", a.publish_at as at, a.decided_by as "decidedBy",
       a.decided_at as "decidedAt", a.reason, a.version, a.status = 'open' and a.graph <> j.draft as outdated
  from journey_approval a join journey j on j.id = a.journey_id
 where a.workspace_id = $1`

/** Newest first; `journey`: of that one. */
export async function listApprovals(
  sql: Sql,
  workspace: Uuid,
  only: { journey?: Uuid; open?: boolean },
): Promise<Approval[]> {
  const { rows } = await sql.query<Approval>(
    `${SELECT} and ($2::uuid is null or a.journey_id = $2) and (not $3 or a.status = 'open') order by a.asked_at desc limit 100`,
    [workspace, only.journey ?? null, only.open === true],
  )
  return rows
}

async function lockOpen(sql: Sql, workspace: Uuid, journey: Uuid, id: Uuid): Promise<Approval> {
  await sql.query('select 1 from journey_approval where workspace_id = $1 and id = $2 for update', [
    workspace,
    id,
  ])
  const { rows } = await sql.query<Approval>(`${SELECT} and a.journey_id = $2 and a.id = $3`, [
    workspace,
    journey,
    id,
  ])
  const found = rows[0]
  if (!found) throw notFound('apr')
  if (found.status !== 'open')
    throw new Problem(409, 'approval_decided', `This was ${found.status} already`, {
      action: 'Load it again.',
    })
  return found
}

/** @throws Problem as `publishJourney`, and 409 `approval_open` */
export async function askApproval(
  core: Core,
  workspace: Uuid,
  journey: Uuid,
  asked: Publication & { note: string; by: Uuid; at: Date | null },
): Promise<Uuid> {
  const id = newId()
  await inTransaction(core.pool, async sql => {
    const found = await lockJourney(sql, workspace, journey, asked.version)
    if (asked.at) await demandMoment(sql, workspace, asked.at)
    await checkedDraft(sql, workspace, found, asked.moves)
    const { rowCount } = await sql.query(
      `insert into journey_approval (id, workspace_id, journey_id, graph, moves, note, status, asked_by, asked_by_id, asked_at, publish_at)
       values ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10) on conflict (journey_id) where status = 'open' do nothing`,
      [
        id,
        workspace,
        journey,
        JSON.stringify(found.draft),
        JSON.stringify(asked.moves),
        asked.note,
        asked.actor,
        asked.by,
        new Date(),
        asked.at,
      ],
    )
    if (rowCount === 0)
      throw new Problem(409, 'approval_open', 'Somebody has asked for approval already', {
        action: 'Withdraw that request first, or let it be decided.',
      })
  })
  changed(core, workspace)
  return id
}

export type Decision = { by: Uuid; actor: string; isPerson: boolean; reason: string }

const decide = (
  sql: Sql,
  workspace: Uuid,
  id: Uuid,
  status: ApprovalStatus,
  by: Decision,
  version: number | null = null,
) =>
  sql.query(
    `update journey_approval set status = $3, decided_by = $4, decided_at = $5, reason = $6, version = $7
      where workspace_id = $1 and id = $2`,
    [workspace, id, status, by.actor, new Date(), by.reason, version],
  )

/** Publishes what was asked for, or has it wait for its moment where that is still to come. Returns the version; null: it
 *  waits.
 *  @throws Problem 403 `own_request`, 409 `draft_changed`, and as `publishJourney` */
export async function approve(
  core: Core,
  workspace: Uuid,
  journey: Uuid,
  id: Uuid,
  by: Decision,
): Promise<number | null> {
  const version = await inTransaction(core.pool, async sql => {
    const asked = await lockOpen(sql, workspace, journey, id)
    demandAnother(asked, by)
    if (asked.outdated)
      throw new Problem(409, 'draft_changed', 'The draft changed after this was asked for', {
        action: 'Reject it, or have it withdrawn and asked for anew.',
      })
    const { rows } = await sql.query<{ version: number }>(
      'select version from journey where workspace_id = $1 and id = $2',
      [workspace, journey],
    )
    const actor = `${asked.askedBy}, ${by.actor}`
    if (asked.at !== null && (await isToCome(sql, workspace, asked.at))) {
      const found = await lockJourney(sql, workspace, journey, rows[0]!.version)
      await checkedDraft(sql, workspace, found, asked.moves, asked.askedAt)
      await writeSchedule(sql, workspace, journey, {
        graph: found.draft,
        moves: asked.moves,
        at: asked.at,
        actor,
      })
      await decide(sql, workspace, id, 'approved', by)
      return null
    }
    const published = await publishIn(sql, core, workspace, journey, {
      version: rows[0]!.version,
      moves: asked.moves,
      actor,
      modulesAsOf: asked.askedAt,
    })
    await decide(sql, workspace, id, 'approved', by, published)
    return published
  })
  if (version === null) changed(core, workspace)
  else published(core, workspace)
  return version
}

/** @throws Problem 403 `own_request`, 400 `reason_missing` */
export async function reject(
  core: Core,
  workspace: Uuid,
  journey: Uuid,
  id: Uuid,
  by: Decision,
): Promise<void> {
  if (by.reason.trim() === '')
    throw new Problem(400, 'reason_missing', 'A rejection says why', {
      path: '/reason',
      action: 'Write what has to change.',
    })
  await inTransaction(core.pool, async sql => {
    demandAnother(await lockOpen(sql, workspace, journey, id), by)
    await decide(sql, workspace, id, 'rejected', by)
  })
  changed(core, workspace)
}

export async function withdraw(
  core: Core,
  workspace: Uuid,
  journey: Uuid,
  id: Uuid,
  by: Decision,
): Promise<void> {
  await inTransaction(core.pool, async sql => {
    await lockOpen(sql, workspace, journey, id)
    await decide(sql, workspace, id, 'withdrawn', by)
  })
  changed(core, workspace)
}

function demandAnother(asked: Approval, by: Decision): void {
  if (by.isPerson && by.by !== asked.askedById) return
  throw new Problem(403, 'own_request', 'Another person decides', {
    action: by.isPerson
      ? 'Ask a colleague who may approve journeys.'
      : 'An API key cannot approve: sign in as somebody who may.',
  })
}
