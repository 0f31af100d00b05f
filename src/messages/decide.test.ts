import { describe, expect, test } from 'vitest'
import { CHANNELS } from '../channels/model.ts'

const { email, line } = CHANNELS
import type { CustomerState } from '../customers/model.ts'
import { afterSend, backoffMs, decide, type Facts, MAX_ATTEMPTS } from './decide.ts'
import { canMove, type MessageState, MOVES } from './model.ts'

const NOW = Date.parse('2026-03-02T04:00:00Z') // 12:00 in Taipei

function customer(change: (s: CustomerState) => void = () => {}): CustomerState {
  const s: CustomerState = {
    v: 1,
    workspace: 'w',
    id: 'c',
    now: NOW,
    first: NOW,
    last: NOW,
    ids: [
      { kind: 'line_uid', value: 'U1', verified: true, at: 1, src: 't' },
      { kind: 'email', value: 'a@example.com', verified: true, at: 1, src: 't' },
      { kind: 'email', value: 'newer@example.com', verified: true, at: 2, src: 't' },
      { kind: 'email', value: 'claimed@example.com', verified: false, at: 3, src: 't' },
    ],
    traits: {},
    tags: {},
    consent: { 'email/marketing': { on: true, at: 5, src: 't' } },
    line: { following: true, at: 7 },
    enr: [],
    past: {},
    dates: {},
    absorbed: [],
  }
  change(s)
  return s
}
const facts = (more: Partial<Facts> = {}): Facts => ({
  now: NOW,
  paused: false,
  account: { waitMs: 0, settings: {} },
  customer: customer(),
  ...more,
})
type Asked = Parameters<typeof decide>[0]
const intent: Asked = {
  purpose: 'marketing',
  notBefore: NOW,
  notAfter: null,
  quiet: null,
  content: { channel: 'email', subject: 's', html: '<p>h</p>' },
}
const overnight = { from: '21:00', to: '09:00', timezone: 'Asia/Taipei' }

describe('decide', () => {
  test('sends to the newest verified address, with what lifts a suppression', () => {
    expect(decide(intent, email, facts())).toEqual({
      do: 'send',
      address: 'newer@example.com',
      consentAt: 5,
      followAt: null,
      consent: expect.objectContaining({ topic: 'marketing', at: 5, version: null }),
    })
    // who wants no marketing is still answered
    expect(decide({ ...intent, purpose: 'transactional' }, email, facts())).toMatchObject({
      do: 'send',
      consentAt: Date.UTC(2200, 0, 1),
    })
    expect(decide(intent, line, facts())).toMatchObject({
      do: 'send',
      address: 'U1',
      consentAt: null,
      followAt: 7,
    })
  })

  test.each<[string, Partial<Asked>, Partial<Facts>, object]>([
    ['late wins over paused', { notAfter: NOW - 1 }, { paused: true }, { do: 'skip', reason: 'late' }],
    ['the last useful moment still goes', { notAfter: NOW }, {}, { do: 'send' }],
    ['paused', {}, { paused: true }, { do: 'hold' }],
    ['too early', { notBefore: NOW + 5 }, {}, { do: 'wait', ms: 5 }],
    ['no account', {}, { account: null }, { do: 'skip', reason: 'no_account' }],
    ['account waits', {}, { account: { waitMs: 9, settings: {} } }, { do: 'wait', ms: 9 }],
    ['nobody there', {}, { customer: null }, { do: 'skip', reason: 'no_address' }],
  ])('%s', (_name, change, more, expected) => {
    expect(decide({ ...intent, ...change }, email, facts(more))).toMatchObject(expected)
  })

  const said = (on: boolean) => ({ on, at: 5, src: 't' })
  test.each<[string, CustomerState['consent'], asked: boolean, sent: boolean]>([
    ['nobody spoke of the purpose: marketing’s yes', { 'email/marketing': said(true) }, false, true],
    [
      'it is asked for by itself: marketing’s yes is not enough',
      { 'email/marketing': said(true) },
      true,
      false,
    ],
    ['its own yes', { 'email/news': said(true) }, true, true],
    [
      'its own yes above a no to marketing',
      { 'email/marketing': said(false), 'email/news': said(true) },
      false,
      true,
    ],
    [
      'its own no below a yes to marketing',
      { 'email/marketing': said(true), 'email/news': said(false) },
      false,
      false,
    ],
    ['a yes by another channel', { 'sms/news': said(true) }, true, false],
  ])('a purpose of consent: %s', (_, consent, asked, sent) => {
    const told = decide(
      { ...intent, topic: 'news' },
      email,
      facts({ customer: customer(s => (s.consent = consent)), asked: asked ? ['news'] : [] }),
    )
    expect(told).toMatchObject(sent ? { do: 'send' } : { do: 'skip', reason: 'consent' })
  })

  test('fewer, or none for now: to the millisecond', () => {
    const holds = (pref: CustomerState['pref'], last?: number) =>
      decide(
        intent,
        email,
        facts({
          customer: customer(s => {
            if (pref) s.pref = pref
            if (last !== undefined) s.clk = { m: last }
          }),
        }),
      ).do === 'skip'
    const week = 7 * 86_400_000
    expect(holds({ until: NOW + 1 })).toBe(true)
    expect(holds({ until: NOW })).toBe(false)
    expect(holds({ less: true })).toBe(false)
    expect(holds({ less: true }, NOW - week + 1)).toBe(true)
    expect(holds({ less: true }, NOW - week)).toBe(false)
    expect(holds(undefined, NOW - 1)).toBe(false)
  })

  test('hard problem 7: the quiet window is kept at the claim too, in its own zone', () => {
    const night = Date.parse('2026-03-02T14:30:00Z') // 22:30 in Taipei
    const morning = Date.parse('2026-03-03T01:00:00Z') // 09:00
    const quiet = { ...intent, notBefore: NOW, quiet: overnight }
    expect(decide(quiet, email, facts({ now: night }))).toEqual({ do: 'wait', ms: morning - night })
    expect(decide({ ...quiet, notAfter: morning - 1 }, email, facts({ now: night }))).toEqual({
      do: 'skip',
      reason: 'late',
    })
    expect(decide(quiet, email, facts({ now: morning }))).toMatchObject({ do: 'send' })
  })
})

