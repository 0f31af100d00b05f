// Nodes that do something elsewhere, as a brand uses them: calls of other systems, notices, events, other journeys, tags in
// circles, delays. Published over HTTP; engines, stand-ins and the sandbox's clock are real.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { graphOf, openJourneyLab, says, type JourneyLab } from '../../test/journey-lab.ts'
import { lineText } from '../../test/send-lab.ts'
import { callRequest, sendCall } from '../channels/http.ts'
import { happened } from '../rules/make.ts'
import type { NodeData } from './model.ts'

vi.setConfig({ testTimeout: 120_000 })

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

type SandboxCall = {
  webhookId: string
  signed: boolean
  method: string
  path: string
  headers: Record<string, string>
  body: string
  status: number
}
const update = (fields: Record<string, unknown>): NodeData => ({
  type: 'update',
  fields,
  next: { next: null },
})
const line = (content: string): NodeData => ({
  type: 'send',
  fields: { channel: 'line', purpose: 'transactional', content: lineText(content) },
  next: { accepted: null },
})

async function workspaceNow(): Promise<number> {
  const { rows } = await lab.core.pool.query<{ offset: number }>(
    'select clock_offset_ms as offset from workspace where id = $1',
    [lab.workspace],
  )
  return Date.now() + rows[0]!.offset
}
/** The wall date in Taipei so many days later. */
const day = (now: number, days: number) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Taipei' }).format(now + days * DAY)

describe('calls of another system', () => {
  const answers = (body: Record<string, unknown>) => lab.call('sandboxAnswer', { body })
  const calls = async (path: string) => {
    const { items } = (await lab.call('sandboxCalls')).body as { items: SandboxCall[] }
    return items.filter(c => c.path === path).reverse()
  }
  /** What waits for a retry is due now. */
  const hurry = async () => {
    await lab.core.pool.query(
      `update message set send_after = now() where workspace_id = $1 and state = 'intended' and channel = 'http'`,
      [lab.workspace],
    )
    await lab.settle()
  }
  const callOn = (event: string, fields: Record<string, unknown>) =>
    graphOf(
      event,
      {
        call: {
          type: 'http',
          fields: { method: 'POST', url: `http://stand-in/${event.toLowerCase()}`, ...fields },
          next: { ok: 'said', failed: 'bad', timeout: 'slow' },
        },
        said: line('等級 {{ journey.call.body.data.level }}（{{ journey.call.status }}）'),
        bad: { type: 'exit', fields: { reason: '失敗' }, next: {} },
        slow: { type: 'exit', fields: { reason: '逾時' }, next: {} },
      },
      { exits: [{ name: '取消', rule: happened('Never Mind') }] },
    )

  test('signed; the answer is kept, saved and used in a later message', async () => {
    const journey = await lab.publish(
      callOn('Erp', {
        headers: [{ name: 'X-Shop', value: '{{ workspace.name }}' }],
        body: '{"who": {{ customer.name | json }}, "total": {{ event.total }}}',
        save: [{ path: 'data.level', trait: 'erp_level' }],
      }),
    )
    await lab.person('http-ok', { line: true })
    await answers({ status: 200, body: '{"data":{"level":"金卡"}}' })
    await lab.tell(says('http-ok', 'Erp', { total: 1200 }))
    expect(await lab.path('http-ok', journey)).toEqual(['call:ok', 'said:accepted', 'end:completed'])
    const [call, ...more] = await calls('/erp')
    expect(more).toEqual([])
    expect(call).toMatchObject({ signed: true, method: 'POST', status: 200 })
    expect(JSON.parse(call!.body)).toEqual({ who: 'http-ok', total: 1200 })
    expect(call!.headers['x-shop']).toBe('Test')
    expect((await lab.stateOf('http-ok')).traits.erp_level?.v).toBe('金卡')
    expect(JSON.stringify(await lab.inbox('line', 'http-ok'))).toContain('等級 金卡（200）')
    // it stands in the ledger like a message, and is told as a call
    expect((await lab.facts('http-ok', journey)).map(f => f.name)).toContain('call.answered')
    const ledger = (await lab.call('messages', { query: { channel: 'http' } })).body as {
      items: { state: string }[]
      invariant: { holds: boolean }
    }
    expect(ledger.items[0]).toMatchObject({ state: 'accepted' })
    expect(ledger.invariant.holds).toBe(true)
  })

  test('hard problems 3, 12: refused, retried under one id, no JSON to send, no answer in time', async () => {
    const journey = await lab.publish(
      callOn('Points', { body: '{"n": {{ event.n }}}', timeoutMs: 10 * MINUTE }),
    )
    for (const who of ['http-404', 'http-503', 'http-bad', 'http-slow']) await lab.person(who, { line: true })
    await answers({ status: 404, body: '{"error":"no such member"}' })
    await lab.tell(says('http-404', 'Points', { n: 1 }))
    expect(await lab.path('http-404', journey)).toEqual(['call:failed', 'bad:end', 'end:completed'])

    await answers({ status: 503, times: 2 })
    await lab.tell(says('http-503', 'Points', { n: 2 }))
    await hurry()
    expect(await lab.path('http-503', journey)).toEqual([])
    await hurry()
    expect(await lab.path('http-503', journey)).toEqual(['call:ok', 'said:accepted', 'end:completed'])
    const tries = (await calls('/points')).filter(c => c.body === '{"n": 2}')
    expect(tries.map(c => c.status)).toEqual([503, 503, 200])
    expect(new Set(tries.map(c => c.webhookId)).size).toBe(1)

    await lab.tell(says('http-bad', 'Points', {}))
    expect(await lab.path('http-bad', journey)).toEqual(['call:failed', 'bad:end', 'end:completed'])

    await answers({ status: 503, times: 100 })
    await lab.tell(says('http-slow', 'Points', { n: 4 }))
    await lab.passes(11 * MINUTE)
    await answers({ status: 200, times: 0 })
    expect(await lab.path('http-slow', journey)).toEqual(['call:timeout', 'slow:end', 'end:completed'])
    await hurry()
    const states = (await lab.call('messages', { query: { channel: 'http' } })).body as {
      items: { state: string; reason: string | null }[]
    }
    expect(states.items[0]).toMatchObject({ state: 'skipped', reason: 'late' })
  })

  test('hard problem 5: an exit ends a call that has not been made', async () => {
    const journey = await lab.publish(callOn('Undone', { timeoutMs: HOUR }))
    await lab.person('http-exit', { line: true })
    await answers({ status: 503, times: 1 })
    await lab.tell(says('http-exit', 'Undone'))
    await lab.tell(says('http-exit', 'Never Mind'))
    await hurry()
    expect(await lab.path('http-exit', journey)).toEqual(['call:exit', 'end:exit_rule'])
    expect(await calls('/undone')).toHaveLength(1)
  })

  test('a private address is refused unless it is allowed; the secret is for administrators', async () => {
    const content = { channel: 'http', method: 'GET', url: '', headers: {}, body: null, sign: false } as const
    const to = callRequest(content, 'id', `${lab.core.baseUrl}/sandbox/http/x`, null, new Date())
    expect(await sendCall(to, false, AbortSignal.timeout(5_000))).toMatchObject({ kind: 'rejected' })
    const secret = (await lab.call('callSecret', {}, await lab.member('admin'))).body.secret
    expect(secret).toMatch(/^whsec_/)
    expect((await lab.call('callSecret', {}, await lab.member('marketer'))).status).toBe(403)
  })
})

