// A person who is everywhere asks to be forgotten; afterwards nothing that can be searched knows them, and replay still
// equals state. The search here is the test's own: every table as text, every journal body, every ClickHouse table, files.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace } from '../../test/harness.ts'
import { callApi } from '../../test/http-client.ts'
import { openShopLab, sendOn, type ShopLab } from '../../test/shop-lab.ts'
import { whileSettling } from '../../test/while-settling.ts'
import { unpackJournalText } from '../inbox/journal.ts'
import { verifyAll } from '../inbox/verify.ts'
import { findCustomer } from '../customers/store.ts'
import { parseId, publicId } from '../platform/ids.ts'
import { erasePerson } from './erase.ts'
import { gatherPerson } from './person.ts'
import { openEraser } from './worker.ts'

const NAME = '諸葛測試亮'
const EMAIL = 'forget.me@example.com'
const PHONE = '+886987654321'
const UID = 'Ufedcba9876543210fedcba9876543210'
const ANON = 'browser-of-the-forgotten-1'
const MEMBER = 'FORGET-0001'
const LATER = 'browser-of-the-forgotten-2'
const EVERYTHING = [NAME, EMAIL, '987654321', '0987-654-321', UID, ANON, MEMBER]
const OTHER = { userId: 'STAYS-0002', name: '趙子龍', email: 'stays@example.com' }

let lab: ShopLab
let params: { customer: string }
beforeAll(async () => {
  lab = await openShopLab()
  await comeAndBuy()
  params = { customer: (await find(EMAIL))[0]! }
  await lab.call('customerCommand', {
    params,
    body: { do: 'set_traits', traits: { vip_note: `打給 ${PHONE}` } },
  })
  await lab.settle()
}, 180_000)
afterAll(() => lab.close())

/** Every place in which one of the texts can be read. */
async function whoKnows(texts: string[]): Promise<string[]> {
  const { core } = lab
  const found: string[] = []
  const look = (place: string, text: string) => {
    for (const t of texts) if (text.toLowerCase().includes(t.toLowerCase())) found.push(`${place}: ${t}`)
  }
  const { rows: tables } = await core.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  for (const { name } of tables) {
    const { rows } = await core.pool.query<{ t: string }>(`select t::text as t from "${name}" t`)
    for (const row of rows) look(`postgres.${name}`, row.t)
  }
  const { rows: journal } = await core.pool.query<{ body: Buffer }>('select body from journal')
  for (const row of journal) look('journal', unpackJournalText(row.body))
  const history = await (
    await core.history.query({
      query: 'select name from system.tables where database = currentDatabase()',
      format: 'JSONEachRow',
    })
  ).json<{ name: string }>()
  for (const { name } of history) {
    const answer = await core.history.query({ query: `select * from ${name}`, format: 'JSONEachRow' })
    look(`clickhouse.${name}`, await answer.text())
  }
  for (const file of readdirSync(core.config.dataDir, { recursive: true, withFileTypes: true }))
    if (file.isFile()) look(`file ${file.name}`, readFileSync(join(file.parentPath, file.name), 'utf8'))
  return [...new Set(found)]
}

const find = async (q: string): Promise<string[]> =>
  ((await lab.call('customers', { query: { q } })).body.items as { id: string }[]).map(c => c.id)

const faults = async () => (await verifyAll(lab.core)).checks.flatMap(c => c.faults)

const track = (event: string, properties: object, who: object = { userId: MEMBER }) => ({
  type: 'track',
  event,
  properties,
  ...who,
})

