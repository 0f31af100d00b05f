// Limits shared between people, taken when a message is let out: real engines, real processes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startVictim, type Victim } from '../../test/kill.ts'
import { lineText, openSendLab, type Person, type SendLab } from '../../test/send-lab.ts'
import { bucketOf, deriveId, newId, publicId, type Uuid } from '../platform/ids.ts'
import type { Deliverer } from './deliver.ts'
import type { Intent, Limit } from './model.ts'

let lab: SendLab
let deliverer: Deliverer
let people: Person[]
beforeAll(async () => {
  lab = await openSendLab()
  deliverer = await lab.deliverer()
  people = await Promise.all(Array.from({ length: 30 }, () => lab.person()))
})
afterAll(() => lab.close())

async function settings(more: Record<string, string>): Promise<Uuid> {
  const { rows } = await lab.core.pool.query<{ id: Uuid }>(
    `update channel_account set settings = settings || $2 where workspace_id = $1 and channel = 'line' returning id`,
    [lab.workspace, JSON.stringify(more)],
  )
  return rows[0]!.id
}
const used = async (key: string): Promise<number[]> =>
  (
    await lab.core.pool.query<{ used: number }>(
      'select used from limit_count where workspace_id = $1 and key = $2 order by window_start',
      [lab.workspace, key],
    )
  ).rows.map(r => r.used)
/** How those messages ended: `state reason` to how many. */
async function ends(made: Intent[]): Promise<Record<string, number>> {
  const { rows } = await lab.core.pool.query<{ end: string; n: number }>(
    `select concat_ws(' ', state, reason) as end, count(*)::int as n from message where id = any($1::uuid[]) group by 1`,
    [made.map(m => m.id)],
  )
  return Object.fromEntries(rows.map(r => [r.end, r.n]))
}
const rest = async () => {
  while (await deliverer.tick());
}
let tickets = 0
const ticket = (person: Person, limits: Limit[], more: Partial<Intent> = {}): Promise<Intent> =>
  lab.intend(person, { channel: 'ticket' } as never, {
    id: deriveId(bucketOf(person.id), person.id, 'ticket', ++tickets),
    purpose: 'transactional',
    limits,
    ...more,
  })

test('hard problem 14: 1,000 claims on a quota of 100 by four processes: 100 accepted, 900 skipped(quota)', async () => {
  const account = await settings({ monthlyQuota: '100' })
  const made: Intent[] = []
  for (let i = 0; i < 1_000; i += 50)
    made.push(
      ...(await Promise.all(
        Array.from({ length: 50 }, (_, k) => lab.intend(people[(i + k) % people.length]!, lineText('特賣'))),
      )),
    )
  const workers: Victim[] = await Promise.all(
    [1, 2, 3, 4].map(() =>
      startVictim(lab.core, 'deliver', null, { PUBLIC_URL: lab.core.baseUrl, ALLOW_PRIVATE_URLS: '1' }),
    ),
  )
  await expect
    .poll(
      async () =>
        (await ends(made)).intended ?? (await ends(made)).claimed ?? (await ends(made)).sending ?? 0,
      {
        timeout: 60_000,
        interval: 200,
      },
    )
    .toBe(0)
  for (const w of workers) w.kill()
  await Promise.all(workers.map(w => w.ended))
  expect(await ends(made)).toEqual({ accepted: 100, 'skipped quota': 900 })
  expect(await lab.sink('line')).toHaveLength(100)
  expect(await used(`quota:${account}`)).toEqual([100])
  const { rows } = await lab.core.pool.query<{ n: number }>(
    `select count(*)::int as n from inbox where workspace_id = $1 and kind = 'outcome'`,
    [lab.workspace],
  )
  expect(rows).toEqual([{ n: 1_000 }])
}, 180_000)

test('a larger quota counts at once; what was refused by the provider is given back', async () => {
  const account = await settings({ monthlyQuota: '103' })
  const gone = await lab.person()
  await lab.core.pool.query(`delete from sandbox_contact where address = $1`, [gone.line])
  const made = await Promise.all([gone, ...people.slice(0, 4)].map(p => lab.intend(p, lineText('a'))))
  await rest()
  await rest()
  const told = await ends(made)
  expect(told.accepted).toBeLessThanOrEqual(3)
  expect(await used(`quota:${account}`)).toEqual([100 + told.accepted!])
  await settings({ monthlyQuota: '' })
  await lab.intend(people[0]!, lineText('b'))
  await rest()
  expect(await used(`quota:${account}`)).toEqual([100 + told.accepted!])
})

test('a budget takes what the account asks for; the cost goes along with the outcome', async () => {
  await settings({ costPerMessage: '0.2' })
  const limits: Limit[] = [{ key: 'budget:j1', max: 1 * 10_000, per: 'month', amount: 'cost', wait: false }]
  const made = await Promise.all(people.slice(0, 8).map(p => lab.intend(p, lineText('a'), { limits })))
  await rest()
  expect(await ends(made)).toEqual({ accepted: 5, 'skipped budget': 3 })
  expect(await used('budget:j1')).toEqual([10_000])
  const told = (await Promise.all(made.map(m => lab.outcomes(m.id)))).flat()
  expect(told.filter(o => o.state === 'accepted').map(o => o.cost)).toEqual([0.2, 0.2, 0.2, 0.2, 0.2])
  await settings({ costPerMessage: '' })
})

