// Random histories: what some people did, as steps that can be written down, replayed and made smaller. The real reducer
// folds them in a town (test/town.ts) with late and repeated events, merges, orders that are refunded or cancelled.
import type { IdRef, Proof } from '../../src/customers/model.ts'
import type { CommandBody, EventBody } from '../../src/inbox/model.ts'
import type { World } from '../../src/customers/world.ts'
import type { Uuid } from '../../src/platform/ids.ts'
import { START } from '../reducer.ts'
import { Town } from '../town.ts'
import {
  BRANDS,
  CATEGORIES,
  CHANNELS,
  CITIES,
  COUPONS,
  DATES,
  DAY,
  EVENTS,
  HOUR,
  MINUTE,
  NUMBERS,
  ODD_TEXT,
  type Random,
  SKUS,
  SOURCES,
  STORES,
  TAGS,
  TIERS,
} from './random.ts'

/** One thing that happened. `at`: when it was received, ms since the beginning; `ago`: how long before it occurred. */
export type Step = { at: number } & (
  | {
      event: string
      id: string
      ids: IdRef[]
      proof?: Proof
      type?: EventBody['type']
      ago?: number
      props?: Record<string, unknown>
      traits?: Record<string, unknown>
    }
  | { command: CommandBody['command']; to: IdRef }
)

export const LENGTH = 45 * DAY
const PEOPLE = 5

const idsOf = (person: number, town: number, r: Random): IdRef[] => {
  const name = (n: number): string => `${town}-${n}`
  const all: IdRef[] = [
    { kind: 'anonymous_id', value: `a${name(person)}` },
    { kind: 'user_id', value: `u${name(person)}` },
    { kind: 'email', value: `p${name(person)}@example.com` },
    { kind: 'phone', value: `+8869${town}000${person}` },
    { kind: 'line_uid', value: `U${name(person)}` },
  ]
  if (person % 3 === 0) all.push({ kind: 'member_no', value: `m${name(person)}` })
  const chosen = r.some(all, 2)
  // somebody else's browser: they become one, or the browser is shared
  if (r.chance(0.03)) chosen.push({ kind: 'anonymous_id', value: `a${name(r.int(PEOPLE))}` })
  return chosen.filter((c, i) => chosen.findIndex(o => o.kind === c.kind) === i)
}

const product = (r: Random): Record<string, unknown> => ({
  sku: r.of(SKUS),
  ...(r.chance(0.5) ? { product_id: `p${r.int(3)}` } : {}),
  category: r.of(CATEGORIES),
  ...(r.chance(0.7) ? { brand: r.of(BRANDS) } : {}),
  price: r.of([100, 250, 99, 1200]),
  quantity: 1 + r.int(3),
})

const odd = (r: Random): unknown =>
  r.of<unknown>([
    null,
    '',
    '10',
    10,
    0.1,
    true,
    false,
    ['a', 10, [true, ['a']], null],
    [],
    { x: 'deep' },
    { x: [1, '2', { y: 'z' }] },
    [{ x: 1 }, { x: 'a' }],
    '長'.repeat(210),
    ODD_TEXT,
  ])

/** The first are asked more often. */
export const PATHS = [
  'category',
  'category',
  'category',
  'price',
  'price',
  'price',
  'quantity',
  'odd',
  'odd',
  'odd.x',
  'sku',
  'sku',
  'sku.x',
  'odd.1',
  'odd.x.2.y',
  'products.sku',
  'products.sku',
  'products.0.price',
  'traits.score',
  'none',
] as const

function props(r: Random): Record<string, unknown> {
  return {
    category: r.of(CATEGORIES),
    price: r.of(NUMBERS),
    ...(r.chance(0.5) ? { odd: odd(r) } : {}),
    ...(r.chance(0.4) ? { sku: odd(r) } : {}),
    ...(r.chance(0.5) ? { quantity: r.int(4) } : {}),
    ...(r.chance(0.5) ? { products: Array.from({ length: r.int(3) }, () => product(r)) } : {}),
    ...(r.chance(0.2) ? { campaign: { source: r.of(SOURCES), medium: 'cpc', name: 'spring' } } : {}),
  }
}

function orderStep(r: Random): { event: string; props: Record<string, unknown> } {
  const order_id = `o${r.int(9)}`
  const products = Array.from({ length: r.int(3) }, () => product(r))
  const lines = products.length > 0 ? { products } : {}
  const what = r.int(12)
  if (what < 6)
    return {
      event: 'Order Completed',
      props: {
        order_id,
        total: r.of([100, 500, 1250.5, 3000]),
        currency: r.of(['TWD', 'TWD', 'TWD', 'USD']),
        ...lines,
        ...(r.chance(0.3) ? { sales_channel: r.of(CHANNELS) } : {}),
        ...(r.chance(0.3) ? { store: r.of(STORES) } : {}),
        ...(r.chance(0.3) ? { payment_status: 'unpaid' } : {}),
      },
    }
  const more: [string, Record<string, unknown>][] = [
    ['Order Paid', { total: 500 }],
    ['Order Updated', { total: r.of([200, 800]), ...lines }],
    ['Order Updated', { status: r.of(['shipped', 'ready', 'cancelled', 'paid']) }],
    ['Order Shipped', {}],
    ['Order Refunded', r.of([{}, { total: 50 }, { ...lines, total: 10 }])],
    ['Order Returned', r.of([{}, { ...lines }])],
    ['Order Cancelled', {}],
    ['Order Picked Up', {}],
  ]
  const [event, said] = r.of(more)
  return { event, props: { order_id, ...said } }
}

