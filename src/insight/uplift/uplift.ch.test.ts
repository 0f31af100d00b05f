// The workspace's control group and what was changed against it, beside loops over the raw rows.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { graphOf, type Item, type JourneyLab, openJourneyLab, says } from '../../../test/journey-lab.ts'
import { everybodyBehind } from '../../../test/people-behind.ts'
import { mail } from '../../../test/send-lab.ts'
import type { Out } from '../../contract.ts'
import { parseId, publicId, type Uuid } from '../../platform/ids.ts'
import { percentOf } from '../../rules/percent.ts'

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
}, 180_000)
afterAll(() => lab?.close())

const DAY = 86_400_000
const PEOPLE = 240
const names = Array.from({ length: PEOPLE }, (_, i) => `u${i}`)

async function tellMany(items: Item[]): Promise<void> {
  for (let i = 0; i < items.length; i += 400)
    expect((await lab.batch(items.slice(i, i + 400))).status).toBe(200)
  await lab.settle()
}
const sends = (event: string, purpose: string) =>
  graphOf(event, {
    s: {
      type: 'send',
      fields: { channel: 'email', purpose, content: mail('嗨', '<p>嗨</p>') },
      next: { accepted: null, skipped: null },
    },
  })
const order = (who: string, no: string, total: number) =>
  says(who, 'Order Completed', { order_id: no, total, currency: 'TWD' })

async function rows<T>(query: string): Promise<T[]> {
  const answer = await lab.core.history.query({
    query,
    query_params: { ws: lab.workspace },
    format: 'JSONEachRow',
  })
  return answer.json<T>()
}