test('a ticket needs no account, address or consent; a pool that is empty refuses with cap', async () => {
  const nobody = await lab.person(s => {
    s.ids = []
    s.consent = {}
  })
  const limits: Limit[] = [{ key: 'pool:c1', max: 2, per: 'ever', wait: false }]
  const made = await Promise.all([nobody, nobody, nobody].map(p => ticket(p, limits)))
  await rest()
  expect(await ends(made)).toEqual({ accepted: 2, 'skipped cap': 1 })
  // an end taken back gives its place to the next
  await lab.core.pool.query(
    `update message set state = 'skipped', reason = 'exited' where id = (select id from message where id = any($1::uuid[]) and state = 'accepted' limit 1)`,
    [made.map(m => m.id)],
  )
  await rest()
  expect(await used('pool:c1')).toEqual([1])
  const more = await ticket(nobody, limits)
  await rest()
  expect(await ends([more])).toEqual({ accepted: 1 })
})

test('a throttle keeps a place for whoever waits, in order, spread over the window', async () => {
  const limits: Limit[] = [{ key: 'throttle:n', max: 4, per: 'hour', wait: true }]
  const hour = 3_600_000
  const setOffset = (ms: number) =>
    lab.core.pool.query(`update workspace set clock_offset_ms = $2 where id = $1`, [lab.workspace, ms])
  // ten minutes past the hour, whatever the hour is
  const before = Date.now()
  const offset = 600_000 - (before % hour) + hour
  await setOffset(offset)
  const next = before + offset - 600_000 + hour
  const made: Intent[] = []
  for (const p of people.slice(0, 10)) made.push(await ticket(p, limits))
  await rest()
  expect(await ends(made)).toEqual({ accepted: 4, intended: 6 })
  const rows = await Promise.all(made.map(m => lab.row(m.id)))
  const minutes = (r: { send_after: Date }) => Math.round((r.send_after.getTime() + offset - next) / 60_000)
  const waits = rows.filter(r => r.state === 'intended').map(minutes)
  expect(waits.sort((a, b) => a - b)).toEqual([0, 15, 30, 45, 60, 75])
  // whoever asks now comes behind them
  const late = await ticket(people[11]!, limits)
  await rest()
  expect(minutes(await lab.row(late.id))).toBe(90)
  expect(await used('throttle:n')).toEqual([4, 4, 3])
  // an hour later the first four have passed
  const later = next + hour - 60_000 - Date.now()
  await setOffset(later)
  await lab.core.pool.query(
    `update message set send_after = send_after - make_interval(secs => $2::float8 / 1000) where workspace_id = $1 and state = 'intended'`,
    [lab.workspace, later - offset],
  )
  await rest()
  expect(await ends([...made, late])).toEqual({ accepted: 8, intended: 3 })
  expect(await used('throttle:n')).toEqual([4, 4, 3])
})

test('R2-12 the last of a quota is kept for a segment: four processes, others are refused once only the reserve is left', async () => {
  const id = newId()
  await lab.core.pool.query(
    `insert into segment (id, workspace_id, n, name, kind, status, draft, created_by, created_at, updated_by, updated_at)
     values ($1, $2, 77, 'VIP', 'static', 'live', '{}', 'x', now(), 'x', now())`,
    [id, lab.workspace],
  )
  const vip = await lab.person(s => {
    s.seg = [[77, 1, Date.now()]]
  })
  const account = await settings({
    monthlyQuota: '160',
    quotaReserve: '20',
    quotaReserveFor: publicId('seg', id),
  })
  const [before = 0] = await used(`quota:${account}`)
  const left = 160 - before
  const others: Intent[] = []
  for (let i = 0; i < 150; i++) others.push(await lab.intend(people[i % people.length]!, lineText('一般')))
  const workers: Victim[] = await Promise.all(
    [1, 2, 3, 4].map(() =>
      startVictim(lab.core, 'deliver', null, { PUBLIC_URL: lab.core.baseUrl, ALLOW_PRIVATE_URLS: '1' }),
    ),
  )
  const over = async (made: Intent[]) =>
    expect
      .poll(
        async () => {
          const { accepted = 0, 'skipped quota': refused = 0 } = await ends(made)
          return accepted + refused
        },
        { timeout: 60_000, interval: 200 },
      )
      .toBe(made.length)
  await over(others)
  expect(await ends(others)).toEqual({ accepted: left - 20, 'skipped quota': 150 - (left - 20) })
  const favoured: Intent[] = []
  for (let i = 0; i < 25; i++) favoured.push(await lab.intend(vip, lineText('貴賓')))
  await over(favoured)
  for (const w of workers) w.kill()
  await Promise.all(workers.map(w => w.ended))
  expect(await ends(favoured)).toEqual({ accepted: 20, 'skipped quota': 5 })
  expect(await used(`quota:${account}`)).toEqual([160])
  await settings({ monthlyQuota: '', quotaReserve: '', quotaReserveFor: '' })
}, 120_000)
