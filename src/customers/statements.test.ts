// Typed attributes, tags that end, consent with its proof: what is kept, what is refused and why.
import { describe, expect, test } from 'vitest'
import { DAY, derivedOf, HOUR, journey, namesOf, node, Person, world } from '../../test/reducer.ts'
import { ageAt } from '../platform/wall-time.ts'
import { evaluate } from '../rules/evaluate.ts'
import { completenessOf, reachOf } from './reach.ts'
import type { World } from './world.ts'

const typed: World = {
  ...world(),
  attributes: [
    { name: 'skin', type: 'text', choices: ['dry', 'oily'] },
    { name: 'kids', type: 'number' },
    { name: 'joined', type: 'date' },
    { name: 'news', type: 'boolean' },
    { name: 'hobbies', type: 'list' },
  ],
}
const identify = (p: Person, traits: Record<string, unknown>, more = {}) =>
  p.event('Identified', { type: 'identify', traits, ...more })
const values = (p: Person) => Object.fromEntries(Object.entries(p.state!.traits).map(([k, t]) => [k, t.v]))
const refused = (p: Person) =>
  derivedOf(p.effects)
    .filter(f => f.name === 'trait.refused')
    .map(f => [f.props.trait, f.props.reason])

describe('attributes', () => {
  test('a value of the wrong type is refused with a reason; the rest of its event stays', () => {
    const p = new Person(typed)
    identify(p, {
      skin: 'wet',
      kids: 'two',
      joined: '2024-02-30',
      news: 'perhaps',
      name: '林',
      age: 30,
      free: 'x',
    })
    expect(values(p)).toEqual({ name: '林', free: 'x' })
    expect(refused(p)).toEqual([
      ['skin', 'choice'],
      ['kids', 'type'],
      ['joined', 'type'],
      ['news', 'type'],
      ['age', 'computed'],
    ])
  })

  test('R3-20 what plainly says a value becomes one; a phone has one written form', () => {
    const p = new Person(typed)
    identify(p, { skin: 'dry', kids: ' 2 ', joined: '2024/2/3', news: '是', hobbies: 'tea', gender: '女' })
    expect(values(p)).toEqual({
      skin: 'dry',
      kids: 2,
      joined: '2024-02-03',
      news: true,
      hobbies: ['tea'],
      gender: 'female',
    })
    for (const phone of ['0912-345-678', '+886912345678', '０９１２３４５６７８']) {
      identify(p, { phone })
      expect(values(p).phone).toBe('+886912345678')
    }
    identify(p, { phone: '12', email: ' May@Example.COM ', firstName: '美', address: { postalCode: '100' } })
    expect(values(p)).toMatchObject({
      phone: '12', // kept for whoever mends it
      email: 'may@example.com',
      first_name: '美',
      'address.postal_code': '100',
    })
  })

  test('R2-08 each keeps its source, its time, and whether only a public key said so', () => {
    const p = new Person(world())
    identify(p, { area: 'north' }, { proof: 'public', src: 'Website' })
    expect(p.state!.traits.area).toEqual({ v: 'north', at: p.now, src: 'Website', u: true })
    identify(p, { area: 'south' }, { src: 'POS' })
    expect(p.state!.traits.area).toEqual({ v: 'south', at: p.now, src: 'POS' })
  })

  test('a command is told which attribute it cannot set, and sets none', () => {
    const p = new Person(typed)
    p.event('Seen')
    const answer = p.command({ do: 'set_traits', traits: { name: '林', kids: 'two' } })
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad_trait', path: '/traits/kids' } })
    expect(values(p)).toEqual({})
  })
})

