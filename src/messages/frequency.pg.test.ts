// Frequency rules where they are decided, the last step before the socket: real engines, real processes.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startVictim } from '../../test/kill.ts'
import { lineText, mail, openSendLab, type Person, type SendLab } from '../../test/send-lab.ts'
import { bucketOf, newId, type Uuid } from '../platform/ids.ts'
import { setStandInFault } from '../sandbox/stand-in.ts'
import type { Deliverer } from './deliver.ts'
import { dropRule, type FrequencyInput, frequencyRules, heldBack, putRule } from './frequency-store.ts'
import type { Intent } from './model.ts'

let lab: SendLab
let deliverer: Deliverer
beforeAll(async () => {
  lab = await openSendLab()
  deliverer = await lab.deliverer()
})
afterAll(() => lab.close())
beforeEach(async () => {
  for (const r of (await frequencyRules(lab.core.pool, [lab.workspace])).get(lab.workspace) ?? [])
    await dropRule(lab.core.pool, lab.workspace, r.id)
})

const allow = (max: number, more: Partial<FrequencyInput> = {}): Promise<Uuid> =>
  putRule(
    lab.core.pool,
    lab.workspace,
    null,
    { segment: null, channel: null, max, per: 'days', days: 7, ...more },
    0,
    'test',
  )
let numbers = 100
async function segment(name: string): Promise<{ id: Uuid; n: number }> {
  const id = newId()
  const n = numbers++
  await lab.core.pool.query(
    `insert into segment (id, workspace_id, n, name, kind, status, draft, created_by, created_at, updated_by, updated_at)
     values ($1, $2, $3, $4, 'static', 'live', '{}', 'x', now(), 'x', now())`,
    [id, lab.workspace, n, name],
  )
  return { id, n }
}
async function change(person: Person, seg: [number, number, number][]): Promise<void> {
  await lab.core.pool.query('update customer set state = $3 where bucket = $1 and id = $2', [
    bucketOf(person.id),
    person.id,
    JSON.stringify({ ...person.state, seg }),
  ])
}
const rest = async () => {
  while (await deliverer.tick());
}
type End = { customer: Uuid; channel: string; end: string; rule: Uuid | null }
const ends = async (made: Intent[]): Promise<End[]> =>
  (
    await lab.core.pool.query<End>(
      `select customer_id as customer, channel, concat_ws(' ', state, reason) as end, held_by as rule from message where id = any($1::uuid[])`,
      [made.map(m => m.id)],
    )
  ).rows
const tally = (list: End[]): Record<string, number> => {
  const sums: Record<string, number> = {}
  for (const { end } of list) sums[end] = (sums[end] ?? 0) + 1
  return sums
}
const send = async (person: Person, n = 1, more: Partial<Intent> = {}): Promise<Record<string, number>> => {
  const made = await Promise.all(
    Array.from({ length: n }, (_, i) => lab.intend(person, lineText(`a${i}`), more)),
  )
  await over(made)
  return tally(await ends(made))
}
/** All have an end: those of one person in one round wait for each other. */
async function over(made: Intent[]): Promise<void> {
  await expect
    .poll(
      async () => {
        await rest()
        return (await ends(made)).filter(e => /^(intended|claimed|sending)/.test(e.end)).length
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBe(0)
}

test('four processes at once: each person gets as many as the strictest rule of theirs lets, and the rest names it', async () => {
  const tired = await segment('疲勞')
  const all = await allow(3)
  const few = await allow(1, { segment: tired.id })
  const people = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      lab.person(s => {
        if (i % 2 === 1) s.seg = [[tired.n, 1, Date.now()]]
      }),
    ),
  )
  const made: Intent[] = []
  for (let round = 0; round < 15; round++)
    made.push(
      ...(await Promise.all(
        people.map(p =>
          lab.intend(p, round % 3 === 0 ? mail(`r${round}`, '<p>x</p>') : lineText(`r${round}`)),
        ),
      )),
    )
  const notices = await Promise.all(
    people.map(p => lab.intend(p, lineText('訂單'), { purpose: 'transactional' })),
  )
  const workers = await Promise.all(
    [1, 2, 3, 4].map(() =>
      startVictim(lab.core, 'deliver', null, { PUBLIC_URL: lab.core.baseUrl, ALLOW_PRIVATE_URLS: '1' }),
    ),
  )
  await expect
    .poll(
      async () =>
        (await ends([...made, ...notices])).filter(e => /^(intended|claimed|sending)/.test(e.end)).length,
      { timeout: 60_000, interval: 200 },
    )
    .toBe(0)
  for (const w of workers) w.kill()
  await Promise.all(workers.map(w => w.ended))
  const told = await ends(made)
  for (const [i, p] of people.entries()) {
    const own = told.filter(e => e.customer === p.id)
    const most = i % 2 === 1 ? 1 : 3
    expect([i, tally(own)]).toEqual([i, { accepted: most, 'skipped frequency': 15 - most }])
    const rules = new Set(own.flatMap(e => e.rule ?? []))
    expect([i, [...rules]]).toEqual([i, [i % 2 === 1 ? few : all]])
  }
  expect(tally(await ends(notices))).toEqual({ accepted: 12 })
  expect(Object.fromEntries(await heldBack(lab.core.pool, lab.workspace, Date.now() - 60_000))).toEqual({
    [all]: 6 * 12,
    [few]: 6 * 14,
  })
}, 120_000)

