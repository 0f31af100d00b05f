// LINE against its stand-in, through real webhooks, folds and sends: answers, multicast, bulk, profiles and contents, account
// links, LIFF, rich menus, what LINE counts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHandler } from '../../test/call.ts'
import { lineText, openSendLab, type SendLab } from '../../test/send-lab.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { anyAccount, loadAccounts, type LoadedAccount } from '../channels/accounts.ts'
import type { Outgoing } from '../channels/adapter.ts'
import { line } from '../channels/adapters/line.ts'
import { bulkProgress, startBulk } from '../channels/line/bulk.ts'
import { signUserToken } from '../collect/token.ts'
import { unpackState } from '../customers/pack.ts'
import type { CustomerState } from '../customers/model.ts'
import { unpackJournalText } from '../inbox/journal.ts'
import { verifyAll } from '../inbox/verify.ts'
import { askHistory } from '../platform/clickhouse.ts'
import { hashId, newId, publicId, type Uuid } from '../platform/ids.ts'
import { openReceipts } from '../sandbox/receipts.ts'
import { type LineToCustomer, setStandInFault } from '../sandbox/stand-in.ts'
import { tellLineEvent } from '../sandbox/stand-ins/line-act.ts'
import { menuAt } from '../sandbox/stand-ins/line-menus.ts'
import { sandboxIdToken } from '../sandbox/stand-ins/line-people.ts'
import { findObject, putObject } from '../sandbox/stand-ins/objects.ts'
import { standInAct } from '../sandbox/stand-ins/register.ts'
import type { SandboxAct } from '../sandbox/stand-ins/model.ts'
import { linkUrl } from './link-url.ts'
import { lineRoutes } from './routes.ts'
import { keptContent } from './store.ts'
import { openLineWorker } from './worker.ts'

let lab: SendLab
let stage: Stage
let account: LoadedAccount

beforeAll(async () => {
  lab = await openSendLab()
  account = await lineAccount()
  stage = openStage(lab.core, [
    { ...openReceipts(lab.core), tick: openReceipts(lab.core).tick },
    await lab.deliverer(),
    openLineWorker(lab.core),
  ])
  await stage.settle()
})
afterAll(async () => {
  await stage.close()
  await lab.close()
})

async function lineAccount(): Promise<LoadedAccount> {
  const accounts = (await loadAccounts(lab.core, lab.core.pool, [lab.workspace])).get(
    `${lab.workspace}:line`,
  )!
  return accounts[0]!
}
const signal = () => AbortSignal.timeout(20_000)
const uid = () => 'U' + newId().replaceAll('-', '')
const act = async (address: string, what: SandboxAct['act'], more: Partial<SandboxAct> = {}) => {
  await standInAct(lab.core, lab.workspace, { channel: 'line', address, act: what, ...more })
  await stage.settle()
}
async function customerOf(kind: string, value: string): Promise<CustomerState | null> {
  const { rows } = await lab.core.pool.query<{ state: string }>(
    `select c.state from identifier i join customer c on c.bucket = get_byte(uuid_send(i.customer_id), 15) and c.id = i.customer_id
      where i.workspace_id = $1 and i.kind = $2 and i.value = $3`,
    [lab.workspace, kind, value],
  )
  return rows[0] ? unpackState(rows[0].state) : null
}
const arrived = (address: string) => lab.sink<LineToCustomer>('line', address)
const call = <N extends keyof typeof lineRoutes>(name: N, given: Parameters<typeof callHandler>[4] = {}) =>
  callHandler(lab.core, lab.workspace, name, lineRoutes[name] as never, given)
const chn = () => publicId('chn', account.id)

