// Who reads what of a person, and what the audit log says of it, over the API as it is.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShopLab, sendOn, type ShopLab } from '../../test/shop-lab.ts'
import type { Caller } from '../../test/http-client.ts'
import { insertKey } from '../catalogue/keys.ts'
import { type EndpointName, endpoints, SCOPES } from '../contract.ts'

const NAME = '歐陽瑪莎'
const EMAIL = 'martha.ouyang@example.com'
const PHONE = '+886912345678'
const UID = 'Uabcdef0123456789abcdef0123456789'
const SECRETS = [NAME, EMAIL, '912345678', '0912-345-678', UID]

let lab: ShopLab
let customer: string
let message: string
let journey: string
beforeAll(async () => {
  lab = await openShopLab()
  await lab.call('sandboxAct', { body: { channel: 'line', address: UID, act: 'follow', name: NAME } })
  journey = await lab.publish(
    sendOn('Greeted', {
      channel: 'email',
      subject: '{{ customer.name }} 您好',
      html: '<p>{{ customer.phone }}</p>',
    }),
  )
  const answer = await lab.batch([
    {
      type: 'identify',
      userId: 'M-4711',
      traits: { name: NAME, email: EMAIL, phone: PHONE, line_uid: UID, favourite: '拿鐵' },
    },
    { type: 'track', userId: 'M-4711', event: 'Called Us', properties: { note: `請回電 0912-345-678` } },
    {
      type: 'track',
      userId: 'M-4711',
      event: 'Product Viewed',
      properties: { name: '手沖壺', product_id: 'P1' },
    },
    { type: 'track', userId: 'M-4711', event: 'Greeted' },
    { type: 'track', event: 'No One', properties: { email: EMAIL, first_name: NAME } },
  ])
  expect(answer.status).toBe(200)
  await lab.settle()
  const found = await lab.call('customers', { query: { q: EMAIL } })
  customer = String((found.body.items as { id: string }[])[0]!.id)
  const sent = await lab.call('messages', { query: {} })
  message = String((sent.body.items as { id: string }[])[0]!.id)
}, 180_000)
afterAll(() => lab.close())

/** Every read of a workspace that has a filling for its path. */
const READS = (Object.keys(endpoints) as EndpointName[]).filter(
  n => endpoints[n].method === 'get' && endpoints[n].path.startsWith('/w/{ws}'),
)
const QUERIES: Partial<Record<EndpointName, Record<string, string>>> = {
  search: { q: EMAIL },
  journeyPeople: { node: 'send' },
  firstTouchPeople: { key: 'direct' },
  sandboxMessages: { channel: 'email', address: EMAIL },
}

async function readAll(as: Caller): Promise<{ name: EndpointName; text: string }[]> {
  const out: { name: EndpointName; text: string }[] = []
  const read = async (name: EndpointName, params: Record<string, string> = {}) => {
    const given = { params: { customer, message, journey, ...params }, query: QUERIES[name] }
    const answer = await lab.call(name, given, as)
    if (answer.status === 200) out.push({ name, text: JSON.stringify(answer.body) })
  }
  for (const name of READS) await read(name)
  const { rules } = (await lab.call('quality')).body as { rules: { key: string }[] }
  for (const rule of rules) await read('qualityPeople', { rule: rule.key })
  const { items } = (await lab.call('metrics')).body as { items: { key: string }[] }
  for (const metric of items) await read('metricPeople', { metric: metric.key })
  return out
}

test.each(['analyst', 'viewer', 'staff'] as const)(
  'R3-50 R1-47 no answer to an %s holds a full name, phone, e-mail or LINE id',
  async role => {
    const answers = await readAll(await lab.member(role))
    const open = answers.flatMap(a => SECRETS.filter(s => a.text.includes(s)).map(s => `${a.name}: ${s}`))
    expect(open).toEqual([])
    const text = answers.map(a => a.text).join('\n')
    expect(text).toContain('0912***678')
    expect(text).toContain('m***@example.com')
    expect(text).toContain('歐**')
    expect(text).toContain('手沖壺') // what is not personal stays
    expect(answers.map(a => a.name)).toEqual(
      expect.arrayContaining(['customers', 'customer', 'timeline', 'search', 'qualityPeople']),
    )
  },
)

test('R3-50 an API key without the scope reads masked, one with it and a marketer read in full', async () => {
  const keyWith = async (scopes: (typeof SCOPES)[number][]) => ({
    key: (await insertKey(lab.core.pool, lab.workspace, { kind: 'api', name: 'Reader', scopes })).key,
  })
  const masked = (
    await readAll(await keyWith(SCOPES.filter(s => s !== 'customers:personal' && s !== 'sandbox:use')))
  )
    .map(a => a.text)
    .join('\n')
  expect(SECRETS.filter(s => masked.includes(s))).toEqual([])
  for (const caller of [
    await keyWith(['customers:read', 'customers:personal']),
    await lab.member('marketer'),
  ]) {
    const row = await lab.call('customer', { params: { customer } }, caller)
    expect(JSON.stringify(row.body)).toContain(PHONE)
    expect(row.body.name).toBe(NAME)
  }
})

