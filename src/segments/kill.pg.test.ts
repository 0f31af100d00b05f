// Work over members whose process is killed in the middle: whoever takes it next goes on behind the last step, and
// everybody is told once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSegmentLab, type SegmentLab } from '../../test/segment-lab.ts'
import { startVictim } from '../../test/kill.ts'
import { askHistory } from '../platform/clickhouse.ts'
import { newId } from '../platform/ids.ts'

let lab: SegmentLab
beforeAll(async () => {
  lab = await openSegmentLab()
})
afterAll(() => lab.close())

test.each(['segment-job.before-commit', 'segment-job.after-commit'])(
  'hard problem 2: killed at %s, a bulk tag goes on: 2,500 people, each told once',
  async point => {
    await lab.fresh()
    const ids = Array.from({ length: 2_500 }, () => newId())
    await lab.tell(...ids.map(who => ({ who, name: 'Identified', more: { traits: { city: '臺北' } } })))
    const rule = { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: '臺北' } }
    const made = await lab.ok('createSegment', {
      body: { name: '北部', kind: 'live', definition: { groups: [{ key: 'in', name: '', rule }] } },
    })
    await lab.ok('publishSegment', { params: { segment: made.id }, body: { version: made.version } })
    await lab.stage.settle()
    const job = await lab.ok('tagSegment', { params: { segment: made.id }, body: { tag: '春季' } })
    // its first step counts, the second says something
    const victim = await startVictim(lab.core, 'history', `${point}:3`)
    expect(await victim.ended).toEqual({ signal: 'SIGKILL', point })
    const { items } = await lab.ok('segmentJobs', { params: { segment: made.id } })
    expect(items[0]).toMatchObject({ id: job.id, status: 'running', total: 2_500 })
    expect(items[0]!.done).toBeGreaterThan(0)
    expect(items[0]!.done).toBeLessThan(2_500)
    await lab.core.pool.query(`update segment_job set lease_until = '-infinity' where status = 'running'`) // 30 s later
    await lab.core.pool.query(`update history_group set lease_until = '-infinity'`)
    await lab.stage.settle()
    const facts = await askHistory<{ n: number; people: number }>(
      lab.core.history,
      `select count() as n, uniqExact(customer_id) as people from event where workspace_id = {ws:UUID} and name = 'tag.added'`,
      { ws: lab.space.id },
    )
    expect(facts).toEqual([{ n: 2_500, people: 2_500 }])
    expect((await lab.ok('segmentJobs', { params: { segment: made.id } })).items[0]).toMatchObject({
      status: 'done',
      done: 2_500,
      hits: 2_500,
    })
  },
  90_000,
)
