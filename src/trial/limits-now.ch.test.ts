// The limits that stand for a real customer at each send of a simulated walk: over HTTP, after messages that really went.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf, type JourneyLab, openJourneyLab, says } from '../../test/journey-lab.ts'
import { lineText } from '../../test/send-lab.ts'
import type { Out } from '../contract.ts'
import type { JourneyGraph } from '../journeys/model.ts'
import { suppress } from '../messages/suppression.ts'
import { publicId } from '../platform/ids.ts'

const DAY = 86_400_000
let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

type Limits = Out<'simulateJourney'>['messages'][number]['limits']
const send = (channel: 'line' | 'email', more: Partial<JourneyGraph> = {}): JourneyGraph =>
  graphOf(
    'Buy',
    {
      send: {
        type: 'send',
        fields: {
          channel,
          purpose: 'marketing',
          content:
            channel === 'line'
              ? lineText('週報')
              : {
                  channel: 'email',
                  subject: '週報',
                  html: '<p>嗨</p><a href="{{ unsubscribe_url }}">退訂</a>',
                },
        },
        next: { accepted: null, skipped: null },
      },
    },
    more,
  )

async function ok<T>(name: Parameters<JourneyLab['call']>[0], given: Parameters<JourneyLab['call']>[1] = {}) {
  const { status, body } = await lab.call(name, given)
  expect([name, status, status === 200 ? '' : JSON.stringify(body)]).toEqual([name, 200, ''])
  return body as T
}
async function walked(who: string, graph: JourneyGraph): Promise<Out<'simulateJourney'>> {
  const { id } = await ok<Out<'createJourney'>>('createJourney', { body: { graph } })
  return walkedIn(id, who)
}
/** In a journey that is there, as its draft is. */
async function walkedIn(id: string, who: string, event = 'Buy'): Promise<Out<'simulateJourney'>> {
  const customer = (await lab.stateOf(who)).id
  const before = await everything()
  const walk = await ok<Out<'simulateJourney'>>('simulateJourney', {
    params: { journey: id },
    body: {
      person: { customer: publicId('cus', customer) },
      actions: [
        { do: 'event', name: event },
        { do: 'wait', ms: 0 },
      ],
    },
  })
  expect(await everything()).toEqual(before)
  return walk
}
const limitsOf = async (who: string, graph: JourneyGraph): Promise<Limits> =>
  (await walked(who, graph)).messages[0]!.limits
const one = (limits: Limits, kind: string) => limits.filter(l => l.kind === kind)

/** Rows of every table that a send could touch, and what they count. */
async function everything(): Promise<unknown> {
  const { rows } = await lab.core.pool.query(
    `select (select count(*) from message) as messages, (select count(*) from limit_count) as windows,
            (select coalesce(sum(used), 0) from limit_count) as used, (select count(*) from frequency_lock) as locks,
            (select coalesce(sum(turns), 0) from frequency_lock) as turns, (select count(*) from journal) as journal,
            (select count(*) from inbox) as inbox, (select count(*) from suppression) as suppressions,
            (select coalesce(sum(hashtext(state::text)), 0) from customer) as people`,
  )
  return rows
}
async function account(settings: Record<string, string>): Promise<void> {
  await lab.core.pool.query(
    `update channel_account set settings = settings || $2 where workspace_id = $1 and channel = 'line'`,
    [lab.workspace, JSON.stringify(settings)],
  )
}

