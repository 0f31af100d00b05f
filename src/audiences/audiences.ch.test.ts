// Audiences of advertising platforms, from events at the intake to the stand-in of Meta: who is in, who is out, within one
// round; consent; buyers left out; failures made good; purchases told back; the hashed file.
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type AudienceLab,
  BOUGHT,
  buys,
  consent,
  emailOf,
  looks,
  openAudienceLab,
  sha256,
  VIEWED,
} from '../../test/audience-lab.ts'
import { STAND_IN, standInToken } from '../channels/stand-in.ts'
import { newId, parseId, publicId, type Uuid } from '../platform/ids.ts'
import { setStandInFault } from '../sandbox/stand-in.ts'
import { standInAds } from '../sandbox/stand-ins/ads.ts'
import { hashEmail, hashPhone, mayBeTold } from './model.ts'
import { lookAt } from './store.ts'

let lab: AudienceLab
beforeAll(async () => {
  lab = await openAudienceLab()
})
afterAll(() => lab.close())

/** Somebody with a proven address who agreed to advertising, or did not say. */
const person = async (agrees: boolean, who = newId()): Promise<Uuid> => {
  await lab.tell(
    { who, name: 'Signed Up', more: { ids: [{ kind: 'email', value: emailOf(who) }] } },
    ...(agrees ? [consent(who, true)] : []),
  )
  return who
}
const inAudience = () => standInAds<string>(lab.core.pool, lab.space.id, '100')
const only = (...people: Uuid[]) => people.map(p => `${sha256(emailOf(p))},`).sort()
const mine = async () => (await lab.ok('audiences')).items[0]!

/** An audience at the stand-in of Meta. */
const keepAudience = (segment: string, exclude: string | null = null, pixel: { pixelId?: string } = {}) =>
  lab.ok('saveAudience', {
    params: { audience: 'new' },
    body: {
      name: '再行銷',
      provider: 'meta',
      segment,
      exclude,
      settings: { audienceId: '100', ...pixel, baseUrl: STAND_IN },
      accessToken: standInToken(lab.core, lab.space.id, 'ads'),
      on: true,
    },
  })

async function merge(customer: Uuid, other: Uuid): Promise<void> {
  const answer = lab.ask('mergeCustomers', {
    params: { customer: publicId('cus', customer) },
    body: { with: publicId('cus', other) },
  })
  let open = true
  void answer.finally(() => {
    open = false
  })
  while (open) await lab.stage.settle()
  expect((await answer).status).toBe(200)
}

test('R3-12 R3-17 who looks is told of and who buys is taken out, within one round; nobody without a yes to ads', {
  timeout: 120_000,
}, async () => {
  const [a, b, silent] = [await person(true), await person(true), await person(false)]
  await lab.tell(looks(a), looks(silent))
  const looked = await lab.live('看過', VIEWED)
  const buyers = await lab.live('買過', BOUGHT)
  await keepAudience(looked, buyers, { pixelId: '200' })
  await lab.run() // who was in it before
  expect(await inAudience()).toEqual(only(a))
  expect(await mine()).toMatchObject({ told: 1, waiting: 0, lastError: null, hasToken: true })

  await lab.tell(looks(b))
  await lab.run()
  expect((await inAudience()).sort()).toEqual(only(a, b))

  await lab.tell(buys(b, 'A-1'))
  await lab.run()
  expect(await inAudience()).toEqual(only(a))

  // a yes and a no to ads count at once
  await lab.tell(consent(silent, true))
  await lab.run()
  expect((await inAudience()).sort()).toEqual(only(a, silent))
  await lab.tell(consent(a, false))
  await lab.run()
  expect(await inAudience()).toEqual(only(silent))

  // the platform cannot take it now: told when it can
  const late = await person(true)
  await setStandInFault(lab.core.pool, lab.space.id, { adapter: 'ads', kind: 'error_429', times: 1 })
  await lab.tell(looks(late))
  await lab.run()
  expect(await inAudience()).toEqual(only(silent))
  expect(await mine()).toMatchObject({ waiting: 1, state: 'on', lastError: expect.stringContaining('limit') })
  await lab.tryAgain()
  await lab.run()
  expect((await inAudience()).sort()).toEqual(only(late, silent))

  // refused credentials stop it, and it says so
  await setStandInFault(lab.core.pool, lab.space.id, { adapter: 'ads', kind: 'error_401', times: 1 })
  await lab.tell(looks(b), consent(late, false))
  await lab.run()
  expect(await mine()).toMatchObject({ state: 'failing', lastError: expect.stringContaining('token') })
})

test('R3-12 purchases of who agreed are told back once, with the revenue', async () => {
  const told = await standInAds<{ event_id: string; user_data: object; custom_data: object }>(
    lab.core.pool,
    lab.space.id,
    '200',
  )
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({
    event_name: 'Purchase',
    user_data: { ph: [], em: [expect.stringMatching(/^[0-9a-f]{64}$/)] },
    custom_data: { currency: 'TWD', value: 880, order_id: 'A-1' },
  })
})

