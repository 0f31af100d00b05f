// hard problem 1: a deliver process is killed at named points, again and again. FULL=1: 200 times.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seeded, startVictim } from '../../test/kill.ts'
import { lineText, mail, openSendLab, type SendLab } from '../../test/send-lab.ts'
import { adapterNamed } from '../channels/register.ts'
import type { Uuid } from '../platform/ids.ts'
import type { MailToCustomer } from '../sandbox/stand-in.ts'

const KILLS = process.env.FULL === '1' ? 200 : 24
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
const EACH = 5 // messages of each channel in a round
/** Named point, and how many times it is surely reached in a round. */
const POINTS: [string, number][] = [
  ['deliver.claimed', 1],
  ['deliver.before_socket', 2 * EACH],
  ['deliver.after_socket_write', 2 * EACH],
  ['deliver.before_record', 2 * EACH],
  ['deliver.before_commit', 1],
  ['deliver.recorded', 2 * EACH],
  ['deliver.batch_answered', 1],
]
const batches = adapterNamed('line')?.batch !== undefined

let lab: SendLab
beforeAll(async () => {
  lab = await openSendLab()
})
afterAll(() => lab.close())

test(`hard problem 1: ${KILLS} kills of the deliver process, seed ${SEED}: the sink holds what is accepted or unknown, LINE nothing twice`, {
  timeout: KILLS * 15_000,
}, async () => {
  const random = seeded(SEED)
  const deliverer = await lab.deliverer()
  const made: { id: Uuid; channel: string; address: string }[] = []
  const points = POINTS.filter(([point]) => batches || point !== 'deliver.batch_answered')
  for (let kill = 0; kill < KILLS; kill++) {
    const [point, most] = points[kill % points.length]!
    // in every second round all LINE messages say the same, so that they go in one request
    const same = point === 'deliver.batch_answered' || random() < 0.5
    const nth = 1 + Math.floor(random() * (batches && same && most > 1 ? EACH : most))
    for (let i = 0; i < EACH; i++) {
      const p = await lab.person()
      for (const content of [lineText(same ? 'x' : `x${made.length}`), mail('x', '<p>x</p>')]) {
        const m = await lab.intend(p, content)
        made.push({ id: m.id, channel: m.channel, address: m.channel === 'line' ? p.line : p.email })
      }
    }
    const victim = await startVictim(lab.core, 'deliver', `${point}:${nth}`, { PUBLIC_URL: lab.core.baseUrl })
    const ended = await victim.ended
    expect([kill, ended.point, ended.signal]).toEqual([kill, point, 'SIGKILL'])
    await lab.expireAll()
    for (let busy = true; busy; ) {
      busy = await deliverer.tick()
      await lab.hurry()
    }
  }
  const { rows } = await lab.core.pool.query<{ id: Uuid; state: string; channel: string }>(
    'select id, state, channel from message where workspace_id = $1',
    [lab.workspace],
  )
  const state = new Map(rows.map(r => [r.id, r.state]))
  const of = (channel: string, ...states: string[]) =>
    rows.filter(r => r.channel === channel && states.includes(r.state)).map(r => r.id)

  // LINE: every intent is accepted in the end, and the phone saw each exactly once
  const phones = await lab.core.pool.query<{ address: string }>(
    `select address from sandbox_message where workspace_id = $1 and channel = 'line' and direction = 'to_customer'`,
    [lab.workspace],
  )
  expect(of('line', 'accepted').sort()).toEqual(
    made
      .filter(m => m.channel === 'line')
      .map(m => m.id)
      .sort(),
  )
  // each of these messages has a person of its own
  expect(phones.rows.map(r => r.address).sort()).toEqual(
    made
      .filter(m => m.channel === 'line')
      .map(m => m.address)
      .sort(),
  )

  // email: at most once; what arrived is accepted or unknown, what is accepted arrived
  const arrived = (await lab.sink<MailToCustomer>('email')).map(m => m.messageId.slice(1, 37))
  expect(new Set(arrived).size).toBe(arrived.length)
  expect(of('email', 'accepted', 'unknown')).toHaveLength(made.length / 2)
  expect(arrived.filter(id => !['accepted', 'unknown'].includes(state.get(id)!))).toEqual([])
  expect(of('email', 'accepted').filter(id => !arrived.includes(id))).toEqual([])

  // each intent has one first end, and it is the one the ledger says or the unknown it was settled from
  const firstEnds = new Map<Uuid, string[]>()
  for (const o of await lab.outcomes())
    if (o.outcome) firstEnds.set(o.message, [...(firstEnds.get(o.message) ?? []), o.outcome])
  for (const m of made) {
    const ends = firstEnds.get(m.id) ?? []
    expect([m, ends.length]).toEqual([m, 1])
    expect(ends[0] === state.get(m.id) || ends[0] === 'unknown').toBe(true)
  }
  const unknown = of('email', 'unknown')
  console.log(
    `${KILLS} kills, seed ${SEED}: ${made.length} intents; LINE ${phones.rows.length} seen once each${batches ? ', alone and in batches' : ''}; email ${arrived.length} arrived, ${unknown.length} unknown of which ${unknown.filter(id => arrived.includes(id)).length} arrived`,
  )
})
