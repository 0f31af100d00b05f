// Broadcasts from the draft to the last message, over HTTP on real engines, messages at the stand-ins.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openJourneyLab, type Item, type JourneyLab } from '../../test/journey-lab.ts'
import { everybodyBehind } from '../../test/people-behind.ts'
import { parseId, publicId } from '../platform/ids.ts'
import { percentOf } from '../rules/percent.ts'
import { setStandInFault } from '../sandbox/stand-in.ts'
import type { BroadcastSpec } from './model.ts'

vi.setConfig({ testTimeout: 120_000 })

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
  // noon in Taipei, outside of all quiet hours
  const now = Date.now()
  await lab.passes(DAY + 4 * HOUR - (now % DAY))
})
afterAll(() => lab.close())

type Given = Parameters<JourneyLab['call']>[1]
type Name = Parameters<JourneyLab['call']>[0]
// biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
type Any = any
async function ok(name: Name, given: Given = {}): Promise<Any> {
  const { status, body } = await lab.call(name, given)
  expect([name, status, status === 200 ? '' : JSON.stringify(body)]).toEqual([name, 200, ''])
  return body
}

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const line = (text: string) => ({
  channel: 'line' as const,
  content: { channel: 'line', messages: [{ type: 'text', text }] },
})
const mail = (subject: string) => ({
  channel: 'email' as const,
  content: { channel: 'email', subject, html: '<p>嗨</p>' },
})
type Spec = Omit<BroadcastSpec, 'purpose' | 'by'> & Partial<Pick<BroadcastSpec, 'purpose' | 'by'>>
const specOf = (segment: string | undefined, more: Partial<Spec> = {}): Spec => ({
  name: '週年慶',
  audience: { ...(segment === undefined ? {} : { segment }), exclude: [] },
  variants: [{ name: 'a', percent: 100, options: [line('週年慶開跑')] }],
  when: { kind: 'now' },
  ...more,
})

/** A live segment of those who live there. */
async function cityOf(city: string): Promise<string> {
  const made = await ok('createSegment', {
    body: {
      name: city,
      kind: 'live',
      definition: {
        groups: [
          {
            key: 'in',
            name: 'in',
            rule: { op: 'trait', trait: 'city', type: 'text', test: { is: 'equal', value: city } },
          },
        ],
      },
    },
  })
  await ok('publishSegment', { params: { segment: made.id }, body: { version: made.version } })
  await lab.settle()
  return made.id
}
/** People there, friends on LINE. */
async function peopleIn(city: string, names: string[], more: Item = {}): Promise<void> {
  for (const who of names) await lab.person(who, { line: true, email: true, traits: { city, ...more } })
}
/** What the next so many requests to LINE meet; one may carry the messages of many. */
const fails = (kind: 'error_429' | 'error_500' | 'bad_recipient', times: number) =>
  setStandInFault(lab.core.pool, lab.workspace, { adapter: 'line', kind, times })
/** Messages that wait for another try are due; those that are held are not. */
const dueNow = (state: 'intended' | 'unknown') =>
  lab.core.pool.query(
    `update message set send_after = clock_timestamp() where workspace_id = $1 and state = $2 and send_after < '8000-01-01'`,
    [lab.workspace, state],
  )
const get = (broadcast: string): Promise<Any> => ok('broadcast', { params: { broadcast } })
async function draft(spec: Spec): Promise<string> {
  return (await ok('createBroadcast', { body: { spec } })).id
}
type Drawn = { canary: number; control: number; way: number }
/** A draft in which chance has put somebody into every group: people are drawn by a hash of their id and the draft's. */
async function drawn(spec: Spec, names: string[], inEach: (people: Drawn[]) => boolean): Promise<string> {
  const ids = await Promise.all(names.map(async w => (await lab.stateOf(w)).id))
  for (;;) {
    const id = await draft(spec)
    const journey = parseId('brd', id)!
    const people = ids.map(customer => ({
      canary: percentOf(customer, `${journey}/canary`),
      control: percentOf(customer, `control:${journey}`),
      way: percentOf(customer, `${journey}/test`),
    }))
    if (inEach(people)) return id
  }
}
async function start(broadcast: string): Promise<Any> {
  const { version } = await get(broadcast)
  const done = await ok('startBroadcast', { params: { broadcast }, body: { version } })
  await lab.settle()
  return done
}
async function turn(broadcast: string, act: string): Promise<Any> {
  const { version } = await get(broadcast)
  const done = await ok('turnBroadcast', { params: { broadcast }, body: { act, version } })
  return done
}
const said = async (who: string): Promise<string[]> =>
  (await lab.inbox('line', who)).flatMap(m =>
    ((m.messages as { text?: string }[] | undefined) ?? []).map(x => x.text ?? ''),
  )

