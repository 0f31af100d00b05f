// Modules through the real path: written and published over HTTP, named by journeys, read at the stand-in.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf, type JourneyLab, openJourneyLab, says } from '../../test/journey-lab.ts'
import { openScheduleWorker } from '../journeys/publishing/scheduled.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
}, 180_000)
afterAll(() => lab.close())

const line = (text: string) => ({ channel: 'line', messages: [{ type: 'text', text }] })
const newModule = async (name: string, content: object, more: object = {}) => {
  const made = await lab.call('createModule', {
    body: { name, channel: 'line', purpose: 'marketing', content, ...more },
  })
  expect(made.status).toBe(200)
  return made.body as { id: string; version: number; faults: unknown[] }
}
const publish = async (module: string, version: number) => {
  const done = await lab.call('publishModule', { params: { module }, body: { version } })
  expect(done).toMatchObject({ status: 200 })
  return done.body as { version: number; liveVersion: number; usedBy: Record<string, unknown>[] }
}
const sends = (event: string, module: string, more: object = {}) =>
  graphOf(event, {
    send: {
      type: 'send',
      fields: {
        channel: 'line',
        purpose: 'transactional',
        content: { channel: 'line', module: { id: module }, ...more },
      },
      next: { accepted: null },
    },
  })
const texts = async (who: string) =>
  (await lab.inbox('line', who)).map(m => (m.text ?? (m.messages as { text: string }[])?.[0]?.text) as string)

test('R4-11 a module is edited: live journeys that use it are named, keep their version, and are published anew by choice', async () => {
  const made = await newModule('歡迎', line('第一版 {{ customer.name }}'), {
    folder: '會員/新加入',
    tags: ['歡迎'],
  })
  const unpublished = await lab.call('createJourney', { body: { graph: sends('Too early', made.id) } })
  const refused = await lab.call('publishJourney', {
    params: { journey: String(unpublished.body.id) },
    body: { version: unpublished.body.version },
  })
  expect(refused).toMatchObject({
    status: 400,
    body: { code: 'graph_invalid', path: '/nodes/send/fields/content/module' },
  })

  const first = await publish(made.id, made.version)
  const journey = await lab.publish(sends('Greeted', made.id))
  await lab.person('ming', { line: true })
  await lab.tell(says('ming', 'Greeted'))
  expect(await texts('ming')).toEqual(['第一版 ming'])

  const saved = await lab.call('saveModule', {
    params: { module: made.id },
    body: { version: first.version, content: line('第二版 {{ customer.name }}') },
  })
  expect(saved).toMatchObject({
    status: 200,
    body: {
      changed: true,
      usedBy: [
        { name: 'Greeted', status: 'live', draft: true, versions: [{ version: 1, module: 1, live: true }] },
        { name: 'Too early', status: 'draft', draft: true, versions: [] },
      ],
    },
  })
  const conflict = await lab.call('saveModule', {
    params: { module: made.id },
    body: { version: first.version, name: '別人' },
  })
  expect(conflict).toMatchObject({ status: 409, body: { code: 'version_conflict' } })
  const second = await publish(made.id, (saved.body as { version: number }).version)
  expect(second.liveVersion).toBe(2)

  // pinned: nothing changes for who enters now
  await lab.person('hua', { line: true })
  await lab.tell(says('hua', 'Greeted'))
  expect(await texts('hua')).toEqual(['第一版 hua'])

  const used = second.usedBy.find(u => u.journey === journey) as { edit: number }
  const anew = await lab.call('publishModuleIn', {
    params: { module: made.id },
    body: { journeys: [{ journey, version: used.edit }] },
  })
  expect(anew).toMatchObject({ status: 200, body: { items: [{ name: 'Greeted', version: 2 }] } })
  await lab.settle()
  await lab.person('mei', { line: true })
  await lab.tell(says('mei', 'Greeted'))
  expect(await texts('mei')).toEqual(['第二版 mei'])

  const archived = await lab.call('archiveModule', {
    params: { module: made.id },
    body: { version: second.version, archived: true },
  })
  expect(archived).toMatchObject({ status: 409, body: { code: 'module_in_use' } })
  const versions = await lab.call('moduleVersions', { params: { module: made.id } })
  expect(versions.body.items).toMatchObject([
    {
      version: 2,
      changes: [
        {
          path: '/messages/0/text',
          before: '第一版 {{ customer.name }}',
          after: '第二版 {{ customer.name }}',
        },
      ],
    },
    { version: 1, changes: [] },
  ])
  const listed = await lab.call('modules', { query: { folder: '會員', q: '歡迎' } })
  expect(listed.body).toMatchObject({
    items: [{ name: '歡迎', liveVersion: 2 }],
    folders: [{ folder: '會員/新加入', count: 1 }],
    tags: ['歡迎'],
  })
})

