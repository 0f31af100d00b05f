// A merge taken apart: each has what it had, whatever came meanwhile, and nothing counts twice.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, id, journey, uuid, WORKSPACE, world } from '../../test/reducer.ts'
import { cart, Town, welcome } from '../../test/town.ts'
import { tries } from '../../test/property.ts'
import type { IdRef } from './model.ts'
import { conflictIdOf } from './conflicts.ts'
import { nobodyOf } from './shared.ts'
import { evaluate } from '../rules/evaluate.ts'
import type { Rule } from '../rules/model.ts'
import type { PublishedJourney } from '../journeys/model.ts'

const first = () => 0
const M1 = id('member_no', 'M1')
const M2 = id('member_no', 'M2')
const A = id('anonymous_id', 'a')
const B = id('anonymous_id', 'b')
const MAIL = id('email', 'may@example.com')
const order = (order_id: string, total = 100) => ({ order_id, total, currency: 'TWD' })

/** Two members, merged by a person. */
function merged(...more: PublishedJourney[]): { t: Town; one: string; two: string } {
  const t = new Town(world(welcome, cart, ...more))
  t.collect('Order Completed', [M1, A], 'token', 'e1', order('1'))
  t.collect('Order Completed', [M2, MAIL], 'server', 'e2', order('2', 250))
  t.collect('Product Added', [M2], 'server', 'e3')
  t.rest(first)
  const [one, two] = [t.holderOf(M1)!, t.holderOf(M2)!].sort() as [string, string]
  t.command(two, { do: 'merge', into: one })
  t.rest(first)
  return { t, one, two }
}

test('R1-14 a person decides that two members are one: both numbers, all identifiers, orders and runs', () => {
  const { t, one, two } = merged()
  expect(t.answers).toEqual([200])
  const state = t.at(one).state!
  expect(state.ids.map(i => i.value)).toEqual(['M1', 'a', 'M2', 'may@example.com'])
  expect(state.orders).toMatchObject({ n: 2, revenue: 350 })
  expect(state.enr.map(r => r.j)).toEqual([cart.id])
  expect(t.at(two).state!.into).toBe(one)
  for (const who of [M1, M2, MAIL]) expect(t.holderOf(who)).toBe(one)
  // either number is this person's from now on
  t.collect('Order Completed', [M2, A], 'token', 'e4', order('3'))
  t.rest(first)
  expect(t.at(one).state!.orders).toMatchObject({ n: 3, revenue: 450 })
  expect(t.conflicts.size).toBe(0)
})

test('R1-14 an unmerge gives each what it had, and what came meanwhile to whose it is', async () => {
  const { t, one, two } = merged()
  t.collect('Order Completed', [M2], 'server', 'e4', order('3', 40))
  t.collect('Order Completed', [A], 'public', 'e5', order('4', 7))
  t.collect('Order Completed', [id('phone', '+886912345678'), M2], 'server', 'e6', order('5', 1))
  t.rest(first)
  expect(t.at(one).state!.orders!.revenue).toBe(398)
  const parted = await t.unmerge(one, two)
  expect(parted!.events).toEqual({ rest: 1, part: 2 })
  t.rest(first)
  expect(t.at(one).state!.orders).toMatchObject({ n: 2, revenue: 107 })
  expect(t.at(two).state!.orders).toMatchObject({ n: 3, revenue: 291 })
  expect(t.at(one).state!.ids.map(i => i.value)).toEqual(['M1', 'a'])
  expect(t.at(two).state!.ids.map(i => i.value)).toEqual(['M2', 'may@example.com', '+886912345678'])
  expect(t.at(two).state!.into).toBeUndefined()
  expect(t.holderOf(M2)).toBe(two)
  expect(t.holderOf(MAIL)).toBe(two)
  expect(t.at(one).state!.absorbed).toEqual([])
  // the cart that was M2's is M2's again: buying there ends it, and not before
  t.collect('Order Completed', [M1], 'server', 'e7', order('6'))
  t.rest(first)
  expect(t.at(one).state!.enr).toEqual([])
  // what happened meanwhile was a purchase of M2: the cart has ended
  expect(t.at(two).state!.enr).toEqual([])
  // an intake that does not know it yet still sends to the survivor
  t.post(one, {
    kind: 'event',
    messageId: 'late',
    body: {
      type: 'track',
      name: 'Order Completed',
      messageId: 'late',
      at: t.now,
      props: order('7', 9),
      ids: [MAIL],
      proof: 'server',
      src: 'test',
    },
  })
  t.rest(first)
  expect(t.at(two).state!.orders!.revenue).toBe(300)
  t.post(one, {
    kind: 'event',
    messageId: 'late2',
    body: {
      type: 'track',
      name: 'Order Completed',
      messageId: 'late2',
      at: t.now,
      props: order('8', 3),
      ids: [M2],
      proof: 'server',
      src: 'test',
    },
  })
  t.rest(first)
  expect(t.at(two).state!.orders!.revenue).toBe(303)
})

