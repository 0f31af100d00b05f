// A purpose of consent on reach and ask nodes: who refused it is passed over, or skipped, with the same reason as at a send node.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf, openJourneyLab, says, type JourneyLab } from '../../test/journey-lab.ts'
import { lineText, mail } from '../../test/send-lab.ts'

vi.setConfig({ testTimeout: 120_000 })

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
  for (const [name, asked] of [
    ['restock', false],
    ['course', true],
  ] as const) {
    const both = { zh: name, en: name }
    const saved = await lab.call('saveConsentPurpose', {
      params: { name },
      body: {
        label: both,
        text: both,
        channels: ['line', 'email'],
        asked,
        doubleOptIn: false,
        archived: false,
        version: 0,
      },
    })
    expect([name, saved.status]).toEqual([name, 200])
  }
})
afterAll(() => lab.close())

const NODES = (topic?: string) => ({
  reach: {
    type: 'reach',
    fields: {
      purpose: 'marketing',
      ...(topic === undefined ? {} : { topic }),
      options: [
        { channel: 'line', content: lineText('到貨了') },
        { channel: 'email', content: mail('到貨了', '<p>到貨了</p>') },
      ],
    },
    next: { accepted: null, unreachable: null, skipped: null },
  },
})
const ASK = (topic: string) => ({
  ask: {
    type: 'ask',
    fields: { text: '要嗎？', answers: [{ name: 'yes', label: '要' }], topic, timeoutMs: 86_400_000 },
    next: { yes: null, other: null, timeout: null, unsent: null },
  },
})
const count = async (who: string): Promise<[number, number]> => [
  (await lab.inbox('line', who)).length,
  (await lab.inbox('email', who)).length,
]

test('a refusal of the purpose: reach takes the next channel, ask is skipped(consent), as at a send node', async () => {
  const reach = await lab.publish(graphOf('Back', NODES('restock')))
  const ask = await lab.publish(graphOf('Ask', ASK('restock')))
  const plain = await lab.publish(graphOf('News', NODES()))
  await lab.person('mei', { line: true, email: true })
  await lab.person('bob', { line: true, email: true })
  await lab.tell(says('mei', 'consent.refused', { channel: 'line', purpose: 'restock' }))
  for (const who of ['mei', 'bob']) await lab.tell(says(who, 'Back'))
  expect((await lab.path('mei', reach))[0]).toBe('reach:email')
  expect((await lab.path('bob', reach))[0]).toBe('reach:line')
  expect([await count('mei'), await count('bob')]).toEqual([
    [0, 1],
    [1, 0],
  ])
  for (const who of ['mei', 'bob']) await lab.tell(says(who, 'Ask'))
  expect((await lab.path('mei', ask))[0]).toBe('ask:unsent')
  expect((await lab.facts('mei', ask)).filter(f => f.name === 'message.skipped')).toMatchObject([
    { props: { reason: 'consent' } },
  ])
  expect(await count('bob')).toEqual([2, 0])
  // what is for marketing as a whole is not touched by it
  await lab.tell(says('mei', 'News'))
  expect((await lab.path('mei', plain))[0]).toBe('reach:line')
})

test('a purpose that is asked for by itself: without it both are skipped(consent); an own yes stands above a no to marketing', async () => {
  const reach = await lab.publish(graphOf('Course', NODES('course')))
  await lab.person('eva', { line: true, email: true })
  await lab.tell(says('eva', 'Course'))
  expect((await lab.path('eva', reach))[0]).toBe('reach:skipped')
  const skipped = (await lab.facts('eva', reach)).filter(f => f.name === 'message.skipped')
  expect(skipped.map(f => f.props.reason)).toEqual(['consent', 'consent'])
  await lab.tell(says('eva', 'consent.refused', { channel: 'line', purpose: 'marketing' }))
  await lab.tell(says('eva', 'consent.granted', { channel: 'line', purpose: 'course' }))
  await lab.tell(says('eva', 'Course'))
  expect(await count('eva')).toEqual([1, 0])
})
