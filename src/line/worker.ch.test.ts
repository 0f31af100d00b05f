// LINE's worker as a role that runs: what wakes it between its looks. Its rests end by no clock here, only by who calls.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openSendLab, type SendLab } from '../../test/send-lab.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { unpackState } from '../customers/pack.ts'
import { newId } from '../platform/ids.ts'
import { openReceipts } from '../sandbox/receipts.ts'
import { standInAct } from '../sandbox/stand-ins/register.ts'
import { openLineWorker } from './worker.ts'

/** how long it rests after a look */
const POLL_MS = 2_000

let lab: SendLab
let stage: Stage
beforeAll(async () => {
  lab = await openSendLab()
  stage = openStage(lab.core, [openReceipts(lab.core)])
  await stage.settle()
})
afterAll(async () => {
  await stage.close()
  await lab.close()
})

async function nameOf(friend: string): Promise<unknown> {
  const { rows } = await lab.core.pool.query<{ state: string }>(
    `select c.state from identifier i join customer c on c.workspace_id = i.workspace_id and c.id = i.customer_id
      where i.workspace_id = $1 and i.kind = 'line_uid' and i.value = $2`,
    [lab.workspace, friend],
  )
  return rows[0] && unpackState(rows[0].state).traits.line_name?.v
}

test('a new friend’s profile is asked for as soon as history tells of them; while it has just looked, nobody wakes it', async () => {
  let ahead = 0
  let rests = 0
  const [now, timer] = [performance.now.bind(performance), setTimeout]
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead)
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms = 0, ...given: []) => {
    if (ms !== POLL_MS) return timer(run, ms, ...given)
    rests++
    return timer(() => undefined)
  }) as typeof setTimeout)
  const worker = openLineWorker(lab.core)
  try {
    worker.start()
    await expect.poll(() => rests).toBe(1)

    // it has just looked; and of other things than events it is not told at all
    lab.core.signals.emit('live', `${lab.workspace}:events`)
    ahead += POLL_MS + 1
    lab.core.signals.emit('live', `${lab.workspace}:sandbox`)
    await stage.settle()
    expect(rests).toBe(1)

    const friend = 'U' + newId().replaceAll('-', '')
    await standInAct(lab.core, lab.workspace, {
      channel: 'line',
      address: friend,
      act: 'follow',
      name: '小華',
    })
    const name = async () => {
      await stage.settle()
      return nameOf(friend)
    }
    await expect.poll(name).toBe('小華')
    await expect.poll(() => rests).toBeGreaterThan(1)
  } finally {
    await worker.stop()
    vi.restoreAllMocks()
  }
})
