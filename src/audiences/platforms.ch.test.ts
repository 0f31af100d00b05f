// Google's Customer Match and LINE's audiences, from events at the intake to the stand-ins: who is in, who is out, buyers left
// out, tries that are lost or refused, and a LINE audience that is made anew for who left.
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
import { golden } from '../../test/golden.ts'
import { loadAccounts, sandboxAccounts } from '../channels/accounts.ts'
import { startBulk } from '../channels/line/bulk.ts'
import { STAND_IN, standInServiceAccount } from '../channels/stand-in.ts'
import { newId, publicId, type Uuid } from '../platform/ids.ts'
import { putContact, setStandInFault } from '../sandbox/stand-in.ts'
import { standInAds } from '../sandbox/stand-ins/ads.ts'
import type { StandInAudience } from '../sandbox/stand-ins/line-audiences.ts'
import { addObject, listObjects, takeObject } from '../sandbox/stand-ins/objects.ts'
import { membersRequest } from './google.ts'
import { activeAudiences, claimMembers, lookAt, rebuild, settleMembers } from './store.ts'
import { syncAudiences } from './worker.ts'

let lab: AudienceLab
beforeAll(async () => {
  lab = await openAudienceLab()
  const has = await lab.core.pool.query('select from channel_account where workspace_id = $1', [lab.space.id])
  if (has.rowCount === 0)
    await sandboxAccounts(lab.core.pool, lab.core, lab.space.id, { language: 'zh', brand: '測試品牌' })
})
afterAll(() => lab.close())

const lineOf = (who: Uuid) => 'U' + who.replaceAll('-', '')
const person = async (): Promise<Uuid> => {
  const who = newId()
  const ids = [
    { kind: 'email' as const, value: emailOf(who) },
    { kind: 'line_uid' as const, value: lineOf(who) },
  ]
  await lab.tell({ who, name: 'Signed Up', more: { ids } }, consent(who, true))
  return who
}
let segments: { segment: string; exclude: string }
const both = async () =>
  (segments ??= {
    segment: await lab.live('看過', VIEWED),
    exclude: await lab.live('買過', BOUGHT),
  })
const mine = async (provider: string) => (await lab.ok('audiences')).items.find(a => a.provider === provider)!
const fault = (adapter: string, kind: 'error_429' | 'error_500' | 'error_401') =>
  setStandInFault(lab.core.pool, lab.space.id, { adapter, kind, times: 1 })

test('R3-12 R3-17 Google: who looks is told of with consent, who buys is taken out; what failed is told again', {
  timeout: 120_000,
}, async () => {
  const [a, b] = [await person(), await person()]
  await lab.tell(looks(a))
  const body = {
    name: 'Google 再行銷',
    provider: 'google' as const,
    ...(await both()),
    settings: { customerId: '123-456-7890', audienceId: '77', baseUrl: STAND_IN },
    on: true,
  }
  await expect(lab.ok('saveAudience', { params: { audience: 'new' }, body })).rejects.toThrow('accessToken')
  const accessToken = JSON.stringify(standInServiceAccount(lab.core, lab.space.id))
  await lab.ok('saveAudience', { params: { audience: 'new' }, body: { ...body, accessToken } })
  await lab.run()
  const inList = async () => (await standInAds<string>(lab.core.pool, lab.space.id, '77')).sort()
  const only = (...people: Uuid[]) => people.map(p => sha256(emailOf(p))).sort()
  expect(await inList()).toEqual(only(a))

  await fault('ads', 'error_429')
  await lab.tell(looks(b))
  await lab.run()
  expect(await inList()).toEqual(only(a))
  expect(await mine('google')).toMatchObject({
    waiting: 1,
    state: 'on',
    lastError: expect.stringContaining('RESOURCE_EXHAUSTED'),
  })
  await lab.tryAgain()
  await lab.run()
  expect(await inList()).toEqual(only(a, b))

  await lab.tell(buys(b, 'G-1'))
  await lab.run()
  expect(await inList()).toEqual(only(a))
  await fault('ads', 'error_401')
  await lab.tell(consent(a, false))
  await lab.run()
  expect(await mine('google')).toMatchObject({ state: 'failing', told: 1 })
  expect(await inList()).toEqual(only(a))
  // with the credentials mended everybody is looked at anew
  await lab.ok('saveAudience', { params: { audience: (await mine('google')).id }, body })
  await lab.tryAgain()
  await lab.run()
  expect(await inList()).toEqual([])
})

test('Google’s request is as its golden file says', () => {
  const people = [{ emails: [sha256('a@example.com')], phones: [sha256('+886912345678')] }]
  const settings = { customerId: '123-456-7890', loginCustomerId: '999-888-7777', audienceId: '77' }
  const shown = (['add', 'remove'] as const).map(how => {
    const { method, url, headers, body } = membersRequest({ settings }, 'TOKEN', how, people)
    return { method, url: url.href, headers, body: JSON.parse(String(body)) as unknown }
  })
  expect(golden('google-members.json', JSON.stringify(shown, null, 2))).toBe('same')
})