test('as of now: who had two of two is told so by rule and cap, who is below is not; a quota, what is kept of it, a budget; nothing is taken', async () => {
  const { id: rule } = await ok<{ id: string }>('addFrequencyRule', {
    body: { segment: null, channel: 'line', max: 2, per: 'week', days: 7 },
  })
  const { version } = await ok<Out<'sendingRules'>>('sendingRules')
  await ok('saveSendingRules', {
    body: { caps: [{ max: 2, withinMs: DAY }], countTransactional: false, version },
  })
  await account({ monthlyQuota: '100', costMarketing: '3' })
  await lab.person('two', { line: true })
  await lab.person('one', { line: true })
  await lab.publish(send('line', { policy: { budget: { amount: 5_000, per: 'month' } } }))
  await lab.tell(says('two', 'Buy'), says('one', 'Buy'))
  await lab.tell(says('two', 'Buy'))
  expect(await lab.inbox('line', 'two')).toHaveLength(2)
  expect(await lab.inbox('line', 'one')).toHaveLength(1)

  const two = await limitsOf('two', send('line'))
  expect(one(two, 'frequency')).toMatchObject([
    { stands: true, reason: 'frequency', rule, used: 2, max: 2, until: expect.any(String) },
  ])
  const [said] = one(two, 'frequency')
  expect(said!.say.zh).toMatch(
    /^頻率預算「每個人每週（週一起算）最多收到 2 則 LINE 行銷訊息」：已收到 2 \/ 2 則，到 .+ 00:00 為止。$/,
  )
  expect(said!.say.en).toContain('2 of 2 received, until ')
  expect(one(two, 'person')).toMatchObject([{ stands: true, used: 2, max: 2 }])
  expect(Date.parse(one(two, 'person')[0]!.until!)).toBeGreaterThan(Date.now())
  expect(one(two, 'quota')).toMatchObject([{ stands: false, used: 3, max: 100, per: 'month' }])
  expect(one(two, 'suppressed')).toMatchObject([{ stands: false, reason: null }])

  const below = await limitsOf('one', send('line', { policy: { budget: { amount: 9, per: 'month' } } }))
  expect(one(below, 'frequency')).toMatchObject([{ stands: false, reason: null, used: 1, max: 2 }])
  expect(one(below, 'person')).toMatchObject([{ stands: false, used: 1, max: 2, until: null }])
  // a draft's budget of its own: nothing of it is used yet
  expect(one(below, 'budget')).toMatchObject([{ stands: false, used: 0, max: 9 }])
  expect(below.filter(l => l.stands)).toEqual([])

  await account({ monthlyQuota: '3' })
  const spent = await limitsOf('one', send('line', { policy: { budget: { amount: 2, per: 'month' } } }))
  expect(one(spent, 'quota')).toMatchObject([{ stands: true, used: 3, max: 3 }])
  expect(one(spent, 'quota')[0]!.say.en).toMatch(/: 3 a month, 3 used, until .+\.$/)
  // one message costs three
  expect(one(spent, 'budget')).toMatchObject([{ stands: true, used: 0, max: 2 }])
  await account({ monthlyQuota: '5', quotaReserve: '2', quotaReserveFor: 'seg_none' })
  const kept = await limitsOf('one', send('line'))
  expect(one(kept, 'quota')).toMatchObject([{ stands: true, used: 3, max: 3 }])
  expect(one(kept, 'quota')[0]!.say.zh).toContain('另外 2 則保留給這位顧客不在的分眾')
  await account({ monthlyQuota: '', quotaReserve: '' })
})

test('consent, suppression and a stop of sending are told; somebody made up has no limits', async () => {
  await lab.person('mail', { email: true })
  const agreed = await walked('mail', send('email'))
  expect(Date.parse(agreed.limitsAt!)).toBeGreaterThan(0)
  const { limits } = agreed.messages[0]!
  expect(one(limits, 'consent')).toMatchObject([{ stands: false }])
  expect(one(limits, 'consent')[0]!.say.zh).toMatch(/^Email 行銷同意：.+ 已同意。$/)
  expect(one(limits, 'suppressed')).toMatchObject([{ stands: false }])
  await lab.tell(says('mail', 'consent.refused', { channel: 'email' }))
  const refused = await limitsOf('mail', send('email'))
  expect(one(refused, 'consent')).toMatchObject([{ stands: true, reason: 'consent' }])
  await lab.person('hard', { email: true })
  await suppress(lab.core.pool, [
    {
      workspace: lab.workspace,
      channel: 'email',
      address: lab.mailOf('hard'),
      reason: 'bounced',
      source: 'test',
      at: Date.now(),
    },
  ])
  const listed = await limitsOf('hard', send('email'))
  expect(one(listed, 'suppressed')).toMatchObject([
    { stands: true, reason: 'bounced', say: { zh: '地址在排除名單中（曾退信）。' } },
  ])
  const stopped = await lab.core.pool.query(
    `update workspace set settings = settings || '{"stoppedChannels": ["email"]}' where id = $1`,
    [lab.workspace],
  )
  expect(stopped.rowCount).toBe(1)
  expect(await limitsOf('hard', send('email'))).toMatchObject([
    { kind: 'stopped', stands: true },
    { kind: 'person' },
  ])
  const { id } = await ok<Out<'createJourney'>>('createJourney', { body: { graph: send('line') } })
  const made = await ok<Out<'simulateJourney'>>('simulateJourney', {
    params: { journey: id },
    body: {
      person: { madeUp: { line: true, consent: { line: true } } },
      actions: [
        { do: 'event', name: 'Buy' },
        { do: 'wait', ms: 0 },
      ],
    },
  })
  expect(made).toMatchObject({ limitsAt: null, messages: [{ limits: [] }] })
})