test('two of one person at the same moment by different deliverers: one waits for the other, and both count', async () => {
  await allow(3)
  const people = await Promise.all([1, 2, 3].map(() => lab.person()))
  const made = (
    await Promise.all(
      people.flatMap(p => Array.from({ length: 30 }, (_, i) => lab.intend(p, mail(`m${i}`, '<p>x</p>')))),
    )
  ).flat()
  const many = await Promise.all(Array.from({ length: 10 }, () => lab.deliverer({ batch: 1 })))
  for (let round = 0; round < 12; round++) await Promise.all(many.map(d => d.tick()))
  await over(made)
  for (const p of people)
    expect(tally((await ends(made)).filter(e => e.customer === p.id))).toEqual({
      accepted: 3,
      'skipped frequency': 27,
    })
})

test('who joins the segment is held by what they were sent before; who leaves is not held', async () => {
  const { id, n } = await segment('新客')
  await allow(2, { segment: id, channel: 'line' })
  const person = await lab.person()
  expect(await send(person, 3)).toEqual({ accepted: 3 })
  await change(person, [[n, 1, Date.now()]])
  const made = [await lab.intend(person, lineText('b')), await lab.intend(person, mail('c', '<p>c</p>'))]
  await over(made)
  expect((await ends(made)).map(e => `${e.channel} ${e.end}`).sort()).toEqual([
    'email accepted',
    'line skipped frequency',
  ])
  const [held] = await lab.outcomes(made[0]!.id)
  expect(held).toMatchObject({
    state: 'skipped',
    reason: 'frequency',
    detail: { rule: expect.stringMatching(/^frq_/) },
  })
  await change(person, [])
  expect(await send(person)).toEqual({ accepted: 1 })
})

test('several of one person in one round: exactly as many as are left, by one process, too', async () => {
  await allow(2)
  const person = await lab.person()
  expect(await send(person, 5)).toEqual({ accepted: 2, 'skipped frequency': 3 })
})

test('what did not go out does not count; what a merged person was sent does', async () => {
  await allow(1)
  const person = await lab.person()
  await lab.core.pool.query('delete from sandbox_contact where address = $1', [person.line])
  expect(await send(person)).toEqual({ 'failed bad_recipient': 1 })
  const made = [await lab.intend(person, mail('x', '<p>x</p>'))]
  await over(made)
  expect(tally(await ends(made))).toEqual({ accepted: 1 })
  const survivor = await lab.person(s => {
    s.absorbed = [person.id]
  })
  expect(await send(survivor)).toEqual({ 'skipped frequency': 1 })
})

test('a try that the provider sent back keeps its place, and the window moves with the clock', async () => {
  await allow(1, { per: 'days', days: 1 })
  const person = await lab.person()
  // its next try is due by the real clock: it fails, too, until it is to get through
  const fails = (times: number) =>
    setStandInFault(lab.core.pool, lab.workspace, { adapter: 'line', kind: 'error_500', times })
  await fails(100)
  const first = await lab.intend(person, lineText('a'))
  await rest()
  expect(tally(await ends([first]))).toEqual({ 'intended retry': 1 })
  expect(await send(person)).toEqual({ 'skipped frequency': 1 })
  await fails(0)
  await lab.core.pool.query('update message set send_after = now() where id = $1', [first.id])
  await over([first])
  expect(tally(await ends([first]))).toEqual({ accepted: 1 })
  await lab.core.pool.query('update workspace set clock_offset_ms = $2 where id = $1', [
    lab.workspace,
    86_400_000 + 1_000,
  ])
  expect(await send(person)).toEqual({ accepted: 1 })
  await lab.core.pool.query('update workspace set clock_offset_ms = 0 where id = $1', [lab.workspace])
})