test('what is remembered goes with whose it is, there and back', async () => {
  const paid: Rule = {
    op: 'orders',
    status: ['paid'],
    window: { in: 'ever' },
    measure: { of: 'amount', test: { is: 'at_least', value: 1e9 } },
  }
  const bought: Rule = {
    op: 'event',
    event: 'Order Completed',
    window: { in: 'ever' },
    measure: { of: 'count', test: { is: 'at_least', value: 900 } },
  }
  const asking = journey(
    {
      trigger: { kind: 'event', event: 'Never' },
      exits: [paid, bought].map((rule, i) => ({ name: `exit ${i}`, rule })),
    },
    { id: uuid(0x1002) },
  )
  const { t, one, two } = merged(asking)
  const seen = (who: string) =>
    [paid, bought].map(
      rule =>
        evaluate(rule, {
          state: t.at(who).state!,
          now: t.now,
          timezone: 'UTC',
          since: null,
          fresh: new Set(),
        }).why[0]!.seen,
    )
  expect(seen(one)).toEqual([350, 2])
  t.collect('Order Completed', [M2], 'server', 'e4', order('3', 40))
  t.collect('Order Refunded', [M1], 'server', 'e5', { order_id: '1', total: 30 })
  t.rest(first)
  expect(seen(one)).toEqual([360, 3])
  await t.unmerge(one, two)
  t.rest(first)
  expect([seen(one), seen(two)]).toEqual([
    [70, 1],
    [290, 2],
  ])
  t.collect('Order Cancelled', [M2], 'server', 'e6', { order_id: '2' })
  t.rest(first)
  expect(seen(two)).toEqual([40, 2])
  t.command(two, { do: 'merge', into: one })
  t.rest(first)
  expect(seen(one)).toEqual([110, 3])
})

test('after an unmerge they stay apart: nothing merges them again but a person, and then orders count once', async () => {
  const { t, one, two } = merged()
  await t.unmerge(one, two)
  t.rest(first)
  t.collect('Seen', [A, MAIL], 'provider', 'e4')
  t.rest(first)
  expect(t.at(two).state!.into).toBeUndefined()
  expect(t.at(one).state!.apart).toEqual([two])
  t.command(two, { do: 'merge', into: one })
  t.rest(first)
  expect(t.at(one).state!.orders).toMatchObject({ n: 2, revenue: 350 })
  expect(t.at(one).state!.apart).toBeUndefined()
  await t.unmerge(one, two)
  t.rest(first)
  expect(t.at(one).state!.orders).toMatchObject({ n: 1, revenue: 100 })
  expect(t.at(two).state!.orders).toMatchObject({ n: 1, revenue: 250 })
})

test('an unmerge asked twice before the first is folded happens once', async () => {
  const { t, one, two } = merged()
  t.now += 2 * HOUR
  t.ring(one) // the cart sends under the survivor
  await t.unmerge(one, two)
  await t.unmerge(one, two)
  t.rest(first)
  expect(t.effects.filter(e => e.effect.kind === 'unmerged')).toHaveLength(1)
  expect(t.effects.filter(e => e.effect.kind === 'order' && e.effect.row.entry === 'moved')).toHaveLength(1)
})