/** The person, in every store, and somebody else who sat at the same browser. */
async function comeAndBuy(): Promise<void> {
  await lab.publish(
    sendOn('Greeted', { channel: 'line', messages: [{ type: 'text', text: '{{ customer.name }} 您好' }] }),
  )
  await lab.publish(
    sendOn('Written To', {
      channel: 'email',
      subject: '{{ customer.name }} 您好',
      html: '<p>{{ customer.email }}</p>',
    }),
  )
  await lab.call('sandboxAct', { body: { channel: 'line', address: UID, act: 'follow', name: NAME } })
  await lab.call('sandboxAct', { body: { channel: 'line', address: UID, act: 'text', text: `我是${NAME}` } })
  await lab.settle()
  // a visitor, who becomes a member, who turns out to be the LINE friend: three customers in one
  await lab.batch([track('Product Viewed', { product_id: 'P1' }, { anonymousId: ANON })], lab.writeKey)
  await lab.settle()
  await lab.batch([
    {
      type: 'identify',
      userId: MEMBER,
      anonymousId: ANON,
      traits: { name: NAME, email: EMAIL, phone: PHONE },
    },
  ])
  await lab.settle()
  await lab.batch([
    { type: 'identify', userId: MEMBER, traits: { line_uid: UID, note: `常客 ${NAME}` } },
    track('Order Completed', {
      order_id: 'A-1',
      total: 990,
      currency: 'TWD',
      recipient_name: NAME,
      phone: PHONE,
    }),
    track('Order Completed', { order_id: 'A-2', total: 10, currency: 'TWD' }),
    track('Greeted', {}),
    track('Written To', {}),
    {
      type: 'identify',
      userId: OTHER.userId,
      traits: { name: OTHER.name, email: OTHER.email, referred_by: `${NAME} ${EMAIL}` },
    },
    track('Order Completed', { order_id: 'B-1', total: 500, currency: 'TWD' }, { userId: OTHER.userId }),
    { type: 'track', properties: { email: EMAIL }, anonymousId: ANON }, // refused: it has no name
  ])
  await lab.settle()
  // the other one sat at the same browser, and a clerk typed the wrong address for them: both are told apart
  await lab.batch([
    track('Product Viewed', { product_id: 'P2' }, { userId: OTHER.userId, anonymousId: ANON }),
    {
      type: 'track',
      event: 'Called',
      userId: OTHER.userId,
      context: { traits: { email: EMAIL } },
      properties: { asked_for: `${NAME} <${EMAIL.toUpperCase()}> 0987-654-321` },
    },
  ])
  await lab.settle()
}

test('R3-10 access: the report holds this person’s rows of every store, as data and as a page', async () => {
  const report = await lab.call('accessReport', { params })
  expect(report.status).toBe(200)
  const { json, html, rows } = report.body as {
    json: { places: Record<string, unknown[]> }
    html: string
    rows: number
  }
  expect(Object.keys(json.places)).toEqual(
    expect.arrayContaining([
      'customer',
      'identifier',
      'order_entry',
      'message',
      'rejected_event',
      'sandbox_message',
      'history.event',
      'history.customer',
      'audit',
    ]),
  )
  expect(rows).toBe(Object.values(json.places).flat().length)
  const text = JSON.stringify(json)
  for (const known of EVERYTHING.filter(t => t !== '0987-654-321')) expect(text).toContain(known)
  for (const known of [NAME, EMAIL, MEMBER, 'A-1']) expect(html).toContain(known)
  expect(html).not.toContain('<script')
  expect(text).not.toContain('B-1') // somebody else's order
})