test('R3-12 LINE: user ids, made once though an answer was lost; who left is left out of a new audience, for narrowcasts, too', {
  timeout: 120_000,
}, async () => {
  const people = [await person(), await person(), await person()] // one stage: one settles at a time
  const [a, b, c] = people as [Uuid, Uuid, Uuid]
  await lab.tell(looks(a), looks(b))
  const account = (await loadAccounts(lab.core, lab.core.pool, [lab.space.id])).get(
    `${lab.space.id}:line`,
  )![0]!
  const body = {
    name: 'LINE 再行銷',
    provider: 'line' as const,
    ...(await both()),
    settings: {},
    on: true,
  }
  await expect(lab.ok('saveAudience', { params: { audience: 'new' }, body })).rejects.toThrow(
    'settings.account',
  )
  // it was made at LINE, and no answer came: the next try finds it by its description
  const settings = { account: publicId('chn', account.id) }
  const { id } = await lab.ok('saveAudience', {
    params: { audience: 'new' },
    body: { ...body, settings, on: false },
  })
  await addObject(lab.core.pool, lab.space.id, 'line_audience', '900', {
    description: `LINE 再行銷 ${id}.0`,
    users: [],
  } satisfies StandInAudience)
  await lab.ok('saveAudience', { params: { audience: id }, body: { ...body, settings } })
  await lab.run()
  const groups = () => listObjects<StandInAudience>(lab.core.pool, lab.space.id, 'line_audience')
  const usersIn = async () => (await groups()).map(g => g.body.users.toSorted())
  const only = (...who: Uuid[]) => who.map(lineOf).sort()
  expect(await usersIn()).toEqual([only(a, b)])
  const first = '900'
  expect(await mine('line')).toMatchObject({ told: 2, remote: first, building: false })

  // who bought is not in the new one; the one before is gone
  await lab.tell(looks(c), buys(b, 'L-1'))
  await lab.run()
  expect(await usersIn()).toEqual([only(a, c)])
  const second = await mine('line')
  expect(second).toMatchObject({ told: 2, building: false })
  expect(second.remote).not.toBe(first)

  // LINE forbids making them again and again: the next one is made an hour after the last
  await lab.tell(consent(a, false))
  await lab.run()
  expect(await usersIn()).toEqual([only(a, c)])
  expect(await mine('line')).toMatchObject({ waiting: 1, remote: second.remote })
  await lab.core.pool.query(`update ad_audience set rebuilt_at = rebuilt_at - interval '1 h'`)
  await lab.tryAgain()
  await lab.run()
  expect(await usersIn()).toEqual([only(c)])

  // a narrowcast goes to who is in it, and to nobody else
  for (const who of people)
    await putContact(lab.core.pool, {
      workspace: lab.space.id,
      channel: 'line',
      address: lineOf(who),
      name: '',
      following: true,
      at: Date.now(),
    })
  await lab.core.pool.query(
    `insert into sandbox_contact (workspace_id, channel, address, name, following, created)
     select $1, 'line', 'U' || md5(i::text), '', true, now() from generate_series(1, 60) i`,
    [lab.space.id],
  )
  await lab.core.pool.query(
    `update sandbox_object set body = jsonb_set(body, '{users}', body->'users' || (select jsonb_agg('U' || md5(i::text)) from generate_series(1, 55) i))
      where workspace_id = $1 and kind = 'line_audience'`,
    [lab.space.id],
  )
  const sent = await startBulk(
    account,
    {
      kind: 'narrowcast',
      messages: [{ type: 'text', text: '嗨' }],
      recipient: { type: 'audience', audienceGroupId: Number((await mine('line')).remote) },
    },
    newId(),
    AbortSignal.timeout(20_000),
  )
  expect(sent.kind).toBe('started')
  const { rows } = await lab.core.pool.query<{ n: number; c: number; a: number }>(
    `select count(*)::int as n, count(*) filter (where address = $2)::int as c, count(*) filter (where address = $3)::int as a
       from sandbox_message where workspace_id = $1 and channel = 'line' and direction = 'to_customer'`,
    [lab.space.id, lineOf(c), lineOf(a)],
  )
  expect(rows[0]).toEqual({ n: 56, c: 1, a: 0 })

  // somebody deleted it at LINE: it is made anew with whoever belongs in it
  await takeObject(lab.core.pool, lab.space.id, 'line_audience', (await mine('line')).remote!)
  const d = await person()
  await lab.tell(looks(d))
  await lab.run()
  await lab.tryAgain()
  await lab.run()
  expect(await usersIn()).toEqual([only(c, d)])

  const { csv, name } = await lab.ok('audienceFile', { params: { audience: (await mine('line')).id } })
  expect([name, csv.trim().split('\n').sort()]).toEqual(['LINE 再行銷.txt', only(c, d)])
})

test('two processes at once: nobody counts as told of in a new LINE audience who is only in the one before', async () => {
  const [of] = (await lab.core.pool.query<{ id: Uuid }>(`select id from ad_audience where provider = 'line'`))
    .rows
  const e = await person()
  await lab.tell(looks(e))
  await lab.stage.settle()
  const seen = (await activeAudiences(lab.core.pool)).find(x => x.id === of!.id)!
  await lookAt(lab.core.pool, lab.space.id, seen.id, [e])
  const due = await claimMembers(lab.core.pool, seen, 10, 60)
  await lab.core.pool.query('update ad_audience set rebuilt_at = null where id = $1', [seen.id])
  expect(await rebuild(lab.core.pool, seen)).toEqual({ begun: true })
  // the first process is late: its settling is of the generation before
  await settleMembers(
    lab.core.pool,
    seen,
    due.map(m => ({ customer: m.customer_id, told: 'x' })),
    null,
  )
  const { rows } = await lab.core.pool.query<{ told: number }>(
    'select count(told)::int as told from ad_member where audience_id = $1',
    [seen.id],
  )
  expect(rows[0]!.told).toBe(0)
  while (await syncAudiences(lab.core));
  const groups = await listObjects<StandInAudience>(lab.core.pool, lab.space.id, 'line_audience')
  expect(groups.map(g => g.body.users.length)).toEqual([3])
})