test('faults of a draft are told, and it is not published', async () => {
  const made = await newModule('壞的', line('{{ nobody.name }} {% if %}'))
  expect(made.faults.length).toBeGreaterThan(0)
  const refused = await lab.call('publishModule', {
    params: { module: made.id },
    body: { version: made.version },
  })
  expect(refused).toMatchObject({ status: 400, body: { code: 'content_invalid' } })
  const other = await lab.call('saveModule', {
    params: { module: made.id },
    body: { version: made.version, content: { channel: 'sms', text: 'x' } },
  })
  expect(other).toMatchObject({ status: 400, body: { code: 'other_channel' } })
})

test('what is approved is the version of the module that was published when it was asked for', async () => {
  const made = await newModule('核准', line('舊'))
  const v1 = await publish(made.id, made.version)
  const settings = await lab.call('publishingSettings')
  await lab.call('savePublishingSettings', {
    body: { settings: { approval: true }, version: settings.body.version },
  })
  const drawn = await lab.call('createJourney', { body: { graph: sends('Approved', made.id) } })
  const journey = String(drawn.body.id)
  const marketer = await lab.member('marketer')
  const asked = await lab.call(
    'askApproval',
    { params: { journey }, body: { version: drawn.body.version, note: '' } },
    marketer,
  )
  expect(asked.status).toBe(200)
  const saved = await lab.call('saveModule', {
    params: { module: made.id },
    body: { version: v1.version, content: line('新') },
  })
  await publish(made.id, (saved.body as { version: number }).version)
  const approved = await lab.call(
    'approvePublication',
    { params: { journey, approval: String(asked.body.id) }, body: { reason: '' } },
    await lab.member('admin'),
  )
  expect(approved.status).toBe(200)
  await lab.settle()
  await lab.person('lin', { line: true })
  await lab.tell(says('lin', 'Approved'))
  expect(await texts('lin')).toEqual(['舊'])
  const again = await lab.call('publishingSettings')
  await lab.call('savePublishingSettings', {
    body: { settings: { approval: false }, version: again.body.version },
  })
})

test('what is published later has the version of the module that was published when it was scheduled', async () => {
  const made = await newModule('排定', line('舊'))
  const v1 = await publish(made.id, made.version)
  const drawn = await lab.call('createJourney', { body: { graph: sends('Later', made.id) } })
  const journey = String(drawn.body.id)
  const now = Date.parse(String((await lab.call('workspace')).body.now))
  const scheduled = await lab.call('schedulePublication', {
    params: { journey },
    body: { version: drawn.body.version, at: new Date(now + 3_600_000).toISOString() },
  })
  expect(scheduled.status).toBe(200)
  const saved = await lab.call('saveModule', {
    params: { module: made.id },
    body: { version: v1.version, content: line('新') },
  })
  await publish(made.id, (saved.body as { version: number }).version)
  await lab.passes(2 * 3_600_000)
  expect(await openScheduleWorker(lab.core).tick()).toBe(true)
  await lab.settle()
  await lab.person('wen', { line: true })
  await lab.tell(says('wen', 'Later'))
  expect(await texts('wen')).toEqual(['舊'])
})

const codes = (body: Record<string, unknown>) => (body.findings as { code: string }[]).map(f => f.code)

test('R1-05 a preview is what a customer would get now, in their language, with what is better looked at', async () => {
  await lab.person('pia', { traits: { tier_gap: 1200, language: 'en' } })
  const found = await lab.call('customers', { query: { q: 'pia' } })
  const customer = String((found.body.items as { id: string }[])[0]!.id)
  const content = {
    ...line('再消費 {{ customer.tier_gap | money }} 升等'),
    locales: { en: { messages: [{ type: 'text', text: 'Spend {{ customer.tier_gap | money }} more' }] } },
  }
  const asPia = await lab.call('previewContent', { body: { content, purpose: 'marketing', customer } })
  expect(asPia).toMatchObject({
    status: 200,
    body: { locale: 'en', content: { messages: [{ text: 'Spend NT$1,200 more' }] } },
  })
  const inChinese = await lab.call('previewContent', {
    body: { content, purpose: 'marketing', customer, locale: 'zh-TW' },
  })
  expect(inChinese.body.content).toMatchObject({ messages: [{ text: '再消費 NT$1,200 升等' }] })
  const nobody = await lab.call('previewContent', { body: { content, purpose: 'marketing' } })
  expect(nobody.body).toMatchObject({ locale: 'zh-TW', content: { messages: [{ text: '再消費  升等' }] } })
  expect(codes(nobody.body)).toContain('no_fallback')
  // who may not read personal data does not read it here
  const masked = await lab.call(
    'previewContent',
    { body: { content, purpose: 'marketing', customer } },
    await lab.member('viewer'),
  )
  expect(JSON.stringify(masked.body)).not.toContain('1,200')
})