describe('sending', () => {
  const outgoing = (address: string): Outgoing => ({
    id: newId(),
    workspace: lab.workspace,
    address,
    purpose: 'marketing',
    content: lineText('嗨'),
    unsubscribeUrl: '',
    receiptUrl: '',
  })

  test('R4-04 multicast: one request for many, again under its key counts once; who is named wrong has failed alone', async () => {
    const people = await Promise.all([lab.person(), lab.person(), lab.person()])
    const messages = people.map(p => outgoing(p.line))
    const batch = newId()
    const results = await line.batch!.send(account, messages, batch, signal())
    expect(results).toEqual(messages.map(() => ({ kind: 'accepted', providerId: expect.any(String) })))
    expect(await line.batch!.send(account, messages, batch, signal())).toMatchObject(
      messages.map(() => ({ kind: 'accepted' })),
    )
    for (const p of people) expect(await arrived(p.line)).toHaveLength(1)

    const wrong = [outgoing(people[0]!.line), outgoing('nobody'), outgoing(people[1]!.line)]
    expect((await line.batch!.send(account, wrong, newId(), signal())).map(r => r.kind)).toEqual([
      'retryable',
      'bad_recipient',
      'retryable',
    ])
    // it was taken, and no answer came: unknown for all, settled under the same key
    await setStandInFault(lab.core.pool, lab.workspace, {
      adapter: 'line',
      kind: 'accept_then_drop',
      times: 1,
    })
    const again = newId()
    const dropped = await line.batch!.send(account, messages, again, AbortSignal.timeout(1_000))
    expect(dropped.map(r => r.kind)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(await line.batch!.send(account, messages, again, signal())).toMatchObject(
      messages.map(() => ({ kind: 'accepted' })),
    )
    expect(await arrived(people[0]!.line)).toHaveLength(2)
  })

  test('an answer to the customer’s own message goes by their reply token, once; the next is a push; a used token is no loss', async () => {
    const p = await lab.person()
    await standInAct(lab.core, lab.workspace, { channel: 'line', address: p.line, act: 'text', text: '在嗎' })
    await stage.settle()
    const answer = {
      origin: 'reply' as const,
      journey: null,
      journeyVersion: null,
      enrollment: null,
      node: null,
    }
    const before = (await arrived(p.line)).length
    const first = await lab.intend(p, lineText('在'), answer as never)
    await stage.settle()
    const second = await lab.intend(p, lineText('還在'), answer as never)
    await stage.settle()
    expect([(await lab.row(first.id)).state, (await lab.row(second.id)).state]).toEqual([
      'accepted',
      'accepted',
    ])
    expect((await arrived(p.line)).slice(before).map(m => m.reply ?? false)).toEqual([true, false])

    const spent = { ...outgoing(p.line), replyToken: 'gone' }
    expect(await line.send(account, spent, signal())).toMatchObject({ kind: 'accepted' })
    // when an earlier try may have arrived, a refused token proves nothing
    expect(await line.send(account, { ...spent, id: newId(), again: true }, signal())).toMatchObject({
      kind: 'unknown',
    })
    expect((await arrived(p.line)).slice(before)).toHaveLength(3)
  })

  test('narrowcast and broadcast: taken once under their key; progress to its end; why it failed', async () => {
    const messages = [{ type: 'text', text: '全館九折' }]
    const key = newId()
    const started = await startBulk(account, { kind: 'broadcast', messages }, key, signal())
    expect(started).toMatchObject({ kind: 'started', request: expect.stringMatching(/./) })
    expect(await startBulk(account, { kind: 'broadcast', messages }, key, signal())).toEqual(started)

    const narrow = await startBulk(account, { kind: 'narrowcast', messages }, newId(), signal())
    const phases = []
    for (let i = 0; i < 3; i++)
      phases.push(narrow.kind === 'started' && (await bulkProgress(account, narrow.request, signal())))
    expect(phases).toMatchObject([
      { phase: 'waiting' },
      { phase: 'sending' },
      { phase: 'succeeded', failed: 0, failure: null },
    ])
    const recipient = { type: 'audience', audienceGroupId: 1 }
    const few = await startBulk(account, { kind: 'narrowcast', messages, recipient }, newId(), signal())
    if (few.kind !== 'started') throw new Error('not started')
    await bulkProgress(account, few.request, signal())
    expect(await bulkProgress(account, few.request, signal())).toMatchObject({
      phase: 'failed',
      failure: 'audience_too_small',
    })
    expect(
      await startBulk(account, { kind: 'broadcast', messages: [{ type: 'x' }] }, newId(), signal()),
    ).toMatchObject({
      kind: 'refused',
      detail: expect.stringContaining('messages[0].type'),
    })
    await setStandInFault(lab.core.pool, lab.workspace, { adapter: 'line', kind: 'error_429', times: 1 })
    expect(await startBulk(account, { kind: 'broadcast', messages }, newId(), signal())).toMatchObject({
      kind: 'retryable',
      retryAfterMs: 2_000,
    })
  })

  test('R3-39 the account says who it is, what it may send and has sent; its quota is taken over; messages are checked by LINE', async () => {
    expect(await line.check!(account, signal())).toEqual({ ok: true, detail: 'Sandbox @sandbox' })
    expect(
      await line.check!({ ...account, secrets: { ...account.secrets, accessToken: 'x' } }, signal()),
    ).toMatchObject({ ok: false })
    await putObject(lab.core.pool, lab.workspace, 'line_quota', '', { limit: 3_000 })
    const { items } = await call('lineAccounts')
    expect(items).toMatchObject([
      { id: chn(), bot: { basicId: '@sandbox' }, quota: { limit: 3_000, used: expect.any(Number) } },
    ])
    expect(items[0]!.quota!.used).toBeGreaterThan(0)
    expect(await call('takeLineQuota', { params: { account: chn() } })).toEqual({ monthlyQuota: 3_000 })
    expect((await anyAccount(lab.core, lab.core.pool, account.id))!.settings.monthlyQuota).toBe('3000')
    await putObject(lab.core.pool, lab.workspace, 'line_quota', '', { limit: 1 })
    expect(await line.send(account, outgoing((await lab.person()).line), signal())).toMatchObject({
      kind: 'retryable',
      retryAfterMs: 3_600_000,
    })
    await putObject(lab.core.pool, lab.workspace, 'line_quota', '', { limit: 100_000 })

    const check = (messages: Record<string, unknown>[]) =>
      call('validateMessages', { params: { account: chn() }, body: { messages } })
    expect(await check([{ type: 'text', text: '嗨' }])).toEqual({ faults: [], asked: true })
    expect(await check([{ type: 'flex', contents: { type: 'bubble' } }])).toEqual({
      faults: [{ path: 'messages[0].altText', message: 'May not be empty' }],
      asked: false,
    })
  })
})

test('a new friend’s profile becomes attributes; a picture is kept until it is unsent; the chat is marked as read', async () => {
  const friend = uid()
  await act(friend, 'follow', { name: '小華' })
  expect((await customerOf('line_uid', friend))?.traits).toMatchObject({
    line_name: { v: '小華' },
    line_picture: { v: expect.stringContaining(friend) },
    line_language: { v: 'zh-Hant' },
  })
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='
  await act(friend, 'image', { data: `data:image/png;base64,${png}` })
  const { rows } = await lab.core.pool.query<{ message_id: string; state: string }>(
    'select message_id, state from line_content where workspace_id = $1 and address = $2',
    [lab.workspace, friend],
  )
  expect(rows).toMatchObject([{ state: 'kept' }])
  const message = rows[0]!.message_id
  expect((await keptContent(lab.core.pool, lab.workspace, message))?.bytes.toString('base64')).toBe(png)
  await act(friend, 'unsend', { data: message })
  expect(await keptContent(lab.core.pool, lab.workspace, message)).toBeNull()
  expect(
    (
      await lab.core.pool.query(
        `select from line_content where message_id = $1 and bytes is null and state = 'unsent'`,
        [message],
      )
    ).rowCount,
  ).toBe(1)

  // what was written and taken back is in no history, and what is left says so
  await act(friend, 'text', { text: '說錯話了' })
  const { rows: said } = await lab.core.pool.query<{ payload: { id: string } }>(
    `select payload from sandbox_message where workspace_id = $1 and address = $2 order by at desc limit 1`,
    [lab.workspace, friend],
  )
  const inHistory = async () =>
    (
      await askHistory<{ props: string }>(
        lab.core.history,
        `select props from event where workspace_id = {w:UUID} and name = 'line.message' and position(props, {id:String}) > 0`,
        { w: lab.workspace, id: said[0]!.payload.id },
      )
    ).map(r => JSON.parse(r.props) as Record<string, unknown>)
  expect(await inHistory()).toMatchObject([{ text: '說錯話了' }])
  await act(friend, 'unsend', { data: said[0]!.payload.id })
  expect(await inHistory()).toEqual([{ type: 'text', id: said[0]!.payload.id, from: 'customer' }])
  const { rows: journal } = await lab.core.pool.query<{ body: Buffer }>(
    'select body from journal where workspace_id = $1',
    [lab.workspace],
  )
  expect(journal.some(j => unpackJournalText(j.body).includes('說錯話了'))).toBe(false)
  // replay still gives the same customer (people of the lab who were never folded are others)
  const { id } = (await customerOf('line_uid', friend))!
  const faults = (await verifyAll(lab.core)).checks.flatMap(c => c.faults)
  expect(faults.filter(f => f.includes(id))).toEqual([])

  await act(friend, 'text', { text: '有人嗎' })
  const chat = (what: 'read' | 'loading') =>
    call('lineChat', { params: { account: chn() }, body: { address: friend, do: what, seconds: 7 } })
  expect([await chat('read'), await chat('read'), await chat('loading')]).toEqual([
    { done: true },
    { done: false },
    { done: true },
  ])
  expect(await findObject(lab.core.pool, lab.workspace, 'line_was_read', friend)).not.toBeNull()
  expect((await findObject(lab.core.pool, lab.workspace, 'line_loading', friend))?.body).toEqual({
    seconds: 10,
  })
})

test('a suspended account says so until LINE lifts it', async () => {
  const attention = async () => (await anyAccount(lab.core, lab.core.pool, account.id))!.attention
  await tellLineEvent(lab.core, lab.workspace, uid(), { type: 'botSuspended', source: undefined })
  await stage.settle()
  expect(await attention()).toContain('suspended')
  await tellLineEvent(lab.core, lab.workspace, uid(), { type: 'botResumed', source: undefined })
  await stage.settle()
  expect(await attention()).toBeNull()
})

describe('R4-01 binding', () => {
  const where = (response: Response) => new URL(response.headers.get('location')!)
  const get = (url: URL | string) => fetch(url, { redirect: 'manual' })
  /** to LINE's page, as the member signed in at the shop */
  async function toLine(friend: string, member: string): Promise<URL> {
    const login = where(await get(linkUrl(lab.core, account, friend)))
    expect(login.pathname).toBe('/sandbox/line/shop-login')
    const back = new URL(login.searchParams.get('return')!)
    back.searchParams.set('token', await signUserToken(lab.core, lab.workspace, { sub: member }))
    return where(await get(back))
  }
  const agree = (dialog: URL) =>
    fetch(dialog, { method: 'POST', body: new URLSearchParams(dialog.searchParams), redirect: 'manual' })

  test('account link: sign-in at the shop, LINE’s page, LINE’s webhook: one person, once', async () => {
    const friend = uid()
    await act(friend, 'follow', { name: '小美' })
    const dialog = await toLine(friend, 'M-001')
    expect(dialog.pathname).toBe('/sandbox/line/dialog/bot/accountLink')
    expect(dialog.searchParams.get('nonce')!.length).toBeGreaterThanOrEqual(43)
    expect((await agree(dialog)).status).toBe(200)
    await stage.settle()
    const member = await customerOf('member_no', 'M-001')
    expect(member?.id).toBe((await customerOf('line_uid', friend))?.id)
    expect(member?.ids).toContainEqual(
      expect.objectContaining({ kind: 'line_uid', value: friend, verified: true }),
    )
    // LINE takes a link token once
    expect((await agree(dialog)).status).toBe(400)
    // the same nonce in another's webhook joins nobody
    const other = uid()
    await act(other, 'follow')
    await tellLineEvent(lab.core, lab.workspace, other, {
      type: 'accountLink',
      link: { result: 'ok', nonce: dialog.searchParams.get('nonce') },
    })
    await tellLineEvent(lab.core, lab.workspace, other, {
      type: 'accountLink',
      link: { result: 'ok', nonce: 'made-up-made-up-made-up' },
    })
    await stage.settle()
    expect((await customerOf('line_uid', other))?.ids.map(i => i.kind)).toEqual(['line_uid'])
  })

  test('who taps the menu’s “bind” is answered with the link that is theirs, free of charge', async () => {
    const friend = uid()
    await act(friend, 'follow')
    await act(friend, 'postback', { data: 'itinera:link' })
    const [answer] = await arrived(friend)
    expect(answer).toMatchObject({ reply: true, messages: [{ type: 'template' }] })
    // nobody of the team has answered, or has to
    const tapped = (await customerOf('line_uid', friend))!
    expect(tapped.clk?.t).toBeUndefined()
    const talks = await lab.core.pool.query('select from conversation where customer_id = $1', [tapped.id])
    expect(talks.rowCount).toBe(0)
    const { template } = answer!.messages[0] as { template: { actions: { uri: string }[] } }
    let at = await get(template.actions[0]!.uri)
    // through our own counted link, where there is one
    for (let hops = 0; hops < 2 && !/shop-login/.test(at.headers.get('location') ?? ''); hops++)
      at = await get(at.headers.get('location')!)
    expect(where(at).pathname).toBe('/sandbox/line/shop-login')
  })

  test('a link that is not ours, a state that is not ours, a sign-in that is not the shop’s', async () => {
    const friend = uid()
    await act(friend, 'follow')
    const good = new URL(linkUrl(lab.core, account, friend))
    const forged = new URL(good)
    forged.searchParams.set('u', good.searchParams.get('u')!.replace(friend, uid()))
    expect((await get(forged)).status).toBe(404)
    const back = new URL(where(await get(good)).searchParams.get('return')!)
    back.searchParams.set('token', 'x.y.z')
    expect((await get(back)).status).toBe(401)
    back.searchParams.set('state', 'AAAA')
    back.searchParams.set('token', await signUserToken(lab.core, lab.workspace, { sub: 'M-X' }))
    expect((await get(back)).status).toBe(410)
  })

  test('LIFF: a good ID token identifies; another channel’s, an old one, a forged one, another nonce each refused; a nonce is good once', async () => {
    const friend = uid()
    const post = async (idToken: string, more: object = {}) => {
      const response = await fetch(`${lab.core.baseUrl}/v1/line/liff`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ account: chn(), idToken, ...more }),
      })
      const said = (await response.json()) as { code?: string }
      return [response.status, said.code]
    }
    const token = (more: object = {}) =>
      sandboxIdToken(lab.core, lab.workspace, { address: friend, name: '小美', ...more })
    expect(await post(await token({ audience: '1' }))).toEqual([401, 'bad_id_token'])
    expect(await post(await token({ ttlS: -60 }))).toEqual([401, 'bad_id_token'])
    expect(await post((await token()).slice(0, -3) + 'AAA')).toEqual([401, 'bad_id_token'])
    expect(await post('nonsense')).toEqual([401, 'bad_id_token'])
    expect(await post(await token({ nonce: 'their-own-nonce' }))).toEqual([401, 'bad_nonce'])
    expect(await post(await token({ nonce: 'their-own-nonce' }), { nonce: 'their-own-nonce' })).toEqual([
      401,
      'bad_nonce',
    ])
    expect(await customerOf('line_uid', friend)).toBeNull()

    const asked = await fetch(`${lab.core.baseUrl}/v1/line/liff/nonce?account=${chn()}`)
    const { nonce } = (await asked.json()) as { nonce: string }
    expect(await post(await token({ nonce: 'other' + nonce }), { nonce })).toEqual([401, 'bad_id_token'])
    const userToken = await signUserToken(lab.core, lab.workspace, { sub: 'M-002' })
    expect(await post(await token({ nonce }), { nonce, userToken })).toEqual([200, undefined])
    expect(await post(await token({ nonce }), { nonce })).toEqual([401, 'bad_nonce'])
    expect(await post(await token())).toEqual([200, undefined])
    await stage.settle()
    const person = await customerOf('line_uid', friend)
    expect(person?.ids.map(i => i.kind).sort()).toEqual(['line_uid', 'member_no'])
    expect(person?.id).toBe((await customerOf('member_no', 'M-002'))?.id)
    expect(person?.traits.line_name).toMatchObject({ v: '小美' })
  })
})