test('R3-04 a broadcast to a segment: who is in gets it once, who comes later does not, and it is over', async () => {
  const segment = await cityOf('台北')
  await peopleIn('台北', ['a1', 'a2', 'a3'])
  await lab.person('mail-only', { email: true, traits: { city: '台北' } })
  await lab.person('elsewhere', { line: true, traits: { city: '台中' } })
  const id = await draft(specOf(segment))
  expect(await get(id)).toMatchObject({ state: 'draft', problems: [], channels: ['line'] })
  // lists of journeys leave it out
  expect((await ok('journeys')).items.map((j: Any) => j.name)).not.toContain('週年慶')

  const look = await ok('broadcastAudience', { params: { broadcast: id } })
  expect(look).toMatchObject({
    candidates: 4,
    people: 4,
    channels: [{ channel: 'line', reachable: 3, gets: 3, unreachable: [{ reason: 'other', people: 1 }] }],
    nobody: 1,
  })
  await start(id)
  const done = await get(id)
  expect(done).toMatchObject({
    state: 'done',
    progress: {
      audience: 4,
      told: true,
      entered: 4,
      done: 4,
      waiting: 0,
      accepted: 3,
      skipped: 1,
      reasons: { blocked: 1 },
    },
  })
  expect(await said('a1')).toEqual(['週年慶開跑'])
  await peopleIn('台北', ['late'])
  expect(await said('late')).toEqual([])
  expect(await said('elsewhere')).toEqual([])
  expect((await get(id)).progress.entered).toBe(4)
  expect((await ok('broadcasts')).items[0]).toMatchObject({ id, state: 'done' })
})

test('the audience is frozen at the start: who joins while it is told stays out, who leaves stays in', async () => {
  const segment = await cityOf('基隆')
  await peopleIn('基隆', ['f1', 'f2'])
  await peopleIn('花蓮', ['f3'])
  const id = await draft(specOf(segment, { name: '凍結', throttle: { max: 1, per: 'hour' } }))
  await start(id)
  await lab.tell({ type: 'identify', anonymousId: 'f3', traits: { city: '基隆' } })
  await lab.tell({ type: 'identify', anonymousId: 'f1', traits: { city: '花蓮' } })
  await lab.tell({ type: 'identify', anonymousId: 'f2', traits: { city: '花蓮' } })
  await lab.passes(3 * HOUR)
  expect([await said('f1'), await said('f2'), await said('f3')]).toEqual([['週年慶開跑'], ['週年慶開跑'], []])
  expect((await get(id)).progress).toMatchObject({ audience: 2, accepted: 2 })
})

