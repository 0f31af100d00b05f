// Every adapter passes the same suite, against its stand-in over the network; and its requests are as golden files say.
import { unpackState } from '../customers/pack.ts'
import { createHmac } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ADAPTER_WORLDS } from '../../test/adapter-worlds.ts'
import { golden } from '../../test/golden.ts'
import { lineText, mail, openSendLab, type Person, type SendLab } from '../../test/send-lab.ts'
import { openOwner } from '../inbox/owner.ts'
import { bucketOf, newId, publicId } from '../platform/ids.ts'
import { standInAct } from '../sandbox/stand-ins/register.ts'
import { newUlid, setStandInFault, type StandInFault } from '../sandbox/stand-in.ts'
import { type LoadedAccount, loadAccounts } from './accounts.ts'
import type { Outgoing, SendResult } from './adapter.ts'
import { lineRequest, readAnswer } from './line/api.ts'
import { pushCall } from './line/send.ts'
import { readFailure, smtp } from './adapters/smtp.ts'
import { retryAfterMs } from './exchange.ts'
import { mailOf } from './mail.ts'
import { isInner } from './outgoing.ts'
import { adapters } from './register.ts'

let lab: SendLab
beforeAll(async () => {
  lab = await openSendLab()
})
afterAll(() => lab.close())

describe.each(adapters().map(adapter => ({ name: adapter.name, adapter })))(
  'adapter $name',
  ({ adapter }) => {
    const world = ADAPTER_WORLDS[adapter.name]!
    let person: Person
    beforeAll(async () => {
      person = await lab.person()
      if (world.hears)
        await standInAct(lab.core, lab.workspace, {
          channel: adapter.channel,
          address: world.address(person),
          act: 'text',
          text: 'hi',
        })
    })
    const account = async (change: (a: LoadedAccount) => void = () => {}): Promise<LoadedAccount> => {
      const found = (await loadAccounts(lab.core, lab.core.pool, [lab.workspace]))
        .get(`${lab.workspace}:${adapter.channel}`)!
        .find(x => x.adapter === adapter.name)!
      const a = { ...found, settings: { ...found.settings }, secrets: { ...found.secrets } }
      change(a)
      return a
    }
    const outgoing = (more: Partial<Outgoing> = {}): Outgoing => ({
      id: newId(),
      workspace: lab.workspace,
      address: world.address(person),
      purpose: 'marketing',
      content: world.content,
      unsubscribeUrl: 'https://example.com/u/1',
      receiptUrl: lab.core.baseUrl + '/hooks/x',
      ...more,
    })
    const send = (a: LoadedAccount, message = outgoing(), ms = 20_000): Promise<SendResult> =>
      adapter.send(a, message, AbortSignal.timeout(ms))
    const fault = (kind: StandInFault['kind']) =>
      setStandInFault(lab.core.pool, lab.workspace, { adapter: adapter.name, kind, times: 1 })
    const seen = () => lab.sink(adapter.channel, outgoing().address)

    test('accepted: seen once, with an id of the provider', async () => {
      const before = (await seen()).length
      expect(await send(await account())).toMatchObject({
        kind: 'accepted',
        providerId: expect.stringMatching(/./),
      })
      expect(await seen()).toHaveLength(before + 1)
    })

    test('bad credentials', async () => {
      expect(await send(await account(a => void (a.secrets[world.badSecret] = 'wrong')))).toMatchObject({
        kind: 'bad_credentials',
      })
      await fault(world.refusesCredentials)
      expect(await send(await account())).toMatchObject({ kind: 'bad_credentials' })
    })

    test('bad recipient', async () => {
      await fault('bad_recipient')
      expect(await send(await account())).toMatchObject({ kind: 'bad_recipient' })
      if (world.nobody !== undefined)
        expect(await send(await account(), outgoing({ address: world.nobody }))).toMatchObject({
          kind: 'bad_recipient',
        })
    })

    test('try again later, with the provider’s own wish', async () => {
      await fault(world.tryAgain)
      expect(await send(await account())).toMatchObject({
        kind: 'retryable',
        retryAfterMs: world.retryAfterMs,
      })
    })

    test('nobody listens: nothing was sent, try again', async () => {
      expect(await send(await account(world.unheard))).toMatchObject({ kind: 'retryable' })
    })

    test('taken, but no answer in time: unknown', async () => {
      await fault('accept_then_drop')
      const before = (await seen()).length
      const message = outgoing()
      expect(await send(await account(), message, 2_000)).toMatchObject({ kind: 'unknown' })
      expect(await seen()).toHaveLength(before + 1)
      // at least once only where a second try with the same key is harmless
      if (adapter.delivery === 'at_least_once') {
        expect(await send(await account(), message)).toMatchObject({ kind: 'accepted' })
        expect(await seen()).toHaveLength(before + 1)
      }
    })

    test('a private address is refused unless the account is trusted', async () => {
      expect(await send(await account(a => void (a.trusted = false)))).toMatchObject({
        kind: 'bad_credentials',
        detail: expect.stringContaining('private'),
      })
      const named = await account(a => {
        a.trusted = false
        world.named(a)
      })
      expect(await send(named)).toMatchObject({ kind: 'bad_credentials' })
    })
  },
)