test('a visitor merged into somebody who was merged on is taken out of the last', async () => {
  const t = new Town(world(welcome, cart))
  t.collect('Seen', [M1], 'server', 'e0')
  t.collect('Order Completed', [B], 'public', 'e1', order('1', 5))
  t.collect('Order Completed', [M2], 'server', 'e2', order('2', 60))
  t.rest(first)
  const visitor = t.holderOf(B)!
  const [one, two] = [t.holderOf(M1)!, t.holderOf(M2)!]
  t.collect('Signed In', [M2, B], 'token', 'e3')
  t.rest(first)
  const holder = t.holderOf(M2)!
  expect(holder).toBe(t.holderOf(B))
  t.command([one, holder].sort()[1]!, { do: 'merge', into: [one, holder].sort()[0]! })
  t.rest(first)
  const last = t.holderOf(M1)!
  expect(t.at(last).state!.orders!.revenue).toBe(65)
  const out = holder === visitor ? two : visitor
  await t.unmerge(last, out)
  t.rest(first)
  expect(t.at(out).state!.orders!.revenue).toBe(out === visitor ? 5 : 60)
  expect(t.at(last).state!.orders!.revenue).toBe(out === visitor ? 60 : 5)
})

test('merged and taken apart twice: what a run sent while they were one keeps its number in both', async () => {
  const { t, one, two } = merged()
  t.collect('Signed Up', [M2], 'server', 'e4')
  t.collect('Order Completed', [M2], 'server', 'e4a', order('4')) // the cart that came along has ended
  t.collect('Product Added', [M2], 'server', 'e4b')
  t.rest(first)
  await t.unmerge(one, two)
  t.rest(first)
  const used = { [`${welcome.id}|`]: 1, [`${cart.id}|`]: 2 }
  expect(t.at(one).state!.used).toEqual(used)
  t.command(two, { do: 'merge', into: one })
  t.rest(first)
  await t.unmerge(one, two)
  t.rest(first)
  expect(t.at(one).state!.used).toEqual(used)
  t.collect('Signed Up', [M1], 'server', 'e5') // the town refuses a message's identity that was used
  t.rest(first)
  expect(t.at(one).state!.enr.map(r => [r.j, r.n])).toEqual([[welcome.id, 2]])
})

test('who became part of somebody whose own merge was under way stands with that one again', async () => {
  const t = new Town(world(welcome, cart))
  t.collect('Order Completed', [M1], 'server', 'e1', order('1', 5))
  t.collect('Order Completed', [M2], 'server', 'e2', order('2', 60))
  t.collect('Order Completed', [B], 'public', 'e3', order('3', 700))
  t.rest(first)
  const [one, two, visitor] = [t.holderOf(M1)!, t.holderOf(M2)!, t.holderOf(B)!]
  t.command(two, { do: 'merge', into: one })
  t.command(visitor, { do: 'merge', into: two })
  t.foldNext(visitor)
  t.foldNext(two) // its tombstone comes first: the visitor arrives at the first of the three
  t.rest(first)
  expect(t.at(one).state!.absorbed).toEqual([two, visitor])
  await t.unmerge(one, two)
  t.rest(first)
  expect(t.at(one).state!).toMatchObject({ absorbed: [], orders: { revenue: 5 } })
  expect(t.at(two).state!).toMatchObject({ absorbed: [visitor], orders: { revenue: 760 } })
  expect([t.survivor(visitor), t.holderOf(B)]).toEqual([two, two])
})

test('R1-14 kept apart for good: never asked again, and the list is closed', () => {
  const t = new Town(world(welcome, cart))
  t.collect('Seen', [M1, MAIL], 'server', 'e1')
  t.collect('Seen', [M2], 'server', 'e2')
  t.collect('Seen', [M2, MAIL], 'server', 'e3')
  t.rest(first)
  const [one, two] = [t.holderOf(M1)!, t.holderOf(M2)!]
  const conflict = conflictIdOf(one, two)
  expect(t.conflicts.get(conflict)!.status).toBe('open')
  t.command(one, { do: 'keep_apart', from: two, conflict })
  t.rest(first)
  expect(t.conflicts.get(conflict)!.status).toBe('apart')
  for (const c of [one, two]) expect(t.at(c).state!.conflicts).toBeUndefined()
  const line = id('line_uid', 'U1')
  t.collect('Seen', [M1, line], 'server', 'e4')
  t.collect('Seen', [M2, line], 'server', 'e5')
  t.rest(first)
  expect(t.conflicts.size).toBe(1)
  expect(t.conflicts.get(conflict)!.status).toBe('apart')
})

