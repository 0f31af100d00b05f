// What holds for a whole journey, as a brand uses it: published over HTTP, events posted, engines real, sent through the
// stand-ins.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lineText } from '../../test/send-lab.ts'
import { graphOf } from '../../test/journey-lab.ts'
import { openShopLab, type ShopLab } from '../../test/shop-lab.ts'
import { appendToAll } from '../inbox/append.ts'
import type { Rule } from '../rules/model.ts'
import type { JourneyGraph, NodeData } from './model.ts'

let lab: ShopLab
beforeAll(async () => {
  lab = await openShopLab()
})
afterAll(() => lab.close())

const HOUR = 3_600_000
const DAY = 24 * HOUR
type Item = Record<string, unknown>

/** A friend on LINE, so that there is somebody to send to. */
async function friend(who: string): Promise<string> {
  const line = 'U' + Buffer.from(who.padEnd(16, '.')).toString('hex')
  await lab.core.pool.query(
    `insert into sandbox_contact (workspace_id, channel, address, name, following, created) values ($1, 'line', $2, $3, true, now())`,
    [lab.workspace, line, who],
  )
  await tell({ type: 'identify', anonymousId: who, traits: { name: who, line_uid: line } })
  expect(
    (await lab.call('sandboxAct', { body: { channel: 'line', address: line, act: 'follow' } })).status,
  ).toBe(200)
  await lab.settle()
  return line
}
async function tell(...items: Item[]): Promise<void> {
  const answer = await lab.batch(items)
  expect(answer).toMatchObject({ status: 200, body: { success: true } })
  await lab.settle()
}
const says = (who: string, event: string, properties: Item = {}): Item => ({
  type: 'track',
  event,
  anonymousId: who,
  properties,
})
const sent = async (line: string): Promise<string[]> =>
  (
    await lab.core.pool.query<{ text: string }>(
      `select payload->'messages'->0->>'text' as text from sandbox_message
        where workspace_id = $1 and address = $2 and direction = 'to_customer' order by at`,
      [lab.workspace, line],
    )
  ).rows.map(r => r.text)
/** Facts of one journey in history, by name and reason, how or way. */
async function facts(journey: string, ...names: string[]): Promise<Record<string, number>> {
  const { history } = lab.core
  const answer = await history.query({
    query: `select concat(name, if(d = '', '', ' '), d) as k, toUInt32(count()) as n from (
        select name, coalesce(nullIf(JSONExtractString(props, 'reason'), ''), nullIf(JSONExtractString(props, 'how'), ''), '') as d
          from event where journey_id = {journey:UUID} and name in {names:Array(String)}) group by k order by k`,
    query_params: { journey: await idOf(journey), names },
    format: 'JSONEachRow',
  })
  const rows = await answer.json<{ k: string; n: number }>()
  return Object.fromEntries(rows.map(r => [r.k, r.n]))
}
async function idOf(journey: string): Promise<string> {
  const { rows } = await lab.core.pool.query<{ id: string }>(
    'select id from journey where workspace_id = $1 and name = $2',
    [lab.workspace, journey],
  )
  return rows[0]!.id
}
async function passes(ms: number): Promise<void> {
  expect((await lab.call('setClock', { body: { byMs: ms } })).status).toBe(200)
  await lab.settle()
}
const send = (text: string, next: NodeData['next'] = { accepted: null, skipped: 'skipped' }): NodeData => ({
  type: 'send',
  fields: { channel: 'line', purpose: 'marketing', content: lineText(text) },
  next,
})
const graph = (name: string, event: string, more: Partial<JourneyGraph> = {}): JourneyGraph =>
  graphOf(
    event,
    {
      send: send(name),
      skipped: { type: 'update', fields: { addTags: [`${name}:skipped`] }, next: { next: null } },
    },
    { name, ...more },
  )
const saveCaps = async (caps: { max: number; withinMs: number }[], countTransactional = false) => {
  const { body } = await lab.call('sendingRules')
  const saved = await lab.call('saveSendingRules', {
    body: { caps, countTransactional, version: body.version },
  })
  expect(saved.status).toBe(200)
  await lab.settle()
}

/** The workspace lives so far behind the real time. From there an alarm is folded at the time at which it really is;
 *  ahead of it (a sandbox whose clock was moved) as if no time were lost. */
async function liveBehind(ms: number): Promise<void> {
  for (const table of ['workspace', 'bucket_workspace'])
    await lab.core.pool.query(
      `update ${table} set ${table === 'workspace' ? 'clock_offset_ms' : 'offset_ms'} = $2
        where ${table === 'workspace' ? 'id' : 'workspace_id'} = $1`,
      [lab.workspace, -ms],
    )
}
/** Nothing of the product runs until the real time is reached. */
async function standStill(): Promise<void> {
  await lab.core.pool.query('update workspace set clock_offset_ms = 0 where id = $1', [lab.workspace])
  await appendToAll(lab.core.pool, lab.workspace, { kind: 'clock', body: { offsetMs: 0 } })
  await lab.settle()
}