test('a notice to roles or to a person: a bell for each of them, read by each alone, filled in when shown', async () => {
  await lab.publish(
    graphOf('Return Asked', {
      all: {
        type: 'notify',
        fields: { text: '{{ customer.name }} 想退 {{ event.sku }}' },
        next: { next: 'role' },
      },
      role: {
        type: 'notify',
        fields: {
          text: '請行銷看看 {{ customer.name }} <3',
          level: 'warning',
          roles: ['marketer'],
          email: true,
        },
        next: { next: 'one' },
      },
      one: {
        type: 'notify',
        fields: { text: '給你', users: ['analyst@brand.example'] },
        next: { next: null },
      },
    }),
  )
  const [marketer, analyst] = [await lab.member('marketer'), await lab.member('analyst')]
  await lab.person('notice-a', {})
  await lab.tell(says('notice-a', 'Return Asked', { sku: 'TEA-1' }))
  const { rows: mails } = await lab.core.pool.query<{
    address: string
    payload: { subject: string; html: string }
  }>(
    `select address, payload from sandbox_message where workspace_id = $1 and channel = 'email' and address like '%@brand.example'`,
    [lab.workspace],
  )
  expect(mails.map(m => [m.address, m.payload.subject])).toEqual([
    ['marketer@brand.example', 'Test: 請行銷看看 notice-a <3'],
  ])
  expect(mails[0]!.payload.html).toContain('notice-a &lt;3')
  const seen = async (who: typeof marketer, query: Record<string, string> = {}) => {
    const { items, unread } = (await lab.call('notices', { query }, who)).body as {
      items: { id: string; text: string; level: string; read: boolean; customerName: string }[]
      unread: number
    }
    return { texts: items.map(n => n.text).toSorted(), unread, items }
  }
  expect(await seen(marketer)).toMatchObject({
    texts: ['notice-a 想退 TEA-1', '請行銷看看 notice-a <3'],
    unread: 2,
  })
  // an analyst reads personal data masked
  const masked = await seen(analyst)
  expect(masked.unread).toBe(2)
  expect(JSON.stringify(masked.items)).not.toContain('notice-a')
  const { items } = await seen(marketer)
  await lab.call('readNotices', { body: { ids: [items[0]!.id] } }, marketer)
  expect((await seen(marketer, { unread: 'true' })).items).toHaveLength(1)
  await lab.call('readNotices', { body: {} }, marketer)
  expect((await seen(marketer)).unread).toBe(0)
  expect((await seen(analyst)).unread).toBe(2)
  // a key sees all and reads none
  expect(((await lab.call('notices')).body as { items: unknown[] }).items).toHaveLength(3)
  expect((await lab.call('readNotices', { body: {} })).status).toBe(403)
})

