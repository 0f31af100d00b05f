// What time does to broadcasts: starts those whose moment has come, looks at canaries, says when one is over, and takes it out
// of the world when nobody's goal is waited for any more. Each step is one transaction that a second process finds done.
import type { Core, Role } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import { openWorker } from '../platform/loop.ts'
import { isAskedAgain } from '../messages/stop.ts'
import { setJourneyStatus } from '../journeys/store.ts'
import { judgeCanary } from './model.ts'
import { allAnswered, canaryFigures, NO_PROGRESS, progressOf, wentFirst } from './progress.ts'
import {
  type Broadcast,
  type CanaryResult,
  endBroadcast,
  findBroadcast,
  isBeingTold,
  noteAudience,
  noteCanaryStopped,
  openBroadcasts,
  openGate,
  pastBroadcasts,
  putAway,
  startBroadcast,
  workspaceTime,
} from './store.ts'

const POLL_MS = 1_000
/** What starts or changes one says so; a time that comes is seen so late. */
const IDLE_MS = 5_000
/** Facts of those told last are in history by then, whatever else is missing. */
const LOST_MS = 600_000

export type BroadcastWorker = Role & {
  /** One look at all of them; true when something was done. */
  tick(): Promise<boolean>
}

export function openBroadcastWorker(core: Core): BroadcastWorker {
  async function look(workspace: Uuid, journey: Uuid): Promise<boolean> {
    let worked = await startBroadcast(core, workspace, journey)
    worked = (await noteAudience(core, workspace, journey)) || worked
    const b = await findBroadcast(core.pool, workspace, journey)
    if (b.startedAt === null) return worked
    const now = await workspaceTime(core.pool, workspace)
    if (b.canary === 'open' && b.status === 'live') return (await lookAtCanary(workspace, b, now)) || worked
    if (!b.told || (b.canary === 'open' && b.status !== 'stopped')) return worked
    if (b.canary === 'stopped' && b.status === 'paused') return worked
    return (await lookWhetherOver(workspace, b, now)) || worked
  }

  async function lookAtCanary(workspace: Uuid, b: Broadcast, now: number): Promise<boolean> {
    const { canary } = b.spec
    if (!canary || b.canaryUntil === null) return false
    const figures = await canaryFigures(core.history, workspace, b.journey)
    const tried = figures.accepted + figures.failed + figures.unknown
    const isOver = now >= b.canaryUntil.getTime()
    const verdict = judgeCanary(figures, canary.limits, isOver)
    const result: CanaryResult = { ...figures, verdict, at: new Date(now).toISOString() }
    if (verdict !== null) {
      // held first: whatever fails after this line, nobody more is sent to
      await setJourneyStatus(core, workspace, b.journey, 'paused', b.version)
      await noteCanaryStopped(core, workspace, b.journey, result)
      core.log.warn({ journey: b.journey, ...verdict }, 'a broadcast stopped by itself')
      return true
    }
    if (!isOver || (tried === 0 && !(await isNobodyOnTheWay(workspace, b, now)))) return false
    return openGate(core, workspace, b.journey, result, 'itinera')
  }

  /** Nobody of those who went first has a message yet, and nobody will: there were none, or none could be reached. */
  async function isNobodyOnTheWay(workspace: Uuid, b: Broadcast, now: number): Promise<boolean> {
    if (!b.told) return false
    const p = (await progressOf(core.history, workspace, [b.journey], now)).get(b.journey) ?? NO_PROGRESS
    // the others wait at the gate: who is through went first
    return allAnswered(p, b.audience) && p.done >= (await wentFirst(core.history, workspace, b.journey))
  }

  async function lookWhetherOver(workspace: Uuid, b: Broadcast, now: number): Promise<boolean> {
    const p = (await progressOf(core.history, workspace, [b.journey], now)).get(b.journey) ?? NO_PROGRESS
    if (p.done < p.entered) return false
    if (!allAnswered(p, b.audience)) {
      const isLost = now > b.startedAt!.getTime() + LOST_MS && !(await isBeingTold(core.pool, workspace))
      if (!isLost) return false
    }
    if (await isAskedAgain(core.pool, b.journey)) return false
    await endBroadcast(core, workspace, b.journey, now)
    return true
  }

  async function tick(): Promise<boolean> {
    let worked = false
    for (const { workspace, journey } of await openBroadcasts(core.pool))
      worked = (await patiently(() => look(workspace, journey))) || worked
    for (const { workspace, journey } of await pastBroadcasts(core.pool))
      worked = (await putAway(core, workspace, journey)) || worked
    return worked
  }

  /** Somebody changed it meanwhile, or history is down: looked at again. */
  async function patiently(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Problem && (error.code === 'version_conflict' || error.code === 'history_down'))
        return false
      throw error
    }
  }

  return openWorker(core, {
    tick,
    restMs: POLL_MS,
    idleMs: IDLE_MS,
    failed: 'broadcasts: will look again',
    wakes: [{ topic: 'segment-job' }],
  })
}