test('R1-14 a shared e-mail is given to the one it belongs to, and finds that one again', () => {
  const t = new Town(world(welcome, cart))
  t.collect('Seen', [M1, MAIL], 'server', 'e1')
  t.collect('Seen', [M2], 'server', 'e2')
  t.collect('Seen', [M2, MAIL], 'server', 'e3')
  t.rest(first)
  const [one, two] = [t.holderOf(M1)!, t.holderOf(M2)!]
  t.command(one, { do: 'give_identifier', id: MAIL, to: two, conflict: conflictIdOf(one, two) })
  t.rest(first)
  expect(t.conflicts.get(conflictIdOf(one, two))!.status).toBe('moved')
  expect(t.holderOf(MAIL)).toBe(two)
  expect(t.at(two).state!.ids.find(i => i.value === MAIL.value)!.shared).toBeUndefined()
  expect(t.at(one).state!.ids.map(i => i.value)).toEqual(['M1'])
  t.collect('Order Completed', [MAIL], 'server', 'e4', order('1'))
  t.rest(first)
  expect(t.at(two).state!.orders!.revenue).toBe(100)
  expect(t.at(nobodyOf(WORKSPACE, MAIL)).state).toBeNull()
})

// ── against two who were never one ───────────────────────────────────────────

const theirs: IdRef[][] = [
  [M1, A, id('email', 'x@example.com'), id('phone', '+886911111111')],
  [M2, B, id('email', 'y@example.com'), id('line_uid', 'U2'), id('card_no', 'C2')],
]
const act = fc.record({
  who: fc.constantFrom(0, 1),
  ids: fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }),
  name: fc.constantFrom('Seen', 'Signed Up', 'Product Added', 'Order Completed', 'Order Refunded'),
  order: fc.nat(4),
  ago: fc.nat(3),
})

test('hard problem 6: two merged and taken apart are as two who were never one', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 3, maxLength: 25 }),
      fc.nat(20),
      fc.nat(20),
      async (acts, when, how) => {
        const play = async (merging: boolean) => {
          const t = new Town(world(welcome, cart))
          // everything that each has is known to be theirs before they meet
          theirs.forEach((ids, i) => {
            t.collect('Seen', ids, 'server', `s${i}`)
          })
          t.rest(first)
          const [one, two] = [t.holderOf(M1)!, t.holderOf(M2)!]
          const at = when % acts.length
          acts.forEach((a, i) => {
            if (i === at && merging) t.command(two, { do: 'merge', into: one })
            if (i % (1 + (how % 3)) === 0) t.rest(first)
            const own = theirs[a.who]!
            const ids = [...new Set(a.ids.map(n => own[n % own.length]!))]
            t.collect(a.name, ids, 'server', `e${i}`, {
              ...order(`${a.who}-${a.order}`),
              ...(a.name === 'Order Refunded' ? { total: 30 } : {}),
            })
            t.now += HOUR * a.ago
          })
          t.rest(first)
          const sent = [...t.messages.keys()]
          if (merging) await t.unmerge(one, two)
          t.rest(first)
          return { t, one, two, sent }
        }
        const [apart, never] = [await play(true), await play(false)]
        for (const side of ['one', 'two'] as const) {
          const got = apart.t.at(apart[side]).state!
          const would = never.t.at(never[side]).state!
          const look = (s: typeof got) => ({
            ids: s.ids.map(i => i.value).sort(),
            orders: [s.orders?.n, s.orders?.revenue],
            absorbed: s.absorbed,
            journeys: [
              ...new Set([...s.enr.map(r => r.j), ...Object.keys(s.past).map(k => k.slice(0, 36))]),
            ].sort(),
          })
          expect(look(got)).toEqual(look(would))
          // nobody is stranded at a message that does not exist
          for (const run of got.enr)
            if (run.wait?.kind === 'message') expect(apart.t.messages.has(run.wait.message)).toBe(true)
        }
        for (const event of apart.t.sent) expect([event, apart.t.folded.get(event)]).toEqual([event, 1])
        const identities = [...apart.t.messages.values()].map(
          m => `${m.intent.enrollment}/${m.intent.node}/${m.intent.occurrence}`,
        )
        expect(new Set(identities).size).toBe(identities.length)
      },
    ),
    tries(100),
  )
})

