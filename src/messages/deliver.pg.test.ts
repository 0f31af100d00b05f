// The deliverer against the real engines and the real stand-ins, driven by tick().
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lineText, mail, openSendLab, type SendLab } from '../../test/send-lab.ts'
import type { LineToCustomer, MailToCustomer } from '../sandbox/stand-in.ts'
import { setStandInFault } from '../sandbox/stand-in.ts'
import { bucketOf } from '../platform/ids.ts'
import { suppress } from './suppression.ts'
import type { Deliverer } from './deliver.ts'

let lab: SendLab
let deliverer: Deliverer
/** gives up on an answer early: for the tests in which none comes */
let impatient: Deliverer
beforeAll(async () => {
  lab = await openSendLab()
  deliverer = await lab.deliverer()
  impatient = await lab.deliverer({ timeoutMs: 1_500 })
})
afterAll(() => lab.close())

const fault = (channel: 'line' | 'email', kind: Parameters<typeof setStandInFault>[2]['kind'], times = 1) =>
  setStandInFault(lab.core.pool, lab.workspace, {
    adapter: channel === 'line' ? 'line' : 'smtp',
    kind,
    times,
  })

describe('a message goes out once and its end is recorded', () => {
  test('LINE: rendered, accepted, outcome in the inbox', async () => {
    const p = await lab.person()
    const m = await lab.intend(p, lineText('嗨 {{ customer.name }}'))
    expect(await deliverer.tick()).toBe(true)
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted', attempts: 1 })
    expect((await lab.row(m.id)).provider_id).toBeTruthy()
    expect(await lab.sink<LineToCustomer>('line', p.line)).toEqual([
      { messages: [{ type: 'text', text: '嗨 王小明' }] },
    ])
    expect(await lab.outcomes(m.id)).toMatchObject([
      { state: 'accepted', outcome: 'accepted', channel: 'line', enrollment: m.enrollment, node: 'send' },
    ])
    expect(await deliverer.tick()).toBe(false)
  })

  test('email: values escaped, headers for one click, a text alternative', async () => {
    const p = await lab.person(s => {
      s.traits.name = { v: '<b>Ann & Co</b>', at: 1, src: 't' }
    })
    const m = await lab.intend(p, mail('Hi {{ customer.name }}', '<p>Dear {{ customer.name }}</p>'))
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted' })
    const [got] = await lab.sink<MailToCustomer>('email', p.email)
    expect(got!.subject).toBe('Hi <b>Ann & Co</b>')
    expect(got!.html).toContain('Dear &lt;b&gt;Ann &amp; Co&lt;/b&gt;')
    expect(got!.html).toContain('取消訂閱')
    expect(got!.text).toContain('Ann & Co')
    expect(got!.headers['list-unsubscribe']).toMatch(/^<http:\/\/127\.0\.0\.1:\d+\/u\//)
    expect(got!.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click')
    expect(got!.messageId).toContain(m.id)
  })

  test('150 at once, both channels: each once', async () => {
    const people = await Promise.all(Array.from({ length: 75 }, () => lab.person()))
    const made = await Promise.all(
      people.flatMap(p => [lab.intend(p, lineText('a')), lab.intend(p, mail('a', '<p>a</p>'))]),
    )
    const second = await lab.deliverer()
    while ((await Promise.all([deliverer.tick(), second.tick()])).some(Boolean));
    const rows = await Promise.all(made.map(m => lab.row(m.id)))
    expect(new Set(rows.map(r => r.state))).toEqual(new Set(['accepted']))
    for (const p of people.slice(0, 10)) {
      expect(await lab.sink('line', p.line)).toHaveLength(1)
      expect(await lab.sink('email', p.email)).toHaveLength(1)
    }
  })
})

describe('hard problem 11: what changed between the decision and the send counts', () => {
  test('opted out 1 ms before the claim: skipped, nothing at the sink', async () => {
    const p = await lab.person()
    const m = await lab.intend(p, mail('x', '<p>x</p>'))
    await suppress(lab.core.pool, [
      {
        workspace: lab.workspace,
        channel: 'email',
        address: p.email,
        reason: 'opt_out',
        source: 'test',
        at: Date.now(),
      },
    ])
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'skipped', reason: 'suppressed' })
    expect(await lab.sink('email', p.email)).toEqual([])
    expect(await lab.outcomes(m.id)).toMatchObject([{ outcome: 'skipped', reason: 'suppressed' }])
  })

  test('opted out between a retryable answer and its retry: skipped', async () => {
    const p = await lab.person()
    await fault('email', 'smtp_4xx')
    const m = await lab.intend(p, mail('x', '<p>x</p>'))
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'intended', reason: 'retry', attempts: 1 })
    await suppress(lab.core.pool, [
      {
        workspace: lab.workspace,
        channel: 'email',
        address: p.email,
        reason: 'opt_out',
        source: 'test',
        at: Date.now(),
      },
    ])
    await lab.hurry()
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'skipped', reason: 'suppressed' })
    expect(await lab.sink('email', p.email)).toEqual([])
  })

  test('a later consent lifts the opt-out; a bounce is lifted by nothing', async () => {
    const p = await lab.person()
    const row = { workspace: lab.workspace, channel: 'email', address: p.email, source: 'test' }
    await suppress(lab.core.pool, [{ ...row, reason: 'opt_out', at: p.state.first - 1_000 }])
    const m = await lab.intend(p, mail('x', '<p>x</p>'))
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted' })
    await suppress(lab.core.pool, [{ ...row, reason: 'bounced', at: p.state.first - 500 }])
    const n = await lab.intend(p, mail('x', '<p>x</p>'))
    await deliverer.tick()
    expect(await lab.row(n.id)).toMatchObject({ state: 'skipped', reason: 'suppressed' })
  })

  test('consent refused or never given; a blocked friend; no verified address', async () => {
    const cases: [string, Parameters<SendLab['person']>[0], 'line' | 'email', string][] = [
      ['email refused', s => void (s.consent['email/marketing']!.on = false), 'email', 'consent'],
      ['email never asked', s => void delete s.consent['email/marketing'], 'email', 'consent'],
      [
        'line refused',
        s => void (s.consent['line/marketing'] = { on: false, at: 1, src: 't' }),
        'line',
        'consent',
      ],
      ['line blocked', s => void (s.line = { following: false, at: 1 }), 'line', 'blocked'],
      ['unverified', s => void (s.ids = s.ids.map(i => ({ ...i, verified: false }))), 'email', 'no_address'],
    ]
    for (const [name, change, channel, reason] of cases) {
      const p = await lab.person(change)
      const m = await lab.intend(p, channel === 'line' ? lineText('x') : mail('x', '<p>x</p>'))
      await deliverer.tick()
      expect([name, await lab.row(m.id)]).toMatchObject([name, { state: 'skipped', reason }])
    }
  })

  test('transactional mail needs no marketing consent, and carries no unsubscribe', async () => {
    const p = await lab.person(s => void delete s.consent['email/marketing'])
    const m = await lab.intend(p, mail('Receipt', '<p>x</p>'), { purpose: 'transactional' })
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted' })
    const [got] = await lab.sink<MailToCustomer>('email', p.email)
    expect(got!.headers['list-unsubscribe']).toBeUndefined()
  })

  test('merged meanwhile: consent and address are the survivor’s', async () => {
    const survivor = await lab.person(s => void (s.consent['email/marketing']!.on = false))
    const loser = await lab.person()
    await lab.core.pool.query('update customer set merged_into = $3 where bucket = $1 and id = $2', [
      bucketOf(loser.id),
      loser.id,
      survivor.id,
    ])
    const m = await lab.intend(loser, mail('x', '<p>x</p>'))
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'skipped', reason: 'consent' })
  })
})