test('R3-10 erasure: preview, typed confirmation, certificate; afterwards no store answers to the person', {
  timeout: 120_000,
}, async () => {
  const { core } = lab
  for (const [folder, file] of [
    ['exports', 'customers.csv'],
    ['imports', 'list.csv'],
  ] as const) {
    mkdirSync(join(core.config.dataDir, folder), { recursive: true })
    writeFileSync(join(core.config.dataDir, folder, file), `name,email\n${NAME},${EMAIL}\n`)
  }
  writeFileSync(join(core.config.dataDir, 'imports', 'others.csv'), 'name,email\n')
  expect(await faults()).toEqual([])
  const before = await whoKnows(EVERYTHING)
  for (const place of ['postgres.customer', 'postgres.message', 'postgres.identifier'])
    expect(before.map(b => b.split(':')[0])).toContain(place)
  for (const place of [
    'postgres.rejected_event',
    'postgres.sandbox_message',
    'journal',
    'clickhouse.event',
    'clickhouse.customer',
    'file list.csv',
  ])
    expect(before.map(b => b.split(':')[0])).toContain(place)

  const preview = await lab.call('erasurePreview', { params })
  expect(preview.body).toMatchObject({ confirm: MEMBER })
  expect((preview.body.customers as string[]).length).toBeGreaterThan(1) // the merged ones, too
  const wrong = await lab.call('requestErasure', { params, body: { confirm: 'somebody', reason: 'asked' } })
  expect([wrong.status, wrong.body.code]).toEqual([400, 'not_confirmed'])
  const marketer = await lab.call(
    'requestErasure',
    { params, body: { confirm: MEMBER, reason: 'asked' } },
    await lab.member('marketer'),
  )
  expect(marketer.status).toBe(403)
  const body = { confirm: MEMBER, reason: `${EMAIL} asked us by mail` }
  const asked = await lab.call('requestErasure', { params, body })
  expect(asked.status).toBe(202)
  const twice = await lab.call('requestErasure', { params, body })
  expect(twice.body.id).toBe(asked.body.id)

  // between the request and the work they come in by another way, and are found to be the same
  await lab.batch([
    { type: 'track', event: 'Came Back', anonymousId: LATER },
    { type: 'identify', userId: MEMBER, anonymousId: LATER, traits: { email: 'forget.me.too@example.com' } },
  ])
  await lab.settle()
  const eraser = openEraser(core, { settleMs: 0 })
  expect(await eraser.tick()).toBe(true)
  expect(await eraser.tick()).toBe(false)
  const done = await lab.call('erasure', { params: { erasure: String(asked.body.id) } })
  expect(done.body).toMatchObject({ status: 'done', error: null })
  const certificate = done.body.certificate as {
    erased: { place: string; rows: number }[]
    redacted: { place: string; rows: number }[]
    searched: { tables: number; found: unknown[]; journalRows: number }
    identifiers: { kind: string; hash: string }[]
    seal: string
  }
  expect(certificate.searched.found).toEqual([])
  expect(certificate.searched.tables).toBeGreaterThan(20)
  expect(certificate.searched.journalRows).toBeGreaterThan(0)
  expect(certificate.erased.map(p => p.place)).toEqual(
    expect.arrayContaining([
      'postgres.customer',
      'postgres.identifier',
      'postgres.order_entry',
      'postgres.message',
      'postgres.rejected_event',
      'postgres.sandbox_message',
      'journal',
      'clickhouse.event',
      'clickhouse.customer',
      'files',
    ]),
  )
  expect(certificate.redacted.length).toBeGreaterThan(0)
  expect(certificate.identifiers).toContainEqual({
    kind: 'email',
    hash: core.secrets.sign('erased', `email ${EMAIL}`),
  })

  expect(await whoKnows([...EVERYTHING, LATER, 'forget.me.too@example.com'])).toEqual([])
  expect(readdirSync(join(core.config.dataDir, 'imports'))).toEqual(['others.csv'])
  expect((await lab.call('customer', { params })).status).toBe(404)
  for (const q of [EMAIL, PHONE, MEMBER, NAME]) expect(await find(q)).toEqual([])

  // the others are whole, replay equals state, and life goes on
  expect(await faults()).toEqual([])
  const [other] = await find(OTHER.userId)
  const page = await lab.call('customer', { params: { customer: other! } })
  expect(page.body).toMatchObject({ name: OTHER.name, orders: { count: 1, revenue: 500 } })
  await lab.batch([track('Product Viewed', { product_id: 'P3' }, { userId: OTHER.userId })])
  await lab.settle()
  expect(await faults()).toEqual([])
  const kept = await findCustomer(core.pool, lab.workspace, parseId('cus', other!)!)
  expect(kept?.state.ids.map(i => i.value)).toContain(OTHER.userId)

  // a later import brings the address again, with consent: they are somebody new, and nothing is sent to them
  await lab.batch([
    { type: 'identify', userId: 'NEW-0003', traits: { email: EMAIL, name: 'New' } },
    track('consent.granted', { channel: 'email', purpose: 'marketing' }, { userId: 'NEW-0003' }),
    track('Written To', {}, { userId: 'NEW-0003' }),
  ])
  await lab.settle()
  const [again] = await find(EMAIL)
  expect(again).not.toBe(params.customer)
  const messages = await lab.call('messages', { query: { customer: again! } })
  expect(messages.body.items).toMatchObject([{ state: 'skipped', reason: 'suppressed' }])
  expect(await faults()).toEqual([])
})