test('entry cap, canary, throttle and pool: what others took of them, below and full; counted at once for a whole walk', async () => {
  const coupon = { kind: 'amount', value: 100, valid: { days: 7 }, perPerson: 1, place: null, remindDays: [] }
  await ok('createCoupon', { body: { ...coupon, key: 'TWO', name: '限量券', limit: 2 } })
  await ok('createCoupon', { body: { ...coupon, key: 'FREE', name: '不限量券', limit: null } })
  await lab.settle()
  const gated = (event: string, max: number): JourneyGraph =>
    graphOf(
      event,
      {
        gate: { type: 'throttle', fields: { max, per: 'day' }, next: { next: 'free' } },
        free: { type: 'reward', fields: { give: 'coupon', coupon: 'FREE' }, next: { given: 'two' } },
        two: { type: 'reward', fields: { give: 'coupon', coupon: 'TWO' }, next: { given: null } },
      },
      { entry: { cap: { max, per: 'day' }, canaryPeople: max } },
    )
  const wide = await lab.publish(gated('Wide', 3))
  const tight = await lab.publish(gated('Tight', 1))
  for (const who of ['gate-1', 'gate-2', 'gate-3']) await lab.person(who, {})

  /** What is told of each place asked for, in the order of the walk: kind, name, used, max, per, stands. */
  const places = async (journey: string, event: string) => {
    const asked = vi.spyOn(lab.core.pool, 'query')
    const { messages } = await walkedIn(journey, 'gate-2', event)
    const counted = asked.mock.calls.filter(([text]) => String(text).includes('join limit_count'))
    asked.mockRestore()
    expect(counted).toHaveLength(1)
    expect(messages.map(m => [m.channel, m.state])).toEqual(Array(3).fill(['ticket', 'accepted']))
    return messages.map(m => m.limits.map(l => [l.kind, l.name, l.used, l.max, l.per, l.stands]))
  }
  expect(await places(wide, 'Wide')).toEqual([
    [
      ['cap', 'Wide', 0, 3, 'day', false],
      ['canary', 'Wide', 0, 3, 'ever', false],
    ],
    [['throttle', 'Wide', 0, 3, 'day', false]],
    [['pool', '限量券', 0, 2, 'ever', false]],
  ])

  await lab.tell(says('gate-1', 'Wide'))
  await lab.tell(says('gate-1', 'Tight'))
  expect(await places(wide, 'Wide')).toEqual([
    [
      ['cap', 'Wide', 1, 3, 'day', false],
      ['canary', 'Wide', 1, 3, 'ever', false],
    ],
    [['throttle', 'Wide', 1, 3, 'day', false]],
    [['pool', '限量券', 1, 2, 'ever', false]],
  ])
  await lab.tell(says('gate-3', 'Wide'))
  // what is full is told, and the walk goes on as if there were a place
  expect(await places(tight, 'Tight')).toEqual([
    [
      ['cap', 'Tight', 1, 1, 'day', true],
      ['canary', 'Tight', 1, 1, 'ever', true],
    ],
    [['throttle', 'Tight', 1, 1, 'day', true]],
    [['pool', '限量券', 2, 2, 'ever', true]],
  ])
  const said = (await walkedIn(tight, 'gate-2', 'Tight')).messages.flatMap(m => m.limits)
  expect(said.map(l => l.say.zh.replace(/到 .+ 00:00 為止/, '到半夜為止'))).toEqual([
    '進入上限「Tight」：每天 1，已用 1，到半夜為止。',
    '試行人數「Tight」：總共 1，已用 1。',
    '流量閘門「Tight」：每天 1，已用 1，到半夜為止；用完時會等下一段。',
    '券池「限量券」：總共 2，已用 2。',
  ])
  expect(said[3]!.say.en).toBe('Pool of “限量券”: 2 in all, 2 used.')
  expect(said.map(l => l.until !== null)).toEqual([true, false, true, false])
  // the page of the limits names the coupon as well
  const { items } = await ok<Out<'limits'>>('limits')
  expect(items.filter(i => i.kind === 'pool')).toMatchObject([{ of: 'TWO', name: '限量券', used: 2, max: 2 }])
})