// ── random towns, with people who decide ─────────────────────────────────────

const anyone: IdRef[] = [
  ...['1', '2', '3'].map(v => id('member_no', v)),
  ...['a', 'b', 'c'].map(v => id('anonymous_id', v)),
  ...['x', 'y'].map(v => id('email', v)),
  id('phone', '+886912345678'),
  id('line_uid', 'p'),
  id('carrier', '/ABC1234'),
]
const step = fc.record({
  what: fc.constantFrom('event', 'event', 'event', 'event', 'merge', 'unmerge', 'apart', 'give'),
  ids: fc.uniqueArray(fc.constantFrom(...anyone), { minLength: 1, maxLength: 3, selector: i => i.kind }),
  name: fc.constantFrom('Seen', 'Signed Up', 'Product Added', 'Order Completed'),
  proof: fc.constantFrom('token' as const, 'server' as const, 'provider' as const),
  pick: fc.nat(50),
  folds: fc.nat(4),
})

/** RUNS and SEED look further: 20,000 towns take about a minute. */
const TOWNS = Number(process.env.RUNS ?? 150)

test('hard problem 6: whatever people decide in between, every event and intent counts once, and it comes to rest', {
  timeout: 120_000 + 30 * TOWNS,
}, async () => {
  let unmerges = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.array(fc.nat(1000), { minLength: 5, maxLength: 60 }),
      async (steps, picks) => {
        const t = new Town(world(welcome, cart))
        let at = 0
        const choose = (n: number) => picks[at++ % picks.length]! % n
        const sent: (() => void)[] = []
        for (const [i, s] of steps.entries()) {
          const living = [...t.customers].filter(([, c]) => c.state !== null && c.state.into === undefined)
          const merged = living.filter(([, c]) => c.state!.absorbed.some(a => t.at(a).state?.into))
          const among = s.what === 'unmerge' && merged.length > 0 ? merged : living
          const [who, customer] = among[s.pick % Math.max(1, among.length)] ?? []
          const [other] = living[(s.pick + 1) % Math.max(1, living.length)] ?? []
          if (s.what === 'event') {
            const post = () => t.collect(s.name, s.ids, s.proof, `e${i}`, order(`o${i}`))
            sent.push(post)
            post()
            if (s.pick < sent.length) sent[s.pick]!() // sent again, perhaps across a merge and its end
          } else if (who && other && customer && who !== other) {
            const [small, large] = [who, other].sort() as [string, string]
            if (s.what === 'merge') t.command(large, { do: 'merge', into: small })
            if (s.what === 'apart')
              t.command(who, { do: 'keep_apart', from: other, conflict: conflictIdOf(who, other) })
            const given = customer.state!.ids[s.pick % Math.max(1, customer.state!.ids.length)]
            if (s.what === 'give' && given)
              t.command(who, { do: 'give_identifier', id: given, to: other, conflict: null })
            const target = customer.state!.absorbed.find(a => t.at(a).state?.into !== undefined)
            if (s.what === 'unmerge' && target) {
              if (await t.unmerge(who, target)) unmerges++
            }
          }
          for (let n = 0; n < s.folds; n++) {
            const busy = t.busy()
            if (busy.length > 0) t.foldNext(busy[choose(busy.length)]!)
          }
          t.now += HOUR / 4
        }
        t.rest(choose)
        for (let i = 0; i < 3; i++) {
          t.now += DAY
          for (const c of [...t.customers.keys()]) t.ring(c)
          t.rest(choose)
        }
        for (const event of t.sent) expect([event, t.folded.get(event)]).toEqual([event, 1])
        const identities = [...t.messages.values()].map(
          m => `${m.intent.enrollment}/${m.intent.node}/${m.intent.occurrence}`,
        )
        expect(new Set(identities).size).toBe(identities.length)
        for (const [cid, c] of t.customers) {
          if (c.state === null) continue
          if (c.state.into !== undefined) {
            expect(c.state.into < cid).toBe(true)
            t.survivor(cid)
          } else for (const run of c.state.enr) expect(run.wait?.kind).toBe('time')
        }
      },
    ),
    { numRuns: TOWNS, seed: Number(process.env.SEED ?? 7) },
  )
  expect(unmerges).toBeGreaterThan(0)
})