describe('hard problem 12: every end is an outcome', () => {
  test('accepted, failed, skipped, unknown: each is one inbox row with its outcome', async () => {
    const p = await lab.person()
    const accepted = await lab.intend(p, mail('x', '<p>x</p>'))
    await deliverer.tick()
    await fault('email', 'accept_then_drop')
    const unknown = await lab.intend(p, mail('x', '<p>x</p>'))
    await impatient.tick()
    await fault('email', 'smtp_5xx_rcpt')
    const failed = await lab.intend(p, mail('x', '<p>x</p>'))
    await deliverer.tick()
    const skipped = await lab.intend(p, mail('x', '<p>{{ customer.name | nofilter }}</p>'))
    await deliverer.tick()
    for (const [m, outcome, reason] of [
      [accepted, 'accepted', null],
      [failed, 'failed', 'bad_recipient'],
      [skipped, 'skipped', 'render_failed'],
      [unknown, 'unknown', 'no_answer'],
    ] as const) {
      expect(await lab.row(m.id)).toMatchObject({ state: outcome, reason })
      expect(await lab.outcomes(m.id)).toMatchObject([{ state: outcome, outcome, reason }])
    }
    // the bounced address is suppressed from now on
    const after = await lab.intend(p, mail('x', '<p>x</p>'))
    await deliverer.tick()
    expect(await lab.row(after.id)).toMatchObject({ state: 'skipped', reason: 'suppressed' })
    // at most once: the unknown mail is not sent again
    await lab.hurry()
    await deliverer.tick()
    expect(await lab.row(unknown.id)).toMatchObject({ state: 'unknown', attempts: 1 })
    expect(await lab.sink('email', p.email)).toHaveLength(2)
  })

  test('no account: skipped(no_account)', async () => {
    const other = await lab.core.pool.query(
      `update channel_account set channel = 'none' where workspace_id = $1 and channel = 'email'`,
      [lab.workspace],
    )
    expect(other.rowCount).toBeGreaterThan(0)
    const m = await lab.intend(await lab.person(), mail('x', '<p>x</p>'))
    await deliverer.tick()
    await lab.core.pool.query(
      `update channel_account set channel = 'email' where workspace_id = $1 and channel = 'none'`,
      [lab.workspace],
    )
    expect(await lab.row(m.id)).toMatchObject({ state: 'skipped', reason: 'no_account' })
  })
})