describe('age', () => {
  const at = (text: string) => Date.parse(text)
  test('R1-35 turns at 00:00 of the birthday in the zone; 29 February on the 28th in common years', () => {
    const age = (birthday: string, now: string, zone = 'Asia/Taipei') => ageAt(birthday, zone, at(now))
    expect(age('1995-03-10', '2026-03-09T23:59:59.999+08:00')).toEqual({
      age: 30,
      until: at('2026-03-10T00:00+08:00'),
    })
    expect(age('1995-03-10', '2026-03-10T00:00+08:00')).toEqual({
      age: 31,
      until: at('2027-03-10T00:00+08:00'),
    })
    expect(age('1995-03-10', '2026-03-10T00:00+08:00', 'America/New_York')!.age).toBe(30)
    expect(age('2004-02-29', '2026-02-27T23:59:59+08:00')!.age).toBe(21)
    expect(age('2004-02-29', '2026-02-28T00:00+08:00')!.age).toBe(22)
    expect(age('2004-02-29', '2028-02-28T12:00+08:00')!.age).toBe(23)
    expect(age('2030-01-01', '2026-02-28T00:00+08:00')).toBeNull()
    expect(ageAt('soon', 'Asia/Taipei', 0)).toBeNull()
  })

  test('R1-35 the rule "25 to 30" says itself when it ends', () => {
    const p = new Person(world())
    identify(p, { birthday: '1995-03-10' })
    const rule = { op: 'age' as const, min: 25, max: 30 }
    const ask = (now: number) =>
      evaluate(rule, { state: p.state!, now, timezone: 'Asia/Taipei', since: null, fresh: new Set() })
    const before = ask(at('2026-03-01T00:00Z'))
    expect(before).toMatchObject({ value: true, until: at('2026-03-10T00:00+08:00') })
    expect([ask(before.until! - 1).value, ask(before.until!).value]).toEqual([true, false])
  })
})

describe('tags', () => {
  const apply = (p: Person, props: Record<string, unknown>, more = {}) =>
    p.event('tag.applied', { type: 'system', props, ...more })
  const until = (p: Person, ms: number) => new Date(p.now + ms).toISOString()

  test('R0-14 a tag has source, time, actor and an end at which it goes by itself', () => {
    const p = new Person(world())
    apply(p, { tag: 'vip', actor: 'ann@shop' }, { src: 'crm' })
    apply(p, { tag: 'trial', until: until(p, DAY) })
    p.command({ do: 'add_tag', tag: 'week', until: until(p, 7 * DAY) })
    expect(p.state!.tags.vip).toEqual({ at: p.now, src: 'crm', by: 'ann@shop' })
    expect(p.alarm()).toBe(p.now + DAY)
    expect(namesOf(p.wait(DAY - 1))).toEqual([])
    expect(derivedOf(p.wait(1)).map(f => [f.name, f.props.tag, f.props.reason])).toEqual([
      ['tag.removed', 'trial', 'expired'],
    ])
    expect(Object.keys(p.state!.tags)).toEqual(['vip', 'week'])
    p.wait(6 * DAY)
    expect([Object.keys(p.state!.tags), p.alarm()]).toEqual([['vip'], null])
    const added = derivedOf(p.effects).filter(f => f.name === 'tag.added')
    expect(added.map(f => [f.props.tag, f.props.source, f.props.actor])).toEqual([
      ['vip', 'crm', 'ann@shop'],
      ['trial', 'test', undefined],
      ['week', 'ann', undefined],
    ])
  })

  test('a tag given again changes its end; one whose end has passed is not given; clearing an older one', () => {
    const p = new Person(world())
    apply(p, { tag: 'a', until: until(p, DAY) })
    apply(p, { tag: 'a', until: until(p, 2 * DAY) })
    expect(p.alarm()).toBe(p.now + 2 * DAY)
    apply(p, { tag: 'a' })
    expect(p.alarm()).toBeNull()
    apply(p, { tag: 'old', until: until(p, -1) })
    p.event('tag.cleared', { type: 'system', props: { tag: 'a' }, agoMs: HOUR })
    expect(Object.keys(p.state!.tags)).toEqual(['a'])
    p.event('tag.cleared', { type: 'system', props: { tag: 'a', actor: 'bo' } })
    expect(p.state!.tags).toEqual({})
    expect(derivedOf(p.effects).at(-1)!.props).toMatchObject({ tag: 'a', reason: 'removed', actor: 'bo' })
    apply(p, { tag: 'forged' }, { proof: 'public', type: 'track' })
    expect(p.state!.tags).toEqual({})
    expect(p.command({ do: 'add_tag', tag: 'x', until: until(p, -1) })).toMatchObject({
      status: 400,
      body: { code: 'past' },
    })
  })

  test('an expired tag triggers like any fact', () => {
    const goodbye = journey({
      trigger: {
        kind: 'event',
        event: 'tag.removed',
        where: [{ path: 'reason', op: 'is', value: 'expired' }],
      },
      start: 'note',
      nodes: { note: node('update', { addTags: ['was trial'] }, { next: null }) },
    })
    const p = new Person(world(goodbye))
    apply(p, { tag: 'trial', until: until(p, DAY) })
    p.wait(DAY)
    expect(Object.keys(p.state!.tags)).toEqual(['was trial'])
  })
})