test('email: a password is not told to a server without TLS', async () => {
  const accounts = await loadAccounts(lab.core, lab.core.pool, [lab.workspace])
  const account = accounts.get(`${lab.workspace}:email`)![0]!
  account.settings.secure = 'starttls' // which the stand-in does not offer
  const person = await lab.person()
  const message = {
    id: newId(),
    workspace: lab.workspace,
    address: person.email,
    purpose: 'marketing' as const,
    content: mail('x', 'x'),
    unsubscribeUrl: '',
    receiptUrl: '',
  }
  const result = await smtp.send(account, message, AbortSignal.timeout(20_000))
  expect(result).toMatchObject({ kind: 'bad_credentials' })
  expect(await lab.sink('email', person.email)).toEqual([])
})

describe('webhooks of LINE', () => {
  const post = (body: string, signature: string, path: string) =>
    fetch(lab.core.baseUrl + path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-line-signature': signature },
    })
  const hook = async () => {
    const a = (await loadAccounts(lab.core, lab.core.pool, [lab.workspace])).get(`${lab.workspace}:line`)![0]!
    return {
      path: `/hooks/line/${publicId('chn', a.id)}`,
      sign: (body: string) => createHmac('sha256', a.secrets.channelSecret!).update(body).digest('base64'),
    }
  }
  const event = (user: string, more: object) =>
    JSON.stringify({
      destination: 'x',
      events: [
        {
          mode: 'active',
          timestamp: Date.now(),
          source: { type: 'user', userId: user },
          webhookEventId: newUlid(Date.now()),
          deliveryContext: { isRedelivery: false },
          ...more,
        },
      ],
    })
  const inboxOf = async () => {
    const { rows } = await lab.core.pool.query<{ customer_id: string; message_hash: string; body: string }>(
      `select customer_id, message_hash, body from inbox where workspace_id = $1 and kind = 'event' order by received, ordinal`,
      [lab.workspace],
    )
    return rows
  }

  test('forged, missing or other body’s signature: 401, nothing kept', async () => {
    const { path, sign } = await hook()
    const body = event('U' + 'a'.repeat(32), { type: 'follow', follow: { isUnblocked: false } })
    const before = (await inboxOf()).length
    for (const signature of ['', 'AAAA', sign(body + ' '), sign(body).slice(0, -4) + 'AAA='])
      expect((await post(body, signature, path)).status).toBe(401)
    expect((await post(body, sign(body), path.slice(0, -3) + '000')).status).toBe(404)
    expect((await post(body, sign(body), path.replace('/line/', '/email/'))).status).toBe(404)
    expect(await inboxOf()).toHaveLength(before)
    expect(
      (await post('{"destination":"x","events":[]}', sign('{"destination":"x","events":[]}'), path)).status,
    ).toBe(200)
  })

  test('follow, message, postback, unsend and a kind nobody knows yet: one input each, to one customer; a repeat is a duplicate', async () => {
    const { path, sign } = await hook()
    const user = 'U' + newId().replaceAll('-', '')
    const said = [
      { type: 'follow', follow: { isUnblocked: false } },
      { type: 'message', message: { type: 'text', id: '1', text: '想問庫存' } },
      { type: 'postback', postback: { data: 'a=1' } },
      { type: 'unsend', unsend: { messageId: '1' } },
      { type: 'brandNewKind', secret: 'x' },
    ].map(e => event(user, e))
    for (const body of said) expect((await post(body, sign(body), path)).status).toBe(200)
    expect((await post(said[1]!, sign(said[1]!), path)).status).toBe(200) // a redelivery
    const rows = (await inboxOf()).filter(r => r.body.includes(user))
    expect(new Set(rows.map(r => r.customer_id)).size).toBe(1)
    expect(rows.map(r => (JSON.parse(r.body) as { name: string }).name)).toEqual([
      'contact.followed',
      'line.message',
      'line.postback',
      'line.unsend',
      'line.brandNewKind',
      'line.message',
    ])
    expect(rows[5]!.message_hash).toBe(rows[1]!.message_hash)
    expect(rows[4]!.body).not.toContain('secret')

    const owner = openOwner(lab.core)
    while (await owner.tick());
    await owner.stop()
    const id = rows[0]!.customer_id
    const found = await lab.core.pool.query<{ state: string }>(
      'select state from customer where bucket = $1 and id = $2',
      [bucketOf(id), id],
    )
    expect(unpackState(found.rows[0]!.state)).toMatchObject({
      line: { following: true },
      ids: [{ kind: 'line_uid', value: user, verified: true }],
    })
  })

  test('unfollow stops sends before it is acknowledged, a later follow lifts it, an older unfollow does not bring it back to a friend', async () => {
    const { path, sign } = await hook()
    const p = await lab.person()
    const deliverer = await lab.deliverer()
    const say = async (more: object) => {
      const body = event(p.line, more)
      expect((await post(body, sign(body), path)).status).toBe(200)
    }
    const sent = async () => {
      const m = await lab.intend(p, lineText('x'))
      await deliverer.tick()
      return (await lab.row(m.id)).state
    }
    // the customer's state still says "friend": nothing was folded yet
    await say({ type: 'unfollow' })
    expect(await sent()).toBe('skipped')
    await say({ type: 'follow', follow: { isUnblocked: true } })
    expect(await sent()).toBe('accepted')
    await say({ type: 'unfollow', timestamp: p.state.line!.at - 1_000 })
    expect(await sent()).toBe('accepted')
  })
})

