// The segments that one customer is in, as their state says, and what decides about each now.
import type { Out } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'
import { groupKeys } from './model.ts'
import { contextOf, workspaceNow } from './preview.ts'
import { groupName } from './present.ts'
import { listSegments } from './store.ts'
import { judge, stateOf } from './why.ts'

/** @throws Problem 404 `customer_not_found` */
export async function segmentsOfCustomer(
  core: Core,
  workspace: WorkspaceRow,
  customer: Uuid,
): Promise<Out<'customerSegments'>> {
  const at = workspaceNow(workspace)
  const [state, all, ctx] = await Promise.all([
    stateOf(core, workspace.id, customer),
    listSegments(core.pool, workspace.id),
    contextOf(core.pool, workspace, at),
  ])
  const items = (state.seg ?? []).flatMap(([n, g, since]) => {
    const segment = all.find(s => s.n === n && s.status === 'live')
    if (!segment) return []
    const definition = segment.live ?? segment.draft
    const group = groupKeys(segment.kind, definition.groups).find(key => segment.groups[key] === g) ?? ''
    // what is live was checked when it was published
    const rule = (definition.groups.find(x => x.key === group)?.rule ?? null) as Rule | null
    return {
      segment: publicId('seg', segment.id),
      name: segment.name,
      kind: segment.kind,
      group,
      groupName: groupName(definition, group),
      since: new Date(since).toISOString(),
      version: segment.live_version,
      rule,
      why: rule === null ? [] : judge(state, ctx, rule).why,
    }
  })
  return { items, asOf: new Date(at).toISOString() }
}
