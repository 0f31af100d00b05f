// After an erasure: its certificate can be checked, the person may come back and agree to be written to again. And a report
// that one answer cannot hold comes in parts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShopLab, sendOn, type ShopLab } from '../../test/shop-lab.ts'
import { bucketOf } from '../platform/ids.ts'
import { idOr404 } from '../platform/public-id.ts'
import { openEraser } from './worker.ts'

const EMAIL = 'back.again@example.com'
let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
  await lab.publish(
    sendOn('Written To', { channel: 'email', subject: '您好', html: '<p>{{ customer.email }}</p>' }),
  )
}, 180_000)
afterAll(() => lab.close())

const find = async (q: string): Promise<string> =>
  ((await lab.call('customers', { query: { q } })).body.items as { id: string }[])[0]!.id

/** Comes with consent, and is written to. */
async function come(userId: string): Promise<string> {
  await lab.batch([
    { type: 'identify', userId, traits: { email: EMAIL } },
    {
      type: 'track',
      event: 'consent.granted',
      userId,
      properties: { channel: 'email', purpose: 'marketing' },
    },
  ])
  await lab.settle()
  return find(userId)
}
async function write(userId: string): Promise<(string | null)[][]> {
  await lab.batch([{ type: 'track', event: 'Written To', userId }])
  await lab.settle()
  const { body } = await lab.call('messages', { query: { customer: await find(userId) } })
  return (body.items as { state: string; reason: string | null }[]).map(m => [m.state, m.reason])
}
const reach = async (customer: string) =>
  (
    (await lab.call('customer', { params: { customer } })).body.reachability as {
      channel: string
      reason: string | null
      suppressed: string | null
    }[]
  ).find(r => r.channel === 'email')

test('R3-10 a certificate is checked by its seal; who was erased comes back, agrees, and is written to again', {
  timeout: 90_000,
}, async () => {
  const customer = await come('GONE-0001')
  await lab.call('requestErasure', {
    params: { customer },
    body: { confirm: 'GONE-0001', reason: 'asked by letter' },
  })
  expect(await openEraser(lab.core, { settleMs: 0 }).tick()).toBe(true)
  const { body: list } = await lab.call('erasures')
  const [erasure] = list.items as { certificate: Record<string, unknown> }[]
  const check = async (certificate: unknown, identifier?: { kind: string; value: string }) =>
    (await lab.call('checkCertificate', { body: { certificate, identifier } })).body
  const { certificate } = erasure!
  expect(await check(certificate)).toEqual({ genuine: true, about: null })
  expect(await check(certificate, { kind: 'email', value: EMAIL })).toEqual({ genuine: true, about: true })
  expect(await check(certificate, { kind: 'email', value: 'somebody@example.com' })).toMatchObject({
    about: false,
  })
  const forged = { ...certificate, reason: 'another one' }
  expect(await check(forged, { kind: 'email', value: EMAIL })).toEqual({ genuine: false, about: false })

  const back = await come('BACK-0002')
  expect(back).not.toBe(customer)
  expect(await reach(back)).toMatchObject({ reason: 'suppressed', suppressed: 'erasure' })
  expect(await write('BACK-0002')).toEqual([['skipped', 'suppressed']])

  const lift = (body: object, as?: Parameters<typeof lab.call>[2]) =>
    lab.call('liftErasureSuppression', { params: { customer: back }, body }, as)
  const proof = { text: '本人於門市簽署，同意接收電子報', at: '2026-11-20T03:00:00Z' }
  expect((await lift({ channel: 'email', proof: {} })).status).toBe(400)
  expect((await lift({ channel: 'sms', proof })).body.code).toBe('not_hidden')
  expect((await lift({ channel: 'email', proof }, await lab.member('marketer'))).status).toBe(403)
  expect(await reach(back)).toMatchObject({ reason: 'suppressed' })

  let answered: Awaited<ReturnType<typeof lift>> | null = null
  const asked = lift({ channel: 'email', proof }).then(answer => (answered = answer))
  while (answered === null) await lab.settle()
  expect(await asked).toMatchObject({ status: 200, body: { ok: true } })
  expect(await reach(back)).toMatchObject({ reason: null, suppressed: null })
  expect(await write('BACK-0002')).toContainEqual(['accepted', null])
  const proofs = (await lab.call('consentProofs', { params: { customer: back } })).body.items
  expect(proofs).toContainEqual(expect.objectContaining({ channel: 'email', on: true, proof }))
  const { rows } = await lab.core.pool.query(
    `select target, detail from audit where workspace_id = $1 and action = 'liftErasureSuppression'`,
    [lab.workspace],
  )
  expect(rows).toEqual([{ target: back, detail: { channel: 'email' } }])
  expect((await lift({ channel: 'email', proof })).body.code).toBe('not_hidden')
})

type Row = Record<string, unknown>
type Part = {
  part: number
  more: string[]
  next: string | null
  html: string
  json: { places: Record<string, Row[]> }
}
const ask = async (customer: string, next?: string) =>
  (
    await lab.call('accessReport', {
      params: { customer },
      ...(next !== undefined && { query: { next } }),
    })
  ).body as unknown as Part