describe('consent', () => {
  const proofs = (p: Person) => p.effects.flatMap(e => (e.kind === 'consent_proof' ? [e.row] : []))
  test('hard problem 11: per channel and purpose, the newest decides, every statement is kept with its proof', () => {
    const p = new Person(world())
    const say = (name: string, props: Record<string, unknown>, agoMs = 0) =>
      p.event(name, { type: 'system', props, agoMs })
    say('consent.granted', {
      channel: 'email',
      proof: { text: '我同意', version: 3, url: 'https://x', odd: {} },
    })
    say('consent.refused', { channel: 'email' }, HOUR)
    say('consent.refused', { channel: 'email', purpose: 'analytics' })
    say('consent.granted', { channel: 'E-MAIL' })
    expect(Object.entries(p.state!.consent).map(([k, c]) => [k, c.on])).toEqual([
      ['email/marketing', true],
      ['email/analytics', false],
    ])
    expect(proofs(p).map(r => [r.purpose, r.on, r.proof])).toEqual([
      ['marketing', true, { text: '我同意', version: '3', url: 'https://x' }],
      ['marketing', false, null],
      ['analytics', false, null],
    ])
    expect(new Set(proofs(p).map(r => r.key)).size).toBe(3)
  })
})

describe('reachability and completeness', () => {
  const person = () => {
    const p = new Person(world())
    p.event('Seen', { ids: [{ kind: 'email', value: 'a@example.com' }] })
    return p
  }
  const reach = (p: Person, channel: 'email' | 'line' | 'sms', suppressed = new Map<string, string>()) =>
    reachOf(p.state!, channel, suppressed).reason

  test('address, proof of it, consent, suppression: each missing one is the reason', () => {
    const p = person()
    expect(reach(p, 'email')).toBe('no_consent')
    p.command({ do: 'set_consent', channel: 'email', on: true })
    expect(reach(p, 'email')).toBeNull()
    expect(reach(p, 'email', new Map([['email', 'bounced']]))).toBe('suppressed')
    p.command({ do: 'set_consent', channel: 'email', on: false })
    expect(reach(p, 'email')).toBe('refused')
    expect(reach(p, 'sms')).toBe('no_address')
    identify(p, { phone: '0912345678' }, { proof: 'public' })
    expect(reach(p, 'sms')).toBe('unverified')
    p.event('contact.followed', { type: 'system', ids: [{ kind: 'line_uid', value: 'U1' }], props: {} })
    expect(reach(p, 'line')).toBeNull()
    p.wait(1)
    p.event('contact.unfollowed', { type: 'system', props: {} })
    expect(reach(p, 'line')).toBe('blocked')
  })

  test('R1-35 completeness is the share of what the workspace wants; a name may be in two parts', () => {
    const p = person()
    identify(p, { last_name: '林', first_name: '美' })
    const wanted = { attributes: ['name', 'gender'], contacts: ['email' as const, 'line' as const] }
    expect(completenessOf(p.state!, wanted)).toEqual({
      percent: 50,
      wanted: 4,
      missing: ['gender', 'contact.line'],
    })
    expect(completenessOf(p.state!, { attributes: [], contacts: [] }).percent).toBeNull()
  })
})