test('R3-50 an export is masked, too, for who may take data away but not read it in full; who took how many rows is listed', async () => {
  const download = async (caller: Caller): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${lab.core.baseUrl}/api/w/${lab.ws}/exports/customers.csv`, {
      headers: { ...(caller.key ? { authorization: `Bearer ${caller.key}` } : { cookie: caller.cookie! }) },
    })
    return { status: answer.status, text: await answer.text() }
  }
  expect((await download(await lab.member('analyst'))).status).toBe(403)
  const { key } = await insertKey(lab.core.pool, lab.workspace, {
    kind: 'api',
    name: 'Export only',
    scopes: ['customers:read', 'customers:export'],
  })
  const masked = await download({ key })
  expect(masked.status).toBe(200)
  expect(SECRETS.filter(s => masked.text.includes(s))).toEqual([])
  expect(masked.text).toContain('m***@example.com')
  expect(masked.text).toContain('M-4711')
  const full = await download(await lab.member('owner'))
  expect(full.text).toContain(EMAIL)
  const listed = await lab.call('audit', { query: { kind: 'exported', action: 'export' } })
  expect(listed.body.items).toMatchObject([
    { actor: 'owner', target: 'customers', detail: { rows: 1 } },
    { actor: 'Export only', target: 'customers', detail: { rows: 1 } },
  ])
})

test('R3-50 a search by the full value still finds whom it shows masked', async () => {
  const staff = await lab.member('staff')
  for (const q of ['0912-345-678', EMAIL, NAME]) {
    const found = await lab.call('customers', { query: { q } }, staff)
    expect(found.body.items).toMatchObject([{ id: customer, name: '歐**', phone: '0912***678' }])
  }
})

describe('as configured', () => {
  test('R3-50 the workspace says which roles read masked, and whether names are', async () => {
    const now = await lab.call('privacy')
    const saved = await lab.call('savePrivacy', {
      body: { ...now.body, maskedRoles: ['viewer', 'marketer'], mask: { names: false, contacts: true } },
    })
    expect(saved.status).toBe(200)
    const analyst = await lab.call('customer', { params: { customer } }, await lab.member('analyst'))
    expect(JSON.stringify(analyst.body)).toContain(EMAIL)
    const marketer = await lab.call('customer', { params: { customer } }, await lab.member('marketer'))
    expect(marketer.body.name).toBe(NAME)
    expect(JSON.stringify(marketer.body)).not.toContain(EMAIL)
    const stale = await lab.call('savePrivacy', { body: now.body })
    expect([stale.status, stale.body.code]).toEqual([409, 'version_conflict'])
    await lab.call('savePrivacy', { body: { ...now.body, version: saved.body.version } })
  })
})

describe('R3-10 audit: who saw, changed, exported, published', () => {
  const lines = async (query: Record<string, string>) =>
    (await lab.call('audit', { query })).body.items as {
      actor: string
      action: string
      kind: string
      target: string
      detail: Record<string, unknown>
    }[]

  test('somebody opened a person: once for one look, and masked is said', async () => {
    const [marketer, viewer] = [await lab.member('owner'), await lab.member('viewer')]
    for (let i = 0; i < 3; i++) await lab.call('customer', { params: { customer } }, marketer)
    await lab.call('customer', { params: { customer } }, viewer)
    const saw = await lines({ kind: 'saw', target: customer })
    expect(saw.filter(l => l.actor === 'owner')).toMatchObject([
      { action: 'customer', kind: 'saw', detail: {} },
    ])
    expect(saw.filter(l => l.actor === 'viewer').at(-1)).toMatchObject({ detail: { masked: true } })
  })

  test('R3-50 an export is a right of its own and is listed with who and how many rows', async () => {
    const refused = await lab.call('accessReport', { params: { customer } }, await lab.member('marketer'))
    expect([refused.status, refused.body.code]).toEqual([403, 'scope_missing'])
    const report = await lab.call('accessReport', { params: { customer } }, await lab.member('admin'))
    expect(report.status).toBe(200)
    expect(await lines({ kind: 'exported', target: customer })).toMatchObject([
      { actor: 'admin', action: 'accessReport', target: customer, detail: { rows: report.body.rows } },
    ])
  })

  test('changes and publishing are told apart; filters and cursor', async () => {
    await lab.call('customerCommand', { params: { customer }, body: { do: 'add_tag', tag: 'vip' } })
    expect((await lines({ kind: 'published' })).map(l => l.action)).toEqual(['publishJourney'])
    const first = await lab.call('audit', { query: { kind: 'changed', limit: '1' } })
    expect(first.body.items).toMatchObject([{ action: 'customerCommand', target: customer }])
    const second = await lab.call('audit', {
      query: { kind: 'changed', limit: '1', cursor: String(first.body.next) },
    })
    expect(second.body.items).toHaveLength(1)
    expect(second.body.items).not.toEqual(first.body.items)
    expect((await lines({ action: 'savePrivacy' })).length).toBeGreaterThan(0)
    expect(await lines({ action: 'savePrivacy', to: '2001-01-01T00:00:00Z' })).toEqual([])
  })
})