describe('the moves of a message', () => {
  const states = Object.keys(MOVES) as MessageState[]
  const ends = ['accepted', 'failed', 'skipped', 'unknown']
  // the ledger's own order; a move never goes back in it, but for a claim or a try that did not happen
  const rank: Record<MessageState, number> = {
    intended: 0,
    claimed: 1,
    sending: 2,
    unknown: 3,
    accepted: 4,
    failed: 4,
    skipped: 4,
    delivered: 5,
    opened: 6,
    clicked: 7,
    bounced: 8,
    complained: 8,
    blocked: 8,
  }
  const allowed = new Set(states.flatMap(from => MOVES[from].map(to => `${from} ${to}`)))

  test.each(states.flatMap(from => states.map(to => [from, to] as const)))('%s → %s', (from, to) => {
    const yes = canMove(from, to)
    expect(yes).toBe(allowed.has(`${from} ${to}`))
    if (!yes) return
    expect(from).not.toBe(to)
    if (to === 'intended') expect(['claimed', 'sending']).toContain(from)
    else expect(rank[to]).toBeGreaterThan(rank[from])
    // nothing reaches the provider but through sending, and nothing is skipped once it is there
    if (to === 'skipped') expect(['intended', 'claimed']).toContain(from)
    if (to === 'sending') expect(from).toBe('claimed')
    if (ends.includes(to) && to !== 'skipped') expect(['sending', 'unknown']).toContain(from)
  })
})

describe('what an answer leads to', () => {
  const sent = { from: 'sending' as const, attempt: 1, delivery: 'at_least_once' as const, random: 0.5 }

  test('unknown: settled later where there is a key, never where there is none', () => {
    expect(afterSend({ kind: 'unknown', detail: '' }, sent)).toMatchObject({
      to: 'unknown',
      outcome: 'unknown',
      delayMs: 750,
    })
    expect(afterSend({ kind: 'unknown', detail: '' }, { ...sent, delivery: 'at_most_once' })).toMatchObject({
      delayMs: 'never',
    })
  })

  test('an unknown that meets "try again" stays unknown', () => {
    const from = 'unknown' as const
    expect(afterSend({ kind: 'retryable', detail: '', retryAfterMs: null }, { ...sent, from })).toMatchObject(
      { to: 'unknown', outcome: null },
    )
    expect(afterSend({ kind: 'bad_credentials', detail: '' }, { ...sent, from })).toMatchObject({
      to: 'unknown',
    })
    expect(afterSend({ kind: 'accepted', providerId: 'x' }, { ...sent, from })).toMatchObject({
      to: 'accepted',
      providerId: 'x',
    })
  })

  test('tries are bounded; the provider’s wish is a lower bound', () => {
    const again = (attempt: number, retryAfterMs: number | null) =>
      afterSend({ kind: 'retryable', detail: '', retryAfterMs }, { ...sent, attempt })
    expect(again(1, 60_000)).toMatchObject({ to: 'intended', delayMs: 60_000 })
    expect(again(MAX_ATTEMPTS - 1, null).to).toBe('intended')
    expect(again(MAX_ATTEMPTS, null)).toMatchObject({ to: 'failed', reason: 'retries_exhausted' })
  })

  test('waits double, half of each at random, up to 30 minutes', () => {
    expect([1, 2, 3, 20].map(n => backoffMs(n, 0))).toEqual([500, 1_000, 2_000, 900_000])
    expect([1, 2, 3, 20].map(n => backoffMs(n, 1))).toEqual([1_000, 2_000, 4_000, 1_800_000])
  })
})