test('hard problem 15: after three days of standstill each journey’s policy for late work is followed, and the rest drips', async () => {
  const later = (name: string, policy: JourneyGraph['policy']) => {
    const g = graph(name, 'Later', { policy, start: 'wait' })
    g.nodes.wait = { type: 'delay', fields: { ms: HOUR }, next: { next: 'send' } }
    return g
  }
  await liveBehind(3 * DAY)
  await lab.publish(later('過時不候', { late: { afterMs: DAY, do: 'skip' } }))
  await lab.publish(later('仍要送', { late: { afterMs: DAY, do: 'send' } }))
  await lab.publish(later('兩天內有用', { usefulForMs: 2 * DAY }))
  const line = await friend('late-1')
  await tell(says('late-1', 'Later'))
  await standStill()
  expect(await facts('過時不候', 'message.skipped')).toEqual({ 'message.skipped late': 1 })
  expect(await facts('兩天內有用', 'message.skipped')).toEqual({ 'message.skipped late': 1 })
  // what still goes out does not go all at once
  const { rows } = await lab.core.pool.query<{ ms: number }>(
    `select (extract(epoch from send_after - now()) * 1000)::float8 as ms from message
      where workspace_id = $1 and state = 'intended' and journey_id = $2`,
    [lab.workspace, await idOf('仍要送')],
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]!.ms).toBeLessThanOrEqual(30 * 60_000)
  await passes(HOUR)
  expect(await sent(line)).toEqual(['仍要送'])
})

test('R1-42 hard problem 14: two journeys at once obey the cap and their priority; the other is skipped(cap) and goes on', async () => {
  await saveCaps([{ max: 1, withinMs: DAY }])
  await lab.publish(graph('週報', 'Both', { policy: { priority: 8 } }))
  await lab.publish(graph('生日禮', 'Both', { policy: { priority: 1 } }))
  const line = await friend('cap-1')
  await tell(says('cap-1', 'Both'))
  expect(await sent(line)).toEqual(['生日禮'])
  expect(await facts('週報', 'message.skipped', 'journey.exited')).toEqual({
    'message.skipped cap': 1,
    'journey.exited completed': 1,
  })
  const { body } = await lab.call('messages', { query: { state: 'skipped' } })
  expect((body.items as Item[]).filter(m => m.customerName === 'cap-1')).toMatchObject([
    { reason: 'cap', journeyName: '週報' },
  ])
  expect(body.invariant).toMatchObject({ holds: true })
  // both are told at the same moment by two requests, too: who comes second has no room
  await passes(DAY + 1_000)
  await Promise.all([lab.batch([says('cap-1', 'Both')]), lab.batch([says('cap-1', 'Both')])])
  await lab.settle()
  expect(await sent(line)).toEqual(['生日禮', '生日禮'])
  await saveCaps([])
})

test('an entry cap lets in so many of all people together; a throttle so many an hour, the others in order', async () => {
  await lab.publish(
    graph('限量', 'Limited', {
      entry: { cap: { max: 3, per: 'ever' } },
      start: 'gate',
      nodes: {
        gate: { type: 'throttle', fields: { max: 2, per: 'hour' }, next: { next: 'tag' } },
        tag: { type: 'update', fields: { addTags: ['through'] }, next: { next: null } },
      },
    }),
  )
  await tell(...[1, 2, 3, 4, 5].map(n => says(`lim-${n}`, 'Limited')))
  expect(await facts('限量', 'journey.entered', 'journey.not_entered', 'journey.exited')).toEqual({
    'journey.entered': 3,
    'journey.not_entered cap': 2,
    'journey.exited completed': 2,
  })
  await passes(HOUR)
  expect(await facts('限量', 'journey.exited')).toEqual({ 'journey.exited completed': 3 })
  const { body } = await lab.call('limits')
  const { rows } = await lab.core.pool.query<{ id: string }>('select id from journey where name = $1', [
    '限量',
  ])
  expect(rows).toHaveLength(1)
  expect((body.items as Item[]).filter(i => i.name === '限量')).toEqual([
    expect.objectContaining({ kind: 'cap', used: 3, max: 3, per: 'ever' }),
    expect.objectContaining({ kind: 'throttle', node: 'gate', max: 2, per: 'hour' }),
  ])
})