test('R4-13 tags that start one another in a circle end at the eighth journey; the person goes on as before', async () => {
  const onTag = (event: string, tag: string, fields: Record<string, unknown>) =>
    graphOf(
      `${event} ${tag}`,
      { t: update(fields) },
      {
        trigger: { kind: 'event', event, where: [{ path: 'tag', op: 'is', value: tag }] },
      },
    )
  const one = await lab.publish(onTag('tag.added', '循環', { removeTags: ['循環'] }))
  const two = await lab.publish(onTag('tag.removed', '循環', { addTags: ['循環'] }))
  await lab.publish(graphOf('Tag Me', { t: update({ addTags: ['循環'] }) }))
  await lab.person('loop-a', {})
  await lab.tell(says('loop-a', 'Tag Me'))
  const names = [...(await lab.facts('loop-a', one)), ...(await lab.facts('loop-a', two))]
  expect(names.filter(f => f.name === 'journey.entered')).toHaveLength(7)
  expect(names.filter(f => f.name === 'journey.not_entered').map(f => f.props.reason)).toEqual(['loop'])
  expect((await lab.call('parked')).body).toMatchObject({ items: [] })
  await lab.tell(says('loop-a', 'Tag Me'))
})

test('an event of its own, another journey started and stopped, attributes counted and dated, a reason for the end', async () => {
  const other = await lab.publish(
    graphOf('Side Door', { stay: { type: 'delay', fields: { ms: 30 * DAY }, next: { next: null } } }),
  )
  const heard = await lab.publish(
    graphOf('VIP Invited', {
      t: {
        type: 'update',
        fields: { increments: { invited: 1 }, dates: { invited_until: 7 }, traits: { note: null } },
        next: { next: 'end' },
      },
      end: { type: 'exit', fields: { reason: '已邀請' }, next: {} },
    }),
  )
  await lab.publish(
    graphOf('Parent', {
      emit: {
        type: 'emit',
        fields: { event: 'VIP Invited', props: { list: 'spring' } },
        next: { next: 'start' },
      },
      start: {
        type: 'start_journey',
        fields: { journey: other, props: { from: 'parent' } },
        next: { next: null },
      },
    }),
  )
  await lab.publish(
    graphOf('Stop It', { stop: { type: 'stop_journey', fields: { journey: other }, next: { next: null } } }),
  )
  await lab.person('par-a', { traits: { note: 'x' } })
  await lab.tell(says('par-a', 'Parent'))
  await lab.tell(says('par-a', 'Parent'))
  const state = await lab.stateOf('par-a')
  expect(state.traits.invited?.v).toBe(2)
  expect(state.traits.note).toBeUndefined()
  expect(state.traits.invited_until?.v).toBe(day(await workspaceNow(), 7))
  const side = await lab.facts('par-a', other)
  expect(side.filter(f => f.name === 'journey.entered').map(f => f.props.trigger)).toEqual(['journey.called'])
  expect(side.filter(f => f.name === 'journey.not_entered').map(f => f.props.reason)).toEqual(['already_in'])
  const exits = (await lab.facts('par-a', heard)).filter(f => f.name === 'journey.exited')
  expect(exits.map(f => f.props)).toEqual(Array(2).fill({ how: 'completed', exit: '已邀請' }))
  await lab.tell(says('par-a', 'Stop It'))
  expect(await lab.path('par-a', other)).toEqual(['stay:exit', 'end:stopped'])
})