describe('late, paused, not yet', () => {
  test('past its usefulness: skipped(late), also after a pause', async () => {
    const p = await lab.person()
    const late = await lab.intend(p, lineText('x'), { notAfter: Date.now() - 1 })
    await deliverer.tick()
    expect(await lab.row(late.id)).toMatchObject({ state: 'skipped', reason: 'late' })
  })

  test('not before: waits as intended, on the workspace’s clock', async () => {
    const p = await lab.person()
    const hour = 3_600_000
    const m = await lab.intend(p, lineText('x'), { notBefore: Date.now() + hour })
    await lab.core.pool.query('update message set send_after = now() where bucket = $1 and id = $2', [
      bucketOf(m.id),
      m.id,
    ])
    await deliverer.tick()
    const row = await lab.row(m.id)
    expect(row).toMatchObject({ state: 'intended', attempts: 0 })
    expect(row.send_after.getTime()).toBeGreaterThan(Date.now() + hour - 60_000)
    await lab.core.pool.query('update workspace set clock_offset_ms = $2 where id = $1', [
      lab.workspace,
      hour,
    ])
    await lab.hurry()
    await deliverer.tick()
    await lab.core.pool.query('update workspace set clock_offset_ms = 0 where id = $1', [lab.workspace])
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted' })
  })

  test('paused: held, not skipped; released when sending goes on', async () => {
    const pause = (on: boolean) =>
      lab.core.pool.query(
        `update workspace set settings = settings || jsonb_build_object('sendingPaused', $2::boolean) where id = $1`,
        [lab.workspace, on],
      )
    const p = await lab.person()
    await pause(true)
    const m = await lab.intend(p, lineText('x'))
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'intended', reason: 'paused', attempts: 0 })
    expect(await deliverer.tick()).toBe(false)
    expect(await lab.outcomes(m.id)).toEqual([])
    await pause(false)
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted' })
  })
})

describe('answers of the provider', () => {
  test('429: back to intended, not before Retry-After, then accepted under the same key', async () => {
    await fault('line', 'error_429')
    const p = await lab.person()
    const m = await lab.intend(p, lineText('x'))
    const before = Date.now()
    await deliverer.tick()
    const row = await lab.row(m.id)
    expect(row).toMatchObject({ state: 'intended', attempts: 1 })
    expect(row.send_after.getTime()).toBeGreaterThanOrEqual(before + 2_000)
    expect(await lab.outcomes(m.id)).toEqual([])
    await lab.hurry()
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted', attempts: 2 })
    expect(await lab.sink('line', p.line)).toHaveLength(1)
  })

  test('LINE took it and the answer was lost: unknown, settled by the retry key, seen once', async () => {
    await fault('line', 'accept_then_drop')
    const p = await lab.person()
    const m = await lab.intend(p, lineText('x'))
    await impatient.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'unknown', reason: 'no_answer' })
    await lab.hurry()
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted' })
    expect(await lab.sink('line', p.line)).toHaveLength(1)
    expect(await lab.outcomes(m.id)).toMatchObject([
      { state: 'unknown', outcome: 'unknown' },
      { state: 'accepted', outcome: null },
    ])
  })

  test('refused credentials: the message waits, the account is marked, then cleared', async () => {
    await fault('line', 'error_401')
    const p = await lab.person()
    const m = await lab.intend(p, lineText('x'))
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'intended', attempts: 0 })
    const marked = () =>
      lab.core.pool.query<{ attention: string | null }>(
        `select attention from channel_account where workspace_id = $1 and channel = 'line'`,
        [lab.workspace],
      )
    expect((await marked()).rows[0]!.attention).toContain('401')
    await lab.hurry()
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'intended', attempts: 0 }) // waits a minute
    await lab.core.pool.query(
      `update channel_account set attention_at = now() - interval '2 min' where workspace_id = $1`,
      [lab.workspace],
    )
    await lab.hurry()
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted' })
    expect((await marked()).rows[0]!.attention).toBeNull()
  })

  test('a claim that ran out returns to intended; an answer after the deadline settles the unknown', async () => {
    const p = await lab.person()
    const m = await lab.intend(p, lineText('x'))
    await lab.core.pool.query(
      `update message set state = 'claimed', claim_until = now() - interval '1 s', epoch = 5 where bucket = $1 and id = $2`,
      [bucketOf(m.id), m.id],
    )
    await deliverer.tick()
    expect(await lab.row(m.id)).toMatchObject({ state: 'accepted', epoch: 6 })
  })
})