test('a canary of people: the first two come in and may again, the others only once it is opened', async () => {
  const canary = (people: number | null) =>
    graph('先行', 'First Few', {
      reentry: { kind: 'always' },
      ...(people === null ? {} : { entry: { canaryPeople: people } }),
      start: 'tag',
      nodes: { tag: { type: 'update', fields: { addTags: ['first'] }, next: { next: null } } },
    })
  const id = await lab.publish(canary(2))
  await tell(says('few-1', 'First Few'))
  await tell(says('few-2', 'First Few'))
  await tell(says('few-3', 'First Few'), says('few-1', 'First Few'))
  expect(await facts('先行', 'journey.entered', 'journey.not_entered')).toEqual({
    'journey.entered': 3,
    'journey.not_entered canary': 1,
  })
  const { body } = await lab.call('limits')
  expect((body.items as Item[]).filter(i => i.name === '先行')).toEqual([
    expect.objectContaining({ kind: 'canary', used: 2, max: 2, per: 'ever' }),
  ])
  const open = async (next: ReturnType<typeof canary>) => {
    const held = (await lab.call('journey', { params: { journey: id } })).body as Item
    const saved = await lab.call('saveJourney', {
      params: { journey: id },
      body: { graph: next, version: held.version },
    })
    expect(saved.status).toBe(200)
    return lab.call('publishJourney', {
      params: { journey: id },
      body: { version: (saved.body as Item).version },
    })
  }
  const both = { ...canary(3), entry: { canaryPeople: 3, canaryPercent: 10 } }
  expect(await open(both)).toMatchObject({ status: 400, body: { path: '/entry/canaryPeople' } })
  expect((await open(canary(3))).status).toBe(200)
  await tell(says('few-3', 'First Few'))
  await tell(says('few-4', 'First Few'))
  expect(await facts('先行', 'journey.entered', 'journey.not_entered')).toEqual({
    'journey.entered': 4,
    'journey.not_entered canary': 2,
  })
  expect((await open(canary(null))).status).toBe(200)
  await tell(says('few-4', 'First Few'))
  expect(await facts('先行', 'journey.entered')).toEqual({ 'journey.entered': 5 })
})

test('quota and cost of an account are settings; what is left of the quota is told', async () => {
  const { body } = await lab.call('channels')
  const account = (body.items as { id: string; channel: string; settings: Record<string, string> }[]).find(
    a => a.channel === 'line',
  )!
  const save = (more: Record<string, string>) =>
    lab.call('saveChannel', {
      params: { channel: 'line' },
      body: { account: account.id, name: 'LINE', settings: { ...account.settings, ...more } },
    })
  expect(await save({ monthlyQuota: 'many' })).toMatchObject({
    status: 400,
    body: { path: 'settings.monthlyQuota' },
  })
  expect(await save({ costPerMessage: '-1' })).toMatchObject({ status: 400 })
  expect((await save({ monthlyQuota: '1000', costPerMessage: '0.2' })).status).toBe(200)
  await lab.publish(graph('有預算', 'Budget', { policy: { budget: { amount: 1, per: 'ever' } } }))
  const line = await friend('quota-1')
  for (let i = 0; i < 6; i++) await tell(says('quota-1', 'Budget'))
  expect(await sent(line)).toHaveLength(5)
  expect(await facts('有預算', 'message.skipped')).toEqual({ 'message.skipped budget': 1 })
  const limits = await lab.call('limits')
  expect(limits.body.items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'quota', of: account.id, used: 5, max: 1000, per: 'month' }),
      expect.objectContaining({ kind: 'budget', name: '有預算', used: 1, max: 1 }),
    ]),
  )
  expect((await save({})).status).toBe(200)
})

test('R1-04 a goal is an order, a sign-up or anything of one’s own; met, it ends the run where that is wanted', async () => {
  const did = (event: string): Rule => ({
    op: 'event',
    event,
    window: { in: 'entry' },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  })
  const bought: Rule = {
    op: 'orders',
    window: { in: 'entry' },
    measure: { of: 'count', test: { is: 'at_least', value: 1 } },
  }
  const goals: [string, Rule, boolean][] = [
    ['目標：訂單', bought, true],
    ['目標：註冊', did('Signed Up'), true],
    ['目標：自訂', did('Quiz Done'), false],
  ]
  for (const [name, rule, exitOnGoal] of goals)
    await lab.publish(
      graph(name, 'Goals', {
        goal: { rule, exitOnGoal },
        start: 'wait',
        nodes: { wait: { type: 'delay', fields: { ms: DAY }, next: { next: null } } },
      }),
    )
  await tell(says('goal-1', 'Goals'))
  const all = (name: string) => facts(name, 'journey.goal_reached', 'journey.exited')
  await tell(says('goal-1', 'Signed Up'))
  expect(await all('目標：註冊')).toEqual({ 'journey.goal_reached': 1, 'journey.exited goal': 1 })
  expect(await all('目標：訂單')).toEqual({})
  await tell(
    says('goal-1', 'Order Completed', { order_id: 'G1', total: 100, currency: 'TWD' }),
    says('goal-1', 'Quiz Done'),
  )
  expect(await all('目標：訂單')).toEqual({ 'journey.goal_reached': 1, 'journey.exited goal': 1 })
  expect(await all('目標：自訂')).toEqual({ 'journey.goal_reached': 1 })
  await passes(DAY)
  expect(await all('目標：自訂')).toEqual({ 'journey.goal_reached': 1, 'journey.exited completed': 1 })
  expect(await all('目標：註冊')).toEqual({ 'journey.goal_reached': 1, 'journey.exited goal': 1 })
})