test('R3-10 a report with more than 50,000 rows of one kind says so and comes in parts, each row once', {
  timeout: 90_000,
}, async () => {
  await lab.batch([{ type: 'identify', userId: 'MANY-0001', traits: { email: 'many@example.com' } }])
  await lab.settle()
  const customer = await find('MANY-0001')
  await lab.core.pool.query(
    `insert into audit (id, workspace_id, at, actor, action, kind, target, detail)
     select gen_random_uuid(), $1, clock_timestamp(), 'usr_x', 'customer', 'saw', $2, '{}' from generate_series(1, 50123)`,
    [lab.workspace, customer],
  )
  const first = await ask(customer)
  expect([first.part, first.more, first.json.places.audit!.length]).toEqual([0, ['audit'], 50_000])
  expect(first.html).toContain('the next part holds more of audit')
  const second = await ask(customer, first.next!)
  expect([second.part, second.more, second.next]).toEqual([1, [], null])
  // the first report is itself a line of the audit, which may or may not be behind where its part ended
  expect([123, 124]).toContain(second.json.places.audit!.length)
  expect(Object.keys(second.json.places)).toEqual(['audit'])
})

test('R3-10 parts end exactly: rows of one instant, rows rewritten and rows that come between two parts; a mark is of one report', {
  timeout: 120_000,
}, async () => {
  await lab.batch([
    { type: 'identify', userId: 'MANY-0002', traits: { email: 'many2@example.com' } },
    { type: 'identify', userId: 'MANY-0003', traits: { email: 'many3@example.com' } },
  ])
  await lab.settle()
  const customer = await find('MANY-0002')
  const id = idOr404('cus', customer)
  const bucket = bucketOf(id)
  const at = '2026-03-01T00:00:00.123456Z'
  const prove = (from: number, to: number, when = at) =>
    lab.core.pool.query(
      `insert into consent_proof (bucket, workspace_id, customer_id, key, channel, purpose, granted, at, source, proof)
       select $1, $2, $3, gen_random_uuid(), 'email', 'marketing', true, $4, 'n' || n, null from generate_series($5::int, $6::int) n`,
      [bucket, lab.workspace, id, when, from, to],
    )
  const happen = (name: string, from: number, to: number) =>
    lab.core.history.command({
      query: `insert into event (workspace_id, customer_id, bucket, seq, line, part, kind, name, occurred, received, folded, message_id, props)
        select '${lab.workspace}', '${id}', ${bucket}, number + ${from}, 0, 0, 'event', '${name}',
               toDateTime64('2026-03-01 00:00:00.123', 3, 'UTC'), toDateTime64('2026-03-01 00:00:00.123', 3, 'UTC'), toDateTime64('2026-03-01 00:00:00.123', 3, 'UTC'),
               concat('m', toString(number + ${from})), '{}' from numbers(${to - from + 1})`,
    })
  const LOTS = 100_020
  await prove(1, LOTS)
  await happen('Of One Instant', 1_000_001, 1_000_000 + LOTS)

  const parts = [await ask(customer)]
  expect(parts[0]!.more.toSorted()).toEqual(['consent_proof', 'history.event'])
  for (let next = parts[0]!.next; next !== null; next = parts.at(-1)!.next) {
    // rows of the parts before and of those to come are written again elsewhere, and others come before and behind the boundary
    const k = parts.length
    await lab.core.pool.query(
      `update consent_proof set proof = 'again' where bucket = $1 and customer_id = $2 and source like $3`,
      [bucket, id, `n%${k}`],
    )
    await prove(1_000_000 * k, 1_000_000 * k + 40, '2020-01-01T00:00:00Z')
    await happen('An Earlier Name', 3_000_000 + k * 1_000, 3_000_040 + k * 1_000)
    await happen('Of One Instant', 2_000_000 + k * 1_000, 2_000_040 + k * 1_000)
    if (k === 1) await lab.core.history.command({ query: 'optimize table event final' })
    parts.push(await ask(customer, next))
  }
  expect(parts.map(p => p.part)).toEqual([0, 1, 2])
  const seen = (place: string, name: string) =>
    parts.flatMap(p => p.json.places[place] ?? []).map(row => String(row[name]))
  const proofs = seen('consent_proof', 'source')
  expect(new Set(proofs).size).toBe(proofs.length)
  expect(proofs.filter(s => Number(s.slice(1)) <= LOTS)).toHaveLength(LOTS)
  const events = seen('history.event', 'message_id').filter(m => /^m\d{7}$/.test(m))
  expect(new Set(events).size).toBe(events.length)
  expect(events.filter(m => m < 'm2')).toHaveLength(LOTS)
  // what stood whole in the first part is in no other
  expect(
    parts
      .slice(1)
      .flatMap(p => Object.keys(p.json.places))
      .toSorted(),
  ).toEqual(['consent_proof', 'consent_proof', 'history.event', 'history.event'])
  // a mark names nobody, and asks for no other report
  expect(Buffer.from(parts[0]!.next!, 'base64url').toString('latin1')).not.toContain(id)
  const other = await lab.call('accessReport', {
    params: { customer: await find('MANY-0003') },
    query: { next: parts[0]!.next! },
  })
  expect([other.status, other.body.code, other.body.path]).toEqual([400, 'bad_cursor', 'next'])
  expect((await lab.call('accessReport', { params: { customer }, query: { next: 'AQID' } })).status).toBe(400)
})