test('R0-28 a sticky control group over all journeys that sell: uplift with interval, equal to loops; nothing where there is too little', async () => {
  const empty = (await lab.call('uplift')).body as Out<'uplift'>
  expect(empty.lifts.map(l => l.lift)).toEqual([null, null, null, null])

  const settings = await lab.call('proofSettings')
  expect(
    await lab.call('saveProofSettings', {
      body: { pointValue: 0, holdoutPercent: 50, version: settings.body.version },
    }),
  ).toMatchObject({ status: 200, body: { holdoutPercent: 50 } })
  const selling = await lab.publish(sends('Spring', 'marketing'))
  const serving = await lab.publish(sends('Shipped', 'transactional'))
  await tellMany(
    names.flatMap(who => [
      { type: 'identify', anonymousId: who, traits: { email: `${who}@example.com` } },
      says(who, 'consent.granted', { channel: 'email', purpose: 'marketing' }),
    ]),
  )
  const ids = await rows<{ who: string; id: string }>(
    `select any(replaceOne(email, '@example.com', '')) as who, toString(customer_id) as id from customer final where workspace_id = {ws:UUID} and email <> '' group by customer_id`,
  )
  const held = new Set(ids.filter(r => percentOf(r.id, 'holdout') < 50).map(r => r.who))
  expect(held.size).toBeGreaterThan(80)
  expect(held.size).toBeLessThan(160)
  // who is held out is drawn by chance: what people do is planted by their place in their own group
  const placed = [true, false].flatMap(kept =>
    names.filter(who => held.has(who) === kept).map((who, i) => ({ who, i, kept })),
  )
  // a third have bought before
  await tellMany(placed.filter(({ i }) => i % 3 === 0).map(({ who }) => order(who, `B${who}`, 100)))
  await lab.passes(DAY)
  await tellMany(names.flatMap(who => [says(who, 'Spring'), says(who, 'Shipped')]))
  const sent = async (journey: string) =>
    (
      await lab.core.pool.query<{ customer: string }>(
        `select customer_id as customer from message where workspace_id = $1 and journey_id = $2`,
        [lab.workspace, parseId('jrn', journey)],
      )
    ).rows.map(r => r.customer)
  expect(new Set(await sent(selling))).toEqual(new Set(ids.filter(r => !held.has(r.who)).map(r => r.id)))
  // what only serves goes to everybody
  expect((await sent(serving)).length).toBe(PEOPLE)

  // those who were written to buy more; four orders come back
  const buys = ({ i, kept }: { i: number; kept: boolean }) => (kept ? i % 10 === 0 : i % 2 === 0)
  const comesBack = ({ i }: { i: number }) => [0, 2, 4].includes(i)
  const buyers = placed.filter(buys)
  await lab.passes(DAY)
  await tellMany(buyers.map(({ who, i }) => order(who, `A${who}`, 200 + i)))
  await tellMany(
    buyers.filter(comesBack).map(({ who }) => says(who, 'Order Cancelled', { order_id: `A${who}` })),
  )
  await tellMany(
    placed.filter(({ i }) => i % 4 === 1).map(({ who }) => says(who, 'Store Visited', { store: 'T1' })),
  )
  await lab.passes(8 * DAY)
  await tellMany(placed.filter(({ i }) => i % 5 === 0).map(({ who }) => order(who, `C${who}`, 9_000))) // beyond the window
  await tellMany(names.map(who => says(who, 'Spring'))) // once more: the same stay out
  expect(new Set(await sent(selling)).size).toBe(PEOPLE - held.size)

  const answer = (await lab.call('uplift', { query: { window: '7' } })).body as Out<'uplift'>
  const group = (kept: boolean) => {
    const people = placed.filter(p => p.kept === kept)
    const stands = people.filter(p => buys(p) && !comesBack(p))
    return {
      people: people.length,
      engaged: people.filter(({ i }) => i % 4 === 1).length,
      converted: stands.length,
      regulars: people.filter(({ i }) => i % 3 === 0).length,
      repurchased: stands.filter(({ i }) => i % 3 === 0).length,
      revenue: stands.reduce((n, { i }) => n + 200 + i, 0),
      open: 0,
      before: {
        converted: people.filter(({ i }) => i % 3 === 0).length,
        revenue: 100 * people.filter(({ i }) => i % 3 === 0).length,
      },
    }
  }
  expect(answer.treated).toEqual(group(false))
  expect(answer.control).toEqual(group(true))
  // each figure opens exactly those it counts
  const idOf = new Map(ids.map(r => [r.who, publicId('cus', r.id as Uuid)]))
  const behind = (arm: 'treated' | 'control', figure: string) =>
    everybodyBehind(lab, 'upliftPeople', { window: '7', arm, figure })
  for (const arm of ['treated', 'control'] as const) {
    const all = placed.filter(p => p.kept === (arm === 'control'))
    const stands = all.filter(p => buys(p) && !comesBack(p))
    const expected = {
      people: all,
      engaged: all.filter(({ i }) => i % 4 === 1),
      converted: stands,
      regulars: all.filter(({ i }) => i % 3 === 0),
      repurchased: stands.filter(({ i }) => i % 3 === 0),
      open: [],
      converted_before: all.filter(({ i }) => i % 3 === 0),
    }
    for (const [figure, who] of Object.entries(expected)) {
      const { ids: found, rows: listed } = await behind(arm, figure)
      expect([arm, figure, found]).toEqual([arm, figure, new Set(who.map(w => idOf.get(w.who)))])
      expect(listed.length).toBe(found.size)
    }
  }
  const of = (metric: string) => answer.lifts.find(l => l.metric === metric)!.lift!
  const conversion = of('conversion')
  const { treated, control } = answer
  expect(conversion.value).toBeCloseTo(
    treated.converted / treated.people - control.converted / control.people,
    10,
  )
  expect(conversion).toMatchObject({ enough: true })
  expect(conversion.low).toBeGreaterThan(0)
  expect(conversion.high).toBeGreaterThan(conversion.value)
  expect(of('revenue').value).toBeCloseTo(
    treated.revenue / treated.people - control.revenue / control.people,
    6,
  )
  expect(of('revenue')).toMatchObject({ enough: true })
  // nothing was planted in who comes to the store
  expect(of('engagement').low).toBeLessThan(0)
  expect(of('engagement').high).toBeGreaterThan(0)
  // of one journey: without a control group of its own there is nothing to compare with
  const own = (await lab.call('uplift', { query: { journey: serving, window: '7' } })).body as Out<'uplift'>
  expect(own).toMatchObject({ treated: { people: PEOPLE }, control: { people: 0 } })
  expect(own.lifts.every(l => l.lift === null)).toBe(true)
  // fewer are kept out from now on: who enters once more stays in the group of their first run
  const { version } = (await lab.call('proofSettings')).body as Out<'proofSettings'>
  const fewer = await lab.call('saveProofSettings', { body: { pointValue: 0, holdoutPercent: 1, version } })
  expect(fewer.status).toBe(200)
  await lab.passes(8 * DAY) // who was kept out is not watched any more
  const before = await rows<{ n: number }>(ENTERED)
  await tellMany(placed.filter(p => p.kept).map(({ who }) => says(who, 'Spring')))
  expect((await rows<{ n: number }>(ENTERED))[0]!.n).toBe(before[0]!.n + held.size)
  const again = (await lab.call('uplift', { query: { window: '7' } })).body as Out<'uplift'>
  expect([again.treated.people, again.control.people]).toEqual([treated.people, control.people])
}, 240_000)

const ENTERED = `select toUInt32(count()) as n from event where workspace_id = {ws:UUID} and name = 'journey.entered'`
