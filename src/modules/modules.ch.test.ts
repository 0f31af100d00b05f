// Modules through the real path: written and published over HTTP, named by journeys, read at the stand-in.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf, type JourneyLab, openJourneyLab, says } from '../../test/journey-lab.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
}, 60_000)
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