test('pause holds, an opt-out meanwhile is respected, resume goes on, cancel ends what is not at the socket', async () => {
  const segment = await cityOf('新竹')
  const all = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']
  await peopleIn('新竹', all)
  const id = await draft(specOf(segment, { name: '限速', throttle: { max: 1, per: 'hour' } }))
  await start(id)
  const sent = async () => (await Promise.all(all.map(said))).filter(m => m.length > 0).length
  expect(await sent()).toBe(1)
  expect(await get(id)).toMatchObject({
    state: 'sending',
    progress: { waiting: 5, etaAt: expect.any(String) },
  })
  await turn(id, 'pause')
  await lab.passes(5 * HOUR)
  expect(await sent()).toBe(1)
  expect((await get(id)).state).toBe('paused')
  // one of those who wait refuses
  const waits = (await Promise.all(all.map(async w => [w, await said(w)] as const))).filter(
    ([, m]) => m.length === 0,
  )
  const refuser = waits[0]![0]
  await lab.tell({
    type: 'track',
    event: 'consent.refused',
    anonymousId: refuser,
    properties: { channel: 'line', purpose: 'marketing' },
  })
  await turn(id, 'resume')
  await lab.passes(MINUTE)
  // places that went by unused do not come all at once
  expect(await sent()).toBeLessThanOrEqual(2)
  await lab.passes(2 * HOUR)
  expect(await said(refuser)).toEqual([])
  const before = await sent()
  await turn(id, 'cancel')
  await lab.passes(10 * HOUR)
  expect(await sent()).toBe(before)
  expect((await get(id)).state).toBe('cancelled')
})

test('a message that waits in the ledger is held by a pause and ended by cancelling', async () => {
  const segment = await cityOf('桃園')
  await peopleIn('桃園', ['h1', 'h2'])
  // their next try is due by the real clock: it fails, too, until the broadcast is held
  await fails('error_429', 100)
  const id = await draft(specOf(segment, { name: '重試中' }))
  await start(id)
  expect(await get(id)).toMatchObject({ progress: { accepted: 0 } })
  await turn(id, 'pause')
  await fails('error_429', 0)
  await dueNow('intended')
  await lab.passes(HOUR)
  expect(await said('h1')).toEqual([])
  await turn(id, 'cancel')
  await lab.passes(HOUR)
  expect([await said('h1'), await said('h2')]).toEqual([[], []])
  expect((await get(id)).progress).toMatchObject({ accepted: 0, skipped: 2, reasons: { exited: 2 } })
})

test('who refuses between start and socket gets nothing, whether they wait for their turn or their message does; all others get one', async () => {
  const segment = await cityOf('澎湖')
  const all = Array.from({ length: 6 }, (_, i) => `o${i}`)
  await peopleIn('澎湖', all)
  const refuses = (who: string) =>
    lab.tell({
      type: 'track',
      event: 'consent.refused',
      anonymousId: who,
      properties: { channel: 'line', purpose: 'marketing' },
    })
  await fails('error_429', 100)
  const id = await draft(specOf(segment, { name: '途中退訂', throttle: { max: 1, per: 'hour' } }))
  await start(id)
  // the first message waits in the ledger for another try, the others for their turn
  const { rows } = await lab.core.pool.query<{ who: string }>(
    `select i.value as who from message m join identifier i on i.workspace_id = m.workspace_id and i.customer_id = m.customer_id
      where m.workspace_id = $1 and m.channel = 'line' and m.state = 'intended' and i.kind = 'anonymous_id' and i.value = any($2)`,
    [lab.workspace, all],
  )
  expect(rows.length).toBe(1)
  const early = rows[0]!.who
  const late = all.find(w => w !== early)!
  await refuses(early)
  await refuses(late)
  expect(await Promise.all(all.map(said))).toEqual(all.map(() => []))
  await fails('error_429', 0)
  await dueNow('intended')
  await lab.settle()
  expect((await get(id)).progress.reasons.consent).toBe(1)
  await lab.passes(7 * HOUR)
  for (const who of all)
    expect([who, await said(who)]).toEqual([who, who === early || who === late ? [] : ['週年慶開跑']])
  expect(await get(id)).toMatchObject({
    state: 'done',
    progress: { audience: 6, accepted: 4, skipped: 2, reasons: { consent: 2 } },
  })
  const skipped = async (reason: string) =>
    (await everybodyBehind(lab, 'broadcastPeople', { figure: 'skipped', reason }, { broadcast: id })).ids
  const refused = await Promise.all([early, late].map(async w => publicId('cus', (await lab.stateOf(w)).id)))
  expect(await skipped('consent')).toEqual(new Set(refused))
  expect((await skipped('blocked')).size).toBe(0)
})