describe('golden requests', () => {
  const message: Outgoing = {
    id: '0190aaaa-bbbb-7ccc-8ddd-eeeeffff0011',
    workspace: 'w',
    address: 'U0123456789abcdef0123456789abcdef',
    purpose: 'marketing',
    content: lineText('嗨'),
    unsubscribeUrl: 'https://brand.example/u/token',
    receiptUrl: 'https://brand.example/hooks/x',
  }
  const account = { id: 'a', workspace: 'w', name: 'n', trusted: false, secrets: { accessToken: 'TOKEN' } }

  test('LINE push', () => {
    const { method, url, headers, body } = lineRequest(
      { ...account, settings: {} },
      pushCall({ ...account, settings: {} }, message),
    )
    expect(
      golden(
        'line-push.json',
        JSON.stringify({ method, url: url.href, headers, body: JSON.parse(String(body)) }, null, 2),
      ),
    ).toBe('same')
  })

  test('email', async () => {
    const settings = {
      host: 'smtp.brand.example',
      from: 'hello@brand.example',
      fromName: '好物',
      replyTo: 'care@brand.example',
    }
    const content = mail('嗨，小明', '<h1>嗨</h1><p>看看<a href="https://brand.example/x">新品</a></p>')
    const fields = mailOf({ ...account, settings }, { ...message, address: 'ming@example.com', content })
    const raw = await new MailComposer({ ...fields, date: new Date('2026-01-02T03:04:05Z') })
      .compile()
      .build()
    const text = raw
      .toString('utf8')
      .replaceAll('\r\n', '\n')
      .replaceAll(/--_NmP-[\w-]+/g, '--_BOUNDARY')
    expect(golden('email.eml', text)).toBe('same')
  })
})

describe('what answers mean', () => {
  test.each([
    [200, '{"sentMessages":[{"id":"7"}]}', {}, { kind: 'accepted', providerId: '7' }],
    [200, '{}', { 'x-line-request-id': 'r' }, { kind: 'accepted', providerId: 'r' }],
    [
      409,
      '{"message":"The retry key is already accepted"}',
      { 'x-line-accepted-request-id': 'q' },
      { kind: 'accepted', providerId: 'q' },
    ],
    [
      400,
      '{"message":"The request body has 1 error(s)","details":[{"message":"May not be empty","property":"messages[0].text"}]}',
      {},
      { kind: 'rejected', detail: expect.stringContaining('messages[0].text') },
    ],
    [
      400,
      '{"message":"The property, \'to\', in the request body is invalid (line: -, column: -)"}',
      {},
      { kind: 'bad_recipient' },
    ],
    [403, '{}', {}, { kind: 'bad_credentials' }],
    [429, '{}', { 'retry-after': '3' }, { kind: 'retryable', retryAfterMs: 3_000 }],
    [502, '<html>Bad gateway</html>', {}, { kind: 'retryable', retryAfterMs: null }],
  ])('LINE %i %s', (status, body, headers, expected) => {
    expect(readAnswer({ status, body, headers }, 0)).toMatchObject(expected)
  })

  test('Retry-After as a date', () => {
    expect(retryAfterMs('Fri, 02 Jan 2026 03:04:05 GMT', Date.parse('2026-01-02T03:04:00Z'))).toBe(5_000)
    expect(retryAfterMs('soon', 0)).toBeNull()
  })

  test.each([
    [{ stage: 'connect', code: 0 }, 'retryable'],
    [{ stage: 'connect', code: 554 }, 'rejected'],
    [{ stage: 'login', code: 535 }, 'bad_credentials'],
    [{ stage: 'login', code: 454 }, 'retryable'],
    [{ stage: 'envelope', code: 550, recipient: true }, 'bad_recipient'],
    [{ stage: 'envelope', code: 550 }, 'rejected'],
    [{ stage: 'envelope', code: 452 }, 'retryable'],
    [{ stage: 'envelope', code: 0 }, 'retryable'],
    [{ stage: 'data', code: 554 }, 'rejected'],
    [{ stage: 'data', code: 451 }, 'retryable'],
    [{ stage: 'data', code: 0 }, 'unknown'],
  ] as const)('SMTP %o is %s', (failure, kind) => {
    expect(readFailure({ recipient: false, message: 'm', ...failure }).kind).toBe(kind)
  })

  test.each([
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.9',
    '169.254.169.254',
    '::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '0.0.0.0',
    'not an address',
  ])('%s is inner', a => {
    expect(isInner(a)).toBe(true)
  })
  test.each(['8.8.8.8', '147.92.146.242', '2001:4860:4860::8888'])('%s is public', a => {
    expect(isInner(a)).toBe(false)
  })
})