test('for nobody the catalogue’s newest products stand in where a person’s would, and say so; with none it says that', async () => {
  const html =
    '{% for p in recommendations.bought_with %}<p>{{ p.name }}</p>{% endfor %}{% for l in cart.lines %}<i>{{ l.name }}</i>{% endfor %}'
  const seen = async (more: object = {}) =>
    (
      await lab.call('previewContent', {
        body: { content: { channel: 'email', subject: '嗨', html }, purpose: 'transactional', ...more },
      })
    ).body as { stoodIn: string | null; content: { html: string }; fault: string | null }
  const empty = await seen()
  expect(empty).toMatchObject({ fault: null, stoodIn: 'nothing' })
  expect(empty.content.html).not.toContain('<p>')
  for (const [code, stock] of [
    ['old-tea', 5],
    ['gone-tea', 0],
    ['new-tea', null],
  ] as const)
    expect(
      (await lab.call('createProduct', { body: { code, name: code, price: 100, stock, category: [] } }))
        .status,
    ).toBe(200)
  const stood = await seen()
  expect(stood.stoodIn).toBe('newest')
  expect(stood.content.html.match(/<p>[^<]*/g)).toEqual(['<p>new-tea', '<p>old-tea'])
  expect(stood.content.html.match(/<i>[^<]*/g)).toEqual(['<i>new-tea', '<i>old-tea'])
  // a person gets what is theirs, or nothing
  await lab.person('ned', {})
  const found = await lab.call('customers', { query: { q: 'ned' } })
  const own = await seen({ customer: String((found.body.items as { id: string }[])[0]!.id) })
  expect([own.stoodIn, own.content.html.includes('new-tea')]).toEqual([null, false])
  // what asks for no products says nothing of them
  const plain = await lab.call('previewContent', { body: { content: line('嗨'), purpose: 'marketing' } })
  expect(plain.body.stoodIn).toBeNull()
})

test('lint: a mail without a way out, words for pictures and a reason; a product that nobody can buy; an SMS is counted with its short links', async () => {
  const html = '<img src="https://a.example/x.png"><p>特價 {{ products["GONE"].name }}</p>'
  const mail = await lab.call('previewContent', {
    body: { content: { channel: 'email', subject: '嗨', html }, purpose: 'marketing' },
  })
  expect(codes(mail.body).toSorted()).toEqual([
    'dead_product',
    'missing_alt',
    'missing_unsubscribe',
    'no_consent_text',
  ])
  const good =
    '<img src="https://a.example/x.png" alt="茶"><p>您會收到這封信，因為您訂閱了電子報</p><a href="{{ unsubscribe_url }}">x</a>'
  const fine = await lab.call('previewContent', {
    body: { content: { channel: 'email', subject: '嗨', html: good }, purpose: 'marketing' },
  })
  expect(codes(fine.body)).toEqual([])
  const sms = await lab.call('previewContent', {
    body: {
      content: { channel: 'sms', text: `看看 https://shop.example/${'long/'.repeat(30)}` },
      purpose: 'marketing',
    },
  })
  expect(sms.body).toMatchObject({ sms: { encoding: 'UCS-2', parts: 1 } })
  expect((sms.body.content as { text: string }).text).toMatch(/\/l\/\w{8}$/)
})

test('R1-38 a mail of blocks is HTML for mail programs: escaped, with its templates whole, a block under its rule', async () => {
  const made = await lab.call('compileMail', {
    body: {
      blocks: [
        { type: 'heading', text: '週年慶 <3 & {{ customer.name | default: "您" }}' },
        { type: 'button', label: '逛逛', url: 'https://shop.example/?a=1&b={{ customer.id }}', cta: '主打' },
        { type: 'columns', columns: [[{ type: 'text', text: '左' }], [{ type: 'text', text: '右' }]] },
        { type: 'products', from: 'top', count: 2, button: '購買' },
        { type: 'text', text: '貴賓', when: { op: 'tags', is: 'any', tags: ['vip'] } },
        { type: 'footer', text: '您訂閱了電子報', unsubscribe: '取消訂閱' },
      ],
      conditions: { mine: { op: 'points', test: { is: 'over', value: 1 } }, block_9: {} },
    },
  })
  expect(made.status).toBe(200)
  const { html, conditions } = made.body as { html: string; conditions: object }
  expect(Object.keys(conditions)).toEqual(['mine', 'block_4'])
  expect(html).toContain('週年慶 &lt;3 &amp; {{ customer.name | default: "您" }}')
  const preview = await lab.call('previewContent', {
    body: { content: { channel: 'email', subject: 's', html, conditions }, purpose: 'marketing' },
  })
  expect(preview.body).toMatchObject({ fault: null })
  const shown = (preview.body.content as { html: string }).html
  expect(shown).toContain('您')
  expect(shown).not.toMatch(/貴賓|\{%|\{\{/)
  expect(shown).toContain('href="#unsubscribe"')
})