test('an erasure that is cut off at any step leaves replay equal to state, and the next attempt finishes it', {
  timeout: 120_000,
}, async () => {
  const { core, workspace } = lab
  await lab.batch([
    { type: 'identify', userId: 'CUT-0001', traits: { email: 'cut@example.com' } },
    track('Order Completed', { order_id: 'C-1', total: 5, currency: 'TWD' }, { userId: 'CUT-0001' }),
    track('Written To', {}, { userId: 'CUT-0001' }),
  ])
  await lab.settle()
  const person = await gatherPerson(core.pool, workspace, parseId('cus', (await find('CUT-0001'))[0]!)!)
  const steps: string[] = []
  const cutAt = (step: string | null) =>
    erasePerson(core, person!, {
      settleMs: 1,
      async onStep(name) {
        if (name === step) throw new Error(`cut off at ${name}`)
        if (step === null && !steps.includes(name)) steps.push(name)
      },
    })
  for (const step of ['journal', 'history', 'check']) {
    await expect(cutAt(step)).rejects.toThrow(`cut off at ${step}`)
    // before the history is erased it still holds rows that the journal no longer has; nothing else may differ
    const wrong = (await faults()).filter(f => !/^bucket \d+: history has/.test(f))
    expect([step, wrong]).toEqual([step, []])
  }
  expect((await cutAt(null)).searched.found).toEqual([])
  expect(steps).toEqual(['state', 'journal', 'texts', 'history', 'files', 'settle', 'check'])
  expect(await whoKnows(['CUT-0001', 'cut@example.com'])).toEqual([])
  expect(await faults()).toEqual([])
})

test('R3-10 who was merged over two others and taken out again is forgotten, also in the row of the one between', {
  timeout: 120_000,
}, async () => {
  const names = ['CHAIN-0001', 'CHAIN-0002', 'CHAIN-0003']
  await lab.batch(names.map(userId => ({ type: 'identify', userId, traits: { city: '臺南' } })))
  await lab.settle()
  const found = await Promise.all(names.map(async member => ({ member, id: (await find(member))[0]! })))
  const [first, between, last] = found.toSorted((x, y) => (x.id < y.id ? -1 : 1))
  // the others have none: they show this one's as long as it is part of them
  await lab.batch([{ type: 'identify', userId: last!.member, traits: { phone: '0912000703' } }])
  await lab.settle()
  const decide = async (name: 'mergeCustomers' | 'unmergeCustomer', customer: string, body: object) => {
    const answer = await whileSettling(lab, lab.call(name, { params: { customer }, body }))
    expect(answer.status).toBeLessThan(300)
    await lab.settle()
  }
  await decide('mergeCustomers', between!.id, { with: last!.id })
  await decide('mergeCustomers', first!.id, { with: between!.id })
  expect(await find(last!.member)).toEqual([first!.id])
  await decide('unmergeCustomer', first!.id, { from: last!.id })
  expect(await find(last!.member)).toEqual([last!.id])
  const asked = await lab.call('requestErasure', {
    params: { customer: last!.id },
    body: { confirm: last!.member, reason: 'asked' },
  })
  expect(asked.status).toBe(202)
  expect(await openEraser(lab.core, { settleMs: 0 }).tick()).toBe(true)
  const done = await lab.call('erasure', { params: { erasure: String(asked.body.id) } })
  expect(done.body).toMatchObject({ status: 'done', error: null })
  expect(await whoKnows(['912000703', last!.member])).toEqual([])
  expect(await faults()).toEqual([])
})

test('two workspaces never see each other: an erasure in one leaves the same address in the other', {
  timeout: 60_000,
}, async () => {
  const { core } = lab
  const other = await createTestWorkspace(core, { name: 'Other brand' })
  const ws = publicId('wsp', other.id)
  const shared = 'both@example.com'
  const person = { type: 'identify', userId: 'BOTH-0001', traits: { email: shared } }
  await lab.batch([person])
  await lab.batch([person], other.apiKey)
  await lab.settle()
  const here = { customer: (await find(shared))[0]! }
  await lab.call('requestErasure', { params: here, body: { confirm: 'BOTH-0001', reason: 'asked' } })
  expect(await openEraser(core, { settleMs: 0 }).tick()).toBe(true)
  await lab.settle()
  expect(await find(shared)).toEqual([])
  const there = await callApi(
    core.baseUrl,
    'customers',
    { key: other.apiKey },
    { params: { ws }, query: { q: shared } },
  )
  expect(there.body.items).toMatchObject([{ email: shared, memberNo: 'BOTH-0001' }])
  expect(await faults()).toEqual([])
})
