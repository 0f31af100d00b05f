// hard problem 1, of a broadcast: processes are killed at named points while it is told and sent; everybody gets it once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openJourneyLab, type JourneyLab } from '../../test/journey-lab.ts'
import { startVictim } from '../../test/kill.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

const POINTS: [roles: string, point: string][] = [
  ['history', 'broadcast.before_start:1'],
  ['history', 'broadcast.started:1'],
  ['history', 'segment-job.before-commit:2'],
  ['history', 'segment-job.after-commit:1'],
  ['fold', 'fold.written:1'],
  ['fold', 'fold.committed:1'],
  ['deliver', 'deliver.claimed:1'],
  ['deliver', 'deliver.before_socket:1'],
  ['deliver', 'deliver.after_socket_write:1'],
]

/** What the killed ones held is free at once; tries again are due. */
async function hurry(): Promise<void> {
  await lab.core.pool.query(`update segment_job set lease_until = '-infinity' where status = 'running'`)
  await lab.core.pool.query(
    `update message set claim_until = clock_timestamp() - interval '1 s' where state in ('claimed', 'sending', 'unknown') and claim_until is not null`,
  )
  await lab.core.pool.query(`update message_batch set claim_until = null`)
  await lab.core.pool.query(
    `update message set send_after = clock_timestamp() where state in ('intended', 'unknown') and send_after < '8000-01-01'`,
  )
}

/** Folds until that many messages wait in the ledger; then this process is killed, too. */
async function foldAll(messages: number): Promise<void> {
  const victim = await startVictim(lab.core, 'fold,history', null, { PUBLIC_URL: lab.core.baseUrl })
  await expect
    .poll(
      async () =>
        (
          await lab.core.pool.query(
            `select from message where workspace_id = $1 and state = 'intended' and channel = 'line'`,
            [lab.workspace],
          )
        ).rowCount,
      { timeout: 60_000 },
    )
    .toBe(messages)
  victim.kill()
  await victim.ended
}

test(`hard problem 1: a broadcast whose processes are killed at ${POINTS.length} points reaches everybody exactly once`, {
  timeout: 300_000,
}, async () => {
  const people = Array.from({ length: 12 }, (_, i) => `k${i}`)
  for (const who of people) await lab.person(who, { line: true })
  const made = await lab.call('createBroadcast', {
    body: {
      spec: {
        name: '一次就好',
        audience: {},
        variants: [
          {
            name: 'a',
            percent: 100,
            options: [
              { channel: 'line', content: { channel: 'line', messages: [{ type: 'text', text: '一次' }] } },
            ],
          },
        ],
        when: { kind: 'now' },
      },
    },
  })
  const broadcast = String(made.body.id)
  await lab.call('startBroadcast', { params: { broadcast }, body: { version: made.body.version } })
  await lab.letGo()
  const killed: string[] = []
  for (const [roles, point] of POINTS) {
    if (point === 'deliver.claimed:1') await foldAll(people.length)
    await hurry()
    const victim = await startVictim(lab.core, roles, point, { PUBLIC_URL: lab.core.baseUrl })
    const timer = setTimeout(() => victim.kill(), 60_000)
    const ended = await victim.ended
    clearTimeout(timer)
    killed.push(ended.point ?? `${point} was not reached`)
  }
  await hurry()
  await lab.restart()
  await lab.settle()
  for (let i = 0; i < 20; i++) {
    await hurry()
    await lab.settle()
  }
  expect(killed).toEqual(POINTS.map(([, p]) => p.slice(0, p.indexOf(':'))))
  const texts = await Promise.all(people.map(async who => (await lab.inbox('line', who)).length))
  expect(texts).toEqual(people.map(() => 1))
  const done = await lab.call('broadcast', { params: { broadcast } })
  expect(done.body).toMatchObject({ state: 'done', progress: { audience: 12, accepted: 12, done: 12 } })
})
