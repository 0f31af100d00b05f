// After an erasure: its certificate can be checked, the person may come back and agree to be written to again. And a report
// that one answer cannot hold comes in parts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShopLab, sendOn, type ShopLab } from '../../test/shop-lab.ts'
import { openEraser } from './worker.ts'

const EMAIL = 'back.again@example.com'
let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
  await lab.publish(
    sendOn('Written To', { channel: 'email', subject: '您好', html: '<p>{{ customer.email }}</p>' }),
  )
}, 60_000)
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
  type Part = { part: number; more: string[]; html: string; json: { places: Record<string, unknown[]> } }
  const ask = async (part?: string) =>
    (
      await lab.call('accessReport', {
        params: { customer },
        ...(part !== undefined && { query: { part } }),
      })
    ).body as unknown as Part
  const first = await ask()
  expect([first.part, first.more, first.json.places.audit!.length]).toEqual([0, ['audit'], 50_000])
  expect(first.html).toContain('the next part holds more of audit')
  const second = await ask('1')
  expect([second.part, second.more]).toEqual([1, []])
  // the first report is itself a line of the audit
  expect(second.json.places.audit).toHaveLength(124)
  expect(second.json.places.customer).toBeUndefined()
})