const traits = (r: Random): Record<string, unknown> => ({
  ...(r.chance(0.5) ? { 'address.city': r.of(CITIES) } : {}),
  ...(r.chance(0.5) ? { birthday: r.of(DATES) } : {}),
  ...(r.chance(0.4) ? { score: r.of<unknown>([...NUMBERS, '10', true]) } : {}),
  ...(r.chance(0.4) ? { member: r.of<unknown>([true, false, 'true']) } : {}),
  ...(r.chance(0.4) ? { likes: r.of<unknown>([['a', 10], [true], [], 'a', ['x=y', '10']]) } : {}),
  ...(r.chance(0.4) ? { due: r.of(DATES) } : {}),
})

function statement(r: Random, at: number): { event: string; props: Record<string, unknown> } {
  const iso = (ms: number): string => new Date(START + ms).toISOString()
  return r.of([
    {
      event: 'tag.applied',
      props: { tag: r.of(TAGS), ...(r.chance(0.4) ? { until: iso(at + r.int(40) * DAY) } : {}) },
    },
    { event: 'tag.cleared', props: { tag: r.of(TAGS) } },
    {
      event: 'consent.granted',
      props: { channel: r.of(['email', 'line', 'sms']), purpose: r.of(['marketing', 'service']) },
    },
    { event: 'consent.refused', props: { channel: r.of(['email', 'line', 'sms']), purpose: 'marketing' } },
    { event: 'contact.followed', props: { channel: 'line' } },
    { event: 'contact.unfollowed', props: { channel: 'line' } },
    { event: 'tier.changed', props: { tier: r.of(TIERS) } },
    { event: 'points.changed', props: { balance: r.of([0, 10, 99.5, 1000]) } },
    {
      event: 'coupon.issued',
      props: {
        code: `c${r.int(4)}`,
        coupon: r.of(COUPONS),
        ...(r.chance(0.7) ? { expires: iso(at + r.int(60) * DAY) } : {}),
      },
    },
    { event: 'coupon.redeemed', props: { code: `c${r.int(4)}`, coupon: r.of(COUPONS) } },
    { event: 'conversation.replied', props: { channel: 'line' } },
  ])
}

/** The spans of rules are whole minutes: times that are, too, meet their boundaries. */
const when = (r: Random): number =>
  r.chance(0.7) ? Math.floor((r.next() * LENGTH) / MINUTE) * MINUTE : Math.floor(r.next() * LENGTH)

/** @param town tells the people of several histories apart */
export function randomHistory(r: Random, size: number, town: number): Step[] {
  const steps: Step[] = []
  for (let i = 0; i < size; i++) {
    const at = r.chance(0.1) && steps.length > 0 ? steps[r.int(steps.length)]!.at : when(r)
    const person = r.int(PEOPLE)
    const ids = idsOf(person, town, r)
    const id = `e${i}`
    const kind = r.next()
    const late = r.chance(0.2) ? { ago: r.of([MINUTE, HOUR, 3 * DAY, 20 * DAY, 1]) } : {}
    if (kind < 0.5)
      steps.push({
        at,
        event: r.of(EVENTS),
        id,
        ids,
        props: props(r),
        ...late,
        ...(r.chance(0.3) ? { proof: 'public' as const } : {}),
      })
    else if (kind < 0.72) steps.push({ at, id, ids, ...orderStep(r), ...late })
    else if (kind < 0.82)
      steps.push({ at, event: 'Identified', type: 'identify', id, ids, traits: traits(r), ...late })
    else if (kind < 0.97) steps.push({ at, type: 'system', id, ids, ...statement(r, at), ...late })
    else
      steps.push({
        at,
        to: ids[0]!,
        command: r.of<CommandBody['command']>([
          { do: 'add_tag', tag: r.of(TAGS) },
          { do: 'remove_tag', tag: r.of(TAGS) },
          { do: 'set_traits', traits: { 'address.city': r.of(CITIES), score: null } },
        ]),
      })
    // told twice
    const last = steps.at(-1)!
    if ('event' in last && r.chance(0.06)) steps.push({ ...last, at: last.at + r.of([0, HOUR]) })
  }
  return steps.sort((a, b) => a.at - b.at)
}

/** The town after all of it. `choose` decides in which order what waits is folded. */
export function play(steps: Step[], world: World, choose: (n: number) => number, made = 0): Town {
  const town = new Town(world, made)
  for (const step of steps) {
    town.now = Math.max(town.now, START + step.at)
    if ('command' in step) {
      const to = town.identifiers.get(`${step.to.kind}/${step.to.value}`)
      if (to !== undefined) town.command(to, step.command)
    } else {
      const { event, id, ids, proof = 'server', type = 'track', ago = 0, props, traits: said } = step
      town.collect(event, ids, proof, id, props ?? {}, {
        type,
        at: Math.min(town.now, START + step.at - ago),
        ...(said ? { traits: said } : {}),
      })
    }
    if (choose(3) > 0) town.rest(choose)
  }
  town.rest(choose)
  return town
}

/** Those who are there: not merged into others. */
export const living = (town: Town): Uuid[] =>
  [...town.customers].filter(([, c]) => c.state !== null && c.state.into === undefined).map(([id]) => id)