test('what the provider left unanswered is not asked again while the broadcast is held, nor once it is cancelled', async () => {
  const segment = await cityOf('南投')
  const all = ['n1', 'n2', 'n3']
  await peopleIn('南投', all)
  // a request for several of which it is not known whether it was taken: the same again settles it
  await fails('error_500', 100)
  const id = await draft(specOf(segment, { name: '未回應' }))
  await start(id)
  expect(await get(id)).toMatchObject({ state: 'sending', progress: { accepted: 0, unknown: 3 } })
  await turn(id, 'pause')
  await fails('error_500', 0)
  const heard = async () => (await Promise.all(all.map(said))).flat()
  expect((await dueNow('unknown')).rowCount).toBe(3)
  await lab.settle()
  expect(await heard()).toEqual([])
  await turn(id, 'cancel')
  expect((await dueNow('unknown')).rowCount).toBe(3)
  await lab.settle()
  expect(await heard()).toEqual([])
  expect((await dueNow('unknown')).rowCount).toBe(0)
  expect(await get(id)).toMatchObject({ state: 'cancelled', progress: { accepted: 0, unknown: 3 } })
})

test('a scheduled one starts at its time with who is in by then; taken back it does not', async () => {
  const segment = await cityOf('嘉義')
  await peopleIn('嘉義', ['s1'])
  const { now } = await ok('home')
  const at = (ms: number) =>
    new Date(Date.parse(now ?? new Date().toISOString()) + ms + 8 * HOUR).toISOString().slice(0, 16)
  const id = await draft(specOf(segment, { name: '排程', when: { kind: 'at', at: at(30 * DAY) } }))
  await start(id)
  expect(await get(id)).toMatchObject({ state: 'scheduled', progress: null })
  // what is scheduled is not changed by the way
  const { version, spec } = await get(id)
  expect(
    (await lab.call('saveBroadcast', { params: { broadcast: id }, body: { spec, version } })).body,
  ).toMatchObject({
    code: 'broadcast_under_way',
  })
  await turn(id, 'take_back')
  expect((await get(id)).state).toBe('draft')
  await start(id)
  await peopleIn('嘉義', ['s2'])
  await lab.passes(31 * DAY)
  expect([await said('s1'), await said('s2')]).toEqual([['週年慶開跑'], ['週年慶開跑']])
  const past = await draft(specOf(segment, { name: '過去', when: { kind: 'at', at: '2020-01-01T10:00' } }))
  expect((await get(past)).problems).toMatchObject([{ code: 'past', path: '/when/at' }])
})

