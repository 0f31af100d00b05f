import { expect, test } from 'vitest'
import { event, HOUR, id, journey, node, START, uuid, WORKSPACE, world } from '../../test/reducer.ts'
import { bucketOf } from '../platform/ids.ts'
import { foldMail } from './fold.ts'
import type { InboxRow, Mail } from './read.ts'

const who = uuid(0x2001)
const waits = journey({
  trigger: { kind: 'event', event: 'Cart Viewed' },
  start: 'w',
  nodes: {
    w: node(
      'wait_event',
      { event: 'Product Added', where: [], timeoutMs: 2 * HOUR },
      { event: null, timeout: 'tag' },
    ),
    tag: node('update', { addTags: ['waited'] }, { next: null }),
  },
})
const published = world(waits)

const rowOf = (kind: InboxRow['kind'], customer: string | null, body: unknown): InboxRow => ({
  bucket: bucketOf(who),
  tid: '(0,1)',
  received: START,
  workspace_id: WORKSPACE,
  customer_id: customer,
  kind,
  message_hash: null,
  body: JSON.stringify(body),
})
const cart = rowOf('event', who, event('Cart Viewed', { ids: [id('member_no', 'M1')] }))

/** One transaction's mail, folded for somebody who is new. */
const folded = (rows: InboxRow[]) => {
  const bucket = bucketOf(who)
  const mail: Mail = {
    now: START,
    buckets: [{ bucket, journal_seq: 0 }],
    standings: [{ bucket, workspace_id: WORKSPACE, offset_ms: 0, catalogue_no: published.no }],
    rows,
    due: [],
    parked: new Set(),
    behind: new Set(),
  }
  return foldMail({
    mail,
    held: new Map(),
    fresh: new Set(),
    answered: new Map(),
    facts: new Map(),
    worlds: { load: async () => undefined, get: () => published },
    loadFacts: async () => ({}),
    breaking: new Map(),
    breath: () => undefined,
  })
}

test('an alarm is set by the clock as it stands at the end of the transaction, also where it moves after the last event', async () => {
  const { works: before } = await folded([cart])
  const due = before[0]!.due!
  expect(due - START).toBeGreaterThan(HOUR)
  const { works: moved } = await folded([cart, rowOf('clock', null, { offsetMs: HOUR })])
  expect(moved[0]!.due).toBe(due - HOUR)
})

test('and rings where the clock moved beyond it', async () => {
  const { works, segments } = await folded([cart, rowOf('clock', null, { offsetMs: 3 * HOUR })])
  expect(segments.flatMap(s => s.entries).join()).toContain('waited')
  expect(works[0]!.bytes.toString()).toContain('waited')
})

test('of a customer with several inputs the last state is written, once', async () => {
  const { works, segments, count } = await folded([
    cart,
    rowOf('event', who, event('Product Added', { ids: [] })),
    rowOf('event', who, event('Product Viewed', { ids: [] })),
  ])
  expect(works).toHaveLength(1)
  expect(count).toBe(3)
  expect(segments.flatMap(s => s.entries)).toHaveLength(3)
  expect(works[0]!.held.state).toBeNull() // not kept as an object beyond its turn
  expect(works[0]!.bytes.toString()).toContain('M1')
})