describe('rich menus', () => {
  /** what an image reader looks at: the head of a PNG */
  async function picture(width: number, height: number): Promise<string> {
    const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    const size = Buffer.alloc(8)
    size.writeUInt32BE(width, 0)
    size.writeUInt32BE(height, 4)
    const bytes = Buffer.concat([head, size, Buffer.from('0806000000', 'hex'), Buffer.alloc(8)])
    const id = hashId(lab.workspace, String(width), newId())
    await lab.core.pool.query(
      `insert into picture (workspace_id, id, type, width, height, size, bytes, created_by) values ($1, $2, 'png', $3, $4, $5, $6, 'test')`,
      [lab.workspace, id, width, height, bytes.length, bytes],
    )
    return publicId('pic', id)
  }
  const draft = (name: string) => ({
    name,
    chatBarText: '選單',
    selected: true,
    size: { width: 1_200, height: 405 },
    areas: [{ bounds: { x: 0, y: 0, width: 1_200, height: 405 }, action: { type: 'message', text: name } }],
  })
  async function published(name: string, audience: object, more: object = {}) {
    const made = await call('createLineMenu', {
      body: {
        account: chn(),
        audience,
        menu: draft(name),
        picture: await picture(1_200, 405),
        alias: null,
        ...more,
      },
    })
    return call('publishLineMenu', { params: { menu: made.id } })
  }
  const seen = async (friend: string) => (await menuAt(lab.core, lab.workspace, friend))?.menu.name ?? null

  test('the first whose audience somebody is in is theirs: for all, unbound, bound, a tier; changes follow the facts; what is replaced goes', async () => {
    const [guest, member] = [uid(), uid()]
    await act(guest, 'follow')
    await act(member, 'follow')
    await published('會員', { kind: 'bound' })
    await published('訪客', { kind: 'unbound' })
    await published('所有人', { kind: 'all' })
    await stage.settle()
    expect([await seen(guest), await seen(member), await seen(uid())]).toEqual(['訪客', '訪客', '所有人'])

    // who binds gets the members' menu, by what history tells
    const idToken = await sandboxIdToken(lab.core, lab.workspace, { address: member })
    const userToken = await signUserToken(lab.core, lab.workspace, { sub: 'M-100' })
    await fetch(`${lab.core.baseUrl}/v1/line/liff`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: chn(), idToken, userToken }),
    })
    await stage.settle()
    expect([await seen(guest), await seen(member)]).toEqual(['訪客', '會員'])

    // a change is a new menu at LINE; the one before goes once nobody has it
    const { items } = await call('lineMenus')
    const own = items.find(m => m.menu.name === '會員')!
    expect(own).toMatchObject({ status: 'live', people: 2, changed: false, faults: [] })
    const changed = await call('saveLineMenu', {
      params: { menu: own.id },
      body: {
        version: own.version,
        audience: own.audience,
        menu: draft('會員二'),
        picture: own.picture,
        alias: null,
      },
    })
    expect(changed.changed).toBe(true)
    await expect(
      call('saveLineMenu', {
        params: { menu: own.id },
        body: { version: own.version, audience: own.audience, menu: draft('x'), picture: null, alias: null },
      }),
    ).rejects.toMatchObject({ status: 409, code: 'changed_meanwhile' })
    await call('publishLineMenu', { params: { menu: own.id } })
    await stage.settle()
    expect(await seen(member)).toBe('會員二')
    const atLine = async () =>
      (
        await lab.core.pool.query<{ name: string }>(
          `select body->>'name' as name from sandbox_object where workspace_id = $1 and kind = 'line_menu' order by at`,
          [lab.workspace],
        )
      ).rows.map(r => r.name)
    expect(await atLine()).toEqual(['訪客', '所有人', '會員二'])

    await call('archiveLineMenu', { params: { menu: own.id } })
    await stage.settle()
    expect(await seen(member)).toBe('所有人')
    expect(await atLine()).toEqual(['訪客', '所有人'])
  })

  test('tabs switch by alias; a second menu for all, a missing alias, a picture of another size are refused with the place', async () => {
    await published('好物', { kind: 'tab' }, { alias: 'shop' })
    const friend = uid()
    await act(friend, 'follow')
    await act(friend, 'menu', { menu: 'shop', data: 'tab=shop' })
    expect(await seen(friend)).toBe('好物')
    await expect(published('又一個', { kind: 'all' })).rejects.toMatchObject({
      status: 422,
      path: 'audience',
    })
    await expect(published('標籤', { kind: 'tab' })).rejects.toMatchObject({ status: 422, path: 'alias' })
    await expect(published('同名', { kind: 'tab' }, { alias: 'shop' })).rejects.toMatchObject({
      status: 409,
      code: 'alias_taken',
    })
    await expect(
      published('圖', { kind: 'unbound' }, { picture: await picture(800, 400) }),
    ).rejects.toMatchObject({ status: 422, path: 'picture' })
  })
})

test('opens of a journey’s node are LINE’s sums of its unit: asked the day after, null under 20 people', async () => {
  const people = await Promise.all(Array.from({ length: 30 }, () => lab.person()))
  const journey: Uuid = newId()
  for (const p of people) await lab.intend(p, lineText('新品'), { journey })
  await stage.settle()
  const mine = async () => (await call('lineInsight', { query: { journey: publicId('jrn', journey) } })).items
  expect(await mine()).toMatchObject([{ version: 1, node: 'send', asked: null, opened: null, clicked: null }])
  await lab.core.pool.query('update workspace set clock_offset_ms = $2 where id = $1', [
    lab.workspace,
    86_400_000,
  ])
  await stage.settle()
  const [told] = await mine()
  expect(told).toMatchObject({ opened: 24, clicked: null, asked: expect.any(String) })
  const { items } = await call('lineAccounts')
  expect(items[0]!.friends).toMatchObject({ followers: expect.any(Number) })
  expect(items[0]!.friends!.followers).toBeGreaterThanOrEqual(30)
})