test('R2-04 in each person’s zone, and at their best hour: never in quiet hours', async () => {
  const segment = await cityOf('屏東')
  const { version } = await ok('workspace')
  await ok('updateWorkspace', { body: { quietHours: { from: '22:00', to: '08:00' }, version } })
  await peopleIn('屏東', ['z-tw'])
  await peopleIn('屏東', ['z-ny'], { timezone: 'America/New_York' })
  await peopleIn('屏東', ['z-odd'], { timezone: 'Mars/Olympus' })
  const today = (await clock()).slice(0, 10)
  const day = new Date(Date.parse(today) + 3 * DAY).toISOString().slice(0, 10)
  const local = await draft(
    specOf(segment, { name: '各地早上九點', when: { kind: 'local', at: `${day}T09:00`, trait: 'timezone' } }),
  )
  await start(local)
  await lab.passes(5 * DAY)
  const at = async (who: string, zone: string) => {
    const { rows } = await lab.core.pool.query<{ at: Date }>(
      `select at from sandbox_message where workspace_id = $1 and channel = 'line' and address = $2 and direction = 'to_customer' order by at desc limit 1`,
      [lab.workspace, lab.lineOf(who)],
    )
    return rows[0]?.at.toLocaleString('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  }
  expect(await at('z-tw', 'Asia/Taipei')).toBe(`${day} 09:00`)
  expect(await at('z-odd', 'Asia/Taipei')).toBe(`${day} 09:00`)
  // nine in New York is nine in the evening here or later: it is their hours that count
  expect(await at('z-ny', 'America/New_York')).toBe(`${day} 09:00`)

  // the best hour: from now on acts are counted; one acts at seven in the evening, one deep in the night
  const best = { kind: 'best' as const, fallback: '10:00' }
  const counting = await draft(specOf(segment, { name: '開始統計', when: best }))
  await start(counting)
  const acts = async (who: string, hour: number) => {
    const next = (24 + hour - Number((await clock()).slice(11, 13))) % 24
    await lab.passes(next * HOUR)
    for (let i = 0; i < 6; i++)
      await lab.tell({ type: 'track', event: 'Product Viewed', anonymousId: who, properties: { i } })
  }
  await acts('z-tw', 19)
  await acts('z-odd', 23)
  await acts('z-ny', 12) // the clock stands at noon again; it is midnight in New York
  const id = await draft(specOf(segment, { name: '最佳時段', when: best }))
  await start(id)
  await lab.passes(2 * DAY)
  const hour = async (who: string) => Number((await at(who, 'Asia/Taipei'))?.slice(11, 13))
  expect([await hour('z-tw'), await hour('z-odd'), await hour('z-ny')]).toEqual([19, 8, 12])
  await ok('updateWorkspace', { body: { quietHours: null, version: (await ok('workspace')).version } })
})

const clock = async (): Promise<string> => {
  const { rows } = await lab.core.pool.query<{ at: Date }>(
    `select clock_timestamp() + make_interval(secs => clock_offset_ms / 1000.0) as at from workspace where id = $1`,
    [lab.workspace],
  )
  return new Date(rows[0]!.at.getTime() + 8 * HOUR).toISOString()
}

test('a canary goes first; where failures pass the limit the broadcast stops by itself, and a person may let it go on', async () => {
  const segment = await cityOf('宜蘭')
  const names = Array.from({ length: 12 }, (_, i) => `c${i}`)
  await peopleIn('宜蘭', names)
  const canary = { percent: 50, waitMs: HOUR, limits: { failed: 20 } }
  const sent = async () => (await Promise.all(names.map(said))).filter(m => m.length > 0).length
  // all is well: the others follow after an hour
  const inBoth = (people: Drawn[]) => people.some(p => p.canary < 50) && people.some(p => p.canary >= 50)
  const good = await drawn(specOf(segment, { name: '先導', canary }), names, inBoth)
  await start(good)
  const first = await sent()
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThan(12)
  // when it will be over is not known from how fast the first few went
  expect(await get(good)).toMatchObject({
    state: 'canary',
    canary: { state: 'open' },
    progress: { accepted: first, etaAt: null },
  })
  await lab.passes(30 * MINUTE)
  expect(await sent()).toBe(first)
  await lab.passes(31 * MINUTE)
  expect(await sent()).toBe(12)
  expect(await get(good)).toMatchObject({
    state: 'done',
    canary: { state: 'passed', figures: { accepted: first } },
  })

  // every message fails: the request for all of them says nothing of whom, then each for itself
  await fails('bad_recipient', 100)
  const bad = await drawn(specOf(segment, { name: '先導失敗', canary }), names, inBoth)
  await start(bad)
  const under = async () => {
    await lab.settle()
    const { rows } = await lab.core.pool.query<{ n: number }>(
      `select count(*)::int as n from message where workspace_id = $1 and state in ('intended', 'claimed', 'sending')`,
      [lab.workspace],
    )
    return rows[0]!.n
  }
  await expect.poll(under, { timeout: 20_000 }).toBe(0)
  const wrong = (await get(bad)).progress.failed
  expect(wrong).toBeGreaterThan(0)
  await fails('bad_recipient', 0)
  await lab.passes(61 * MINUTE)
  expect(await get(bad)).toMatchObject({
    state: 'canary_stopped',
    canary: { state: 'stopped', figures: { failed: wrong, verdict: { limit: 'failed', most: 20 } } },
  })
  await lab.passes(10 * DAY)
  const stopped = (await get(bad)).progress
  expect(stopped.accepted + stopped.failed).toBeLessThan(12)
  await turn(bad, 'resume')
  await lab.settle()
  expect(await get(bad)).toMatchObject({
    state: 'done',
    progress: { done: 12, failed: wrong, accepted: 12 - wrong },
  })
})

test('people are tried with two messages, and some are kept unsent', async () => {
  const segment = await cityOf('苗栗')
  const names = Array.from({ length: 16 }, (_, i) => `v${i}`)
  await peopleIn('苗栗', names)
  const spec = specOf(segment, {
    name: '兩版',
    variants: [
      { name: '甲', percent: 50, options: [line('甲版')] },
      { name: '乙', percent: 50, options: [line('乙版')] },
    ],
    goal: { event: 'Order Completed', windowMs: DAY },
    holdoutPercent: 30,
  })
  const group = ({ control, way }: Drawn) => (control < 30 ? 'kept' : way < 50 ? '甲' : '乙')
  const id = await drawn(spec, names, people => new Set(people.map(group)).size === 3)
  await start(id)
  const got = (await Promise.all(names.map(said))).map(m => m[0] ?? '')
  const { control, accepted, entered } = (await get(id)).progress
  expect(new Set(got)).toEqual(new Set(['甲版', '乙版', '']))
  // each figure opens its people: those kept unsent are exactly who got nothing
  const ids = await Promise.all(names.map(async w => publicId('cus', (await lab.stateOf(w)).id)))
  const behind = async (query: Record<string, string>) =>
    (await everybodyBehind(lab, 'broadcastPeople', query, { broadcast: id })).ids
  expect(await behind({ figure: 'control' })).toEqual(new Set(ids.filter((_, i) => got[i] === '')))
  expect(await behind({ figure: 'accepted' })).toEqual(new Set(ids.filter((_, i) => got[i] !== '')))
  expect(await behind({ figure: 'audience' })).toEqual(new Set(ids))
  for (const figure of ['waiting', 'failed', 'notEntered']) expect((await behind({ figure })).size).toBe(0)
  expect([control + entered, accepted, got.filter(g => g === '').length]).toEqual([16, entered, control])
})

test('several channels: the first that reaches a person; exclusions; all who are reachable', async () => {
  const segment = await cityOf('雲林')
  const out = await cityOf('斗六')
  await lab.person('r-line', { line: true, email: true, traits: { city: '雲林' } })
  await lab.person('r-mail', { email: true, traits: { city: '雲林' } })
  await lab.person('r-none', { traits: { city: '雲林' } })
  const id = await draft(
    specOf(segment, {
      name: '觸及',
      variants: [{ name: 'a', percent: 100, options: [line('賴'), mail('信')] }],
    }),
  )
  expect(await ok('broadcastAudience', { params: { broadcast: id } })).toMatchObject({
    people: 3,
    nobody: 1,
    channels: [
      { channel: 'line', gets: 1 },
      { channel: 'email', reachable: 2, gets: 1 },
    ],
  })
  await start(id)
  expect([await said('r-line'), (await lab.inbox('email', 'r-line')).length]).toEqual([['賴'], 0])
  expect((await lab.inbox('email', 'r-mail')).map(m => m.subject)).toEqual(['信'])
  await lab.person('r-out', { line: true, traits: { city: '斗六' } })
  const all = await draft(specOf(undefined, { name: '全部', audience: { exclude: [{ segment: out }] } }))
  await start(all)
  const { progress } = await get(all)
  expect(progress.notEntered).toEqual({ excluded: 1 })
  const kept = await everybodyBehind(
    lab,
    'broadcastPeople',
    { figure: 'notEntered', reason: 'excluded' },
    { broadcast: all },
  )
  expect(kept.ids).toEqual(new Set([publicId('cus', (await lab.stateOf('r-out')).id)]))
  // r-mail and r-none are reached by nothing that it uses; whose address LINE refused before is known to the deliverer alone
  expect(progress.audience).toBe(progress.accepted + (progress.reasons.suppressed ?? 0) + 1)
  expect([await said('r-out'), (await said('r-line')).length]).toEqual([[], 2])
})
