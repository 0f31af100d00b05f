// Frequency rules as a brand keeps them: over HTTP, a journey's messages through the real path, and who is told why.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf, openJourneyLab, says, type Item, type JourneyLab } from '../../test/journey-lab.ts'
import { lineText } from '../../test/send-lab.ts'

vi.setConfig({ testTimeout: 120_000 })

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

// biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
type Any = any
const ok = async (
  name: Parameters<JourneyLab['call']>[0],
  given: Parameters<JourneyLab['call']>[1] = {},
): Promise<Any> => {
  const { status, body } = await lab.call(name, given)
  expect([name, status, status === 200 ? '' : JSON.stringify(body)]).toEqual([name, 200, ''])
  return body
}
const RULE = { segment: null, channel: 'line', max: 1, per: 'week', days: 7 } as const
const send = (purpose: 'marketing' | 'transactional', text: string) => ({
  send: {
    type: 'send',
    fields: { channel: 'line', purpose, content: lineText(text) },
    next: { accepted: null, skipped: null },
  },
})

test('a rule is kept over HTTP, holds a second message back, and the ledger and “why” name it', async () => {
  const { id } = await ok('addFrequencyRule', { body: RULE })
  await lab.person('ming', { line: true })
  const journey = await lab.publish(graphOf('Buy', send('marketing', '週報')))
  await lab.publish(graphOf('Pay', send('transactional', '收據')))
  await lab.tell(says('ming', 'Buy'))
  await lab.tell(says('ming', 'Buy'))
  await lab.tell(says('ming', 'Pay'))
  const texts = (await lab.inbox('line', 'ming')).map(m => JSON.stringify(m))
  expect(texts.filter(t => t.includes('週報'))).toHaveLength(1)
  expect(texts.filter(t => t.includes('收據'))).toHaveLength(1)

  const { items } = await ok('messages', { query: { state: 'skipped' } })
  const say = {
    zh: '每個人每週（週一起算）最多收到 1 則 LINE 行銷訊息',
    en: 'Everybody gets at most 1 marketing message by LINE a week (from Monday)',
  }
  expect(items).toMatchObject([{ reason: 'frequency', heldBy: { rule: id, say } }])
  const [held] = items as Item[]
  const why = await ok('whyCustomer', {
    params: { customer: held!.customer as string },
    query: { message: held!.id as string },
  })
  expect(why).toMatchObject({ code: 'skipped.frequency', happened: false })
  expect(why.say.zh).toContain(say.zh)
  expect(why.say.en).toContain(say.en)
  expect((await lab.facts('ming', journey)).filter(f => f.name === 'message.skipped')).toMatchObject([
    { props: { reason: 'frequency', rule: id } },
  ])

  // changed: the message still names the rule as it was; the figure is the rule's
  const [rule] = (await ok('frequencyRules')).items
  expect(rule).toMatchObject({ id, heldBack: 1, segmentLive: true, say })
  await ok('saveFrequencyRule', { params: { rule: id }, body: { ...RULE, max: 2, version: rule.version } })
  const again = await lab.call('saveFrequencyRule', {
    params: { rule: id },
    body: { ...RULE, max: 3, version: rule.version },
  })
  expect(again).toMatchObject({ status: 409, body: { code: 'version_conflict', path: 'version' } })
  expect((await ok('message', { params: { message: held!.id as string } })).heldBy).toEqual({ rule: id, say })
  await lab.tell(says('ming', 'Buy'))
  expect(await lab.inbox('line', 'ming')).toHaveLength(3)
  await lab.tell(says('ming', 'Buy'))
  expect(await lab.inbox('line', 'ming')).toHaveLength(3)
  expect((await ok('frequencyRules')).items).toMatchObject([{ max: 2, heldBack: 2 }])

  await ok('dropFrequencyRule', { params: { rule: id } })
  await lab.tell(says('ming', 'Buy'))
  expect(await lab.inbox('line', 'ming')).toHaveLength(4)
  expect(await lab.call('dropFrequencyRule', { params: { rule: id } })).toMatchObject({
    status: 404,
    body: { code: 'frequency_rule_not_found' },
  })
})

test('a rule is for a published segment, which cannot be archived while it is', async () => {
  const made = await ok('createSegment', {
    body: {
      name: '高雄',
      kind: 'live',
      definition: {
        groups: [
          {
            key: 'in',
            name: 'in',
            rule: { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: '高雄' } },
          },
        ],
      },
    },
  })
  const body = { ...RULE, channel: null, segment: made.id }
  expect(await lab.call('addFrequencyRule', { body })).toMatchObject({
    status: 400,
    body: { code: 'unknown_segment', path: 'segment' },
  })
  await ok('publishSegment', { params: { segment: made.id }, body: { version: made.version } })
  await lab.settle()
  const { id } = await ok('addFrequencyRule', { body })
  expect((await ok('frequencyRules')).items).toMatchObject([{ id, segmentName: '高雄', segmentLive: true }])
  const segment = await ok('segment', { params: { segment: made.id } })
  expect(segment.usedBy).toMatchObject([{ kind: 'frequency', id }])
  expect(await lab.call('archiveSegment', { params: { segment: made.id } })).toMatchObject({
    status: 409,
    body: { code: 'segment_in_use' },
  })
  // only who is in it is held
  await lab.person('south', { line: true, traits: { city: '高雄' } })
  await lab.person('north', { line: true, traits: { city: '台北' } })
  for (const who of ['south', 'north', 'south', 'north']) await lab.tell(says(who, 'Buy'))
  expect(await lab.inbox('line', 'south')).toHaveLength(1)
  expect(await lab.inbox('line', 'north')).toHaveLength(2)
  await ok('dropFrequencyRule', { params: { rule: id } })
})