test('R4-02 R4-12 R4-36 trigger, delay, split and several messages in one running journey; two people part ways; a restart changes nothing', async () => {
  const journey = await lab.publish(
    graphOf('Trial Started', {
      hello: { ...line('歡迎'), next: { accepted: 'wait' } },
      wait: { type: 'delay', fields: { mode: 'for', ms: 90 * MINUTE }, next: { next: 'used' } },
      used: {
        type: 'split',
        fields: { branches: [{ name: '用過', rule: happened('Feature Used') }] },
        next: { 用過: 'thanks', else: 'hint' },
      },
      thanks: line('用得如何？'),
      hint: { ...line('試試看這個功能'), next: { accepted: 'jump' } },
      jump: { type: 'jump', fields: { times: 2 }, next: { again: 'wait', else: null } },
    }),
  )
  await lab.person('trial-a', { line: true })
  await lab.person('trial-b', { line: true })
  await lab.tell(says('trial-a', 'Trial Started'), says('trial-b', 'Trial Started'))
  await lab.tell(says('trial-a', 'Feature Used'))
  await lab.passes(89 * MINUTE)
  await lab.restart()
  expect(await lab.inbox('line', 'trial-b')).toHaveLength(1)
  await lab.passes(2 * MINUTE)
  expect(JSON.stringify(await lab.inbox('line', 'trial-a'))).toContain('用得如何')
  expect(await lab.path('trial-a', journey)).toEqual([
    'hello:accepted',
    'wait:next',
    'used:用過',
    'thanks:accepted',
    'end:completed',
  ])
  await lab.passes(4 * HOUR)
  const path = await lab.path('trial-b', journey)
  expect(path.filter(p => p.startsWith('jump'))).toEqual(['jump:again', 'jump:again', 'jump:else'])
  expect(path.at(-1)).toBe('end:completed')
  expect(await lab.inbox('line', 'trial-b')).toHaveLength(4)
})

test('R4-12 a delay until the date in an attribute: an edit moves it, no date goes its own way', async () => {
  const journey = await lab.publish(
    graphOf('Booked', {
      wait: {
        type: 'delay',
        fields: {
          mode: 'trait',
          trait: { trait: 'visit_on', offsetDays: -1, time: '10:00', past: 'skip' },
        },
        next: { next: 'remind', missing: null, past: null },
      },
      remind: line('明天見'),
    }),
  )
  const now = await workspaceNow()
  await lab.person('book-a', { line: true, traits: { visit_on: day(now, 40) } })
  await lab.person('book-none', { line: true })
  await lab.person('book-past', { line: true, traits: { visit_on: day(now, -3) } })
  await lab.tell(...['book-a', 'book-none', 'book-past'].map(who => says(who, 'Booked')))
  expect(await lab.path('book-none', journey)).toEqual(['wait:missing', 'end:completed'])
  expect(await lab.path('book-past', journey)).toEqual(['wait:past', 'end:completed'])
  await lab.tell({ type: 'identify', anonymousId: 'book-a', traits: { visit_on: day(now, 20) } })
  await lab.passes(17 * DAY)
  expect(await lab.path('book-a', journey)).toEqual([])
  await lab.passes(3 * DAY)
  expect(await lab.path('book-a', journey)).toEqual(['wait:next', 'remind:accepted', 'end:completed'])
})

test('R1-04 the goal is a sign-up: an order does not count, a sign-up does and ends the run at once', async () => {
  const journey = await lab.publish(
    graphOf(
      'Visited Fair',
      {
        wait: { type: 'delay', fields: { ms: 5 * DAY }, next: { next: 'late' } },
        late: line('還沒加入嗎？'),
      },
      { goal: { rule: happened('Signed Up'), exitOnGoal: true } },
    ),
  )
  await lab.person('goal-a', { line: true })
  await lab.person('goal-b', { line: true })
  await lab.tell(says('goal-a', 'Visited Fair'), says('goal-b', 'Visited Fair'))
  await lab.tell(
    says('goal-a', 'Signed Up'),
    says('goal-b', 'Order Completed', { order_id: 'G-1', total: 100 }),
  )
  expect(await lab.path('goal-a', journey)).toEqual(['wait:exit', 'end:goal'])
  await lab.passes(5 * DAY + MINUTE)
  expect(await lab.path('goal-b', journey)).toEqual(['wait:next', 'late:accepted', 'end:completed'])
  const goals = async (who: string) =>
    (await lab.facts(who, journey)).filter(f => f.name === 'journey.goal_reached').length
  expect([await goals('goal-a'), await goals('goal-b')]).toEqual([1, 0])
})