test('R3-12 the file holds the same people as hashes', async () => {
  const { items } = await lab.ok('audiences')
  const { csv, people } = await lab.ok('audienceFile', { params: { audience: items[0]!.id } })
  const lines = csv.trim().split('\n')
  expect(lines[0]).toBe('email,phone')
  expect(lines).toHaveLength(people + 1)
  expect(lines.slice(1).every(l => /^[0-9a-f]{64},$/.test(l))).toBe(true)
  expect(csv).not.toContain('@')
})

test('R3-12 nobody of another brand is told of, though they stand in line and are in its segment of the same number', async () => {
  const brand = async () => {
    await lab.fresh()
    const who = await person(true)
    await lab.tell(looks(who))
    return { who, segment: await lab.live('看過', VIEWED) }
  }
  const stranger = await brand()
  const own = await brand()
  const { id } = await keepAudience(own.segment)
  await lookAt(lab.core.pool, lab.space.id, parseId('aud', id)!, [stranger.who])
  await lab.run()
  expect(await inAudience()).toEqual(only(own.who))
})

test('R3-12 two who turn out to be one person are told of once, as the one who is left', async () => {
  await lab.fresh()
  const [kept, other] = [await person(true), await person(true)]
  await lab.tell(looks(kept), looks(other))
  await keepAudience(await lab.live('看過', VIEWED))
  await lab.run()
  expect(await mine()).toMatchObject({ told: 2, waiting: 0 })
  await merge(kept, other)
  await lab.run()
  expect(await mine()).toMatchObject({ told: 1, waiting: 0 })
  expect(await inAudience()).toHaveLength(1)
})

test('R3-12 who is taken out because two are one does not take the other along, whichever is looked at first', async () => {
  await lab.fresh()
  const kept = await person(true)
  // the one whose hash comes first is what Meta is told of both
  let id = newId()
  while (sha256(emailOf(id)) > sha256(emailOf(kept))) id = newId()
  const other = await person(true, id)
  await lab.tell(looks(kept), looks(other))
  await keepAudience(await lab.live('看過', VIEWED))
  await lab.run()
  await merge(kept, other)
  await lab.run()
  expect(await inAudience()).toEqual(only(other))
  // with thousands in line the one who is gone may be looked at long after the one who is left
  await lab.core.pool.query(
    `insert into ad_member (workspace_id, audience_id, customer_id, told, due)
     select workspace_id, audience_id, $2, $3, $4 from ad_member where customer_id = $1`,
    [kept, other, JSON.stringify({ emails: [sha256(emailOf(other))], phones: [] }), new Date(0)],
  )
  await lab.run()
  expect(await inAudience()).toEqual(only(other))
  expect(await mine()).toMatchObject({ told: 1, waiting: 0 })
})

test('R3-12 everybody who is in the segment already is told of, page by page', {
  timeout: 60_000,
}, async () => {
  await lab.fresh()
  const people = Array.from({ length: 1_001 }, () => newId())
  await lab.tell(
    ...people.flatMap(who => [
      { who, name: 'Signed Up', more: { ids: [{ kind: 'email' as const, value: emailOf(who) }] } },
      consent(who, true),
      looks(who),
    ]),
  )
  const segment = await lab.live('看過', VIEWED)
  await lab.run() // that they entered is told, and over, before there is an audience
  await keepAudience(segment)
  await lab.run()
  expect((await inAudience()).sort()).toEqual(only(...people))
})

test('hashes by each platform’s rules', () => {
  expect(hashEmail('meta', ' Ming.Wang+shop@Gmail.com ')).toBe(sha256('ming.wang+shop@gmail.com'))
  expect(hashEmail('google', ' Ming.Wang+shop@Gmail.com ')).toBe(sha256('mingwang@gmail.com'))
  expect(hashEmail('google', 'Ming.Wang+shop@example.com')).toBe(sha256('ming.wang+shop@example.com'))
  expect(hashPhone('meta', '0912-345-678')).toBe(sha256('886912345678'))
  expect(hashPhone('google', '0912-345-678')).toBe(sha256('+886912345678'))
  expect(hashEmail('meta', 'nobody')).toBeNull()
})

test('the newest word on ads counts; of the same moment the refusal', () => {
  const said = (on: boolean, at: number) => ({ on, at, src: 's' })
  expect(mayBeTold({ consent: {} })).toBe(false)
  expect(mayBeTold({ consent: { 'email/marketing': said(true, 1) } })).toBe(false)
  expect(mayBeTold({ consent: { 'email/ads': said(true, 1), 'sms/ads': said(false, 2) } })).toBe(false)
  expect(mayBeTold({ consent: { 'email/ads': said(true, 3), 'sms/ads': said(false, 2) } })).toBe(true)
  expect(mayBeTold({ consent: { 'email/ads': said(true, 2), 'sms/ads': said(false, 2) } })).toBe(false)
})
