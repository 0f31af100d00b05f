// The nightly work behind the rates that reach nodes choose by.
import { publishWorld } from '../../catalogue/publish.ts'
import { workspaceNow } from '../../catalogue/workspace.ts'
import type { Core } from '../../platform/core.ts'
import type { WorkspaceRow } from '../../platform/http/handler.ts'
import { inTransaction } from '../../platform/postgres.ts'
import { USUAL_WINDOW_DAYS } from '../engagement/model.ts'
import type { MessageScope } from '../engagement/sql.ts'
import { tellingChannels } from '../engagement/store.ts'
import { REACH_DAYS } from './model.ts'
import { choosesByReach, connectedChannels, keepRates, messagesByChannel } from './store.ts'

const DAY_MS = 86_400_000

/** Messages accepted in `time` (workspace ms) and what became of each within `windowDays`. */
export async function reachScope(
  core: Core,
  workspace: WorkspaceRow,
  time: { from: number; to: number },
  windowDays: number,
): Promise<MessageScope & { currency: string }> {
  return {
    ...time,
    workspace: workspace.id,
    currency: workspace.currency,
    windowMs: windowDays * DAY_MS,
    participation: null,
    tells: await tellingChannels(core.pool, workspace.id),
  }
}

/** Works the rates out anew; where one has changed and a live journey chooses by it, the world is published. */
export async function renewReach(core: Core, workspace: WorkspaceRow): Promise<void> {
  const now = workspaceNow(workspace)
  const p = await reachScope(core, workspace, { from: now - REACH_DAYS * DAY_MS, to: now }, USUAL_WINDOW_DAYS)
  const found = await messagesByChannel(core.history, p)
  const connected = await connectedChannels(core.pool, workspace.id)
  const published = await inTransaction(core.pool, async sql => {
    const changed = await keepRates(sql, workspace.id, [...connected.keys()], found, now)
    if (!changed || !(await choosesByReach(sql, workspace.id))) return false
    await publishWorld(sql, core, workspace.id)
    return true
  })
  if (published) core.signals.emit('inbox', '')
}
