// The hard problems of journeys, identity and time, shown on the real spine, reducer and engines.
import { unpackState } from '../src/customers/pack.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveBatch, resolvedEvent } from '../src/collect/resolve.ts'
import type { IdRef, Proof } from '../src/customers/model.ts'
import { findCustomer } from '../src/customers/store.ts'
import { unmerge } from '../src/customers/unmerge.ts'
import { append } from '../src/inbox/append.ts'
import type { EventBody } from '../src/inbox/model.ts'
import { verifyAll } from '../src/inbox/verify.ts'
import type { JourneyGraph } from '../src/journeys/model.ts'
import { publishJourney } from '../src/journeys/publish.ts'
import { createJourney, findJourney } from '../src/journeys/store.ts'
import { Problem } from '../src/platform/errors.ts'
import { bucketOf, newId, type Uuid } from '../src/platform/ids.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'
import { seeded } from './kill.ts'
import { eventFor, openStage, type Stage } from './stage.ts'
import { happened } from '../src/rules/make.ts'

let core: TestCore
let stage: Stage
let workspace: Uuid

beforeEach(async () => {
  core = await openTestCore()
  stage = openStage(core)
  workspace = (await createTestWorkspace(core)).id
  await stage.settle()
})
afterEach(async () => {
  await stage.close()
  await core.close()
})

async function publish(graph: JourneyGraph): Promise<Uuid> {
  const id = await createJourney(core, workspace, graph)
  const { version } = await findJourney(core.pool, workspace, id)
  await publishJourney(core, workspace, id, version, 'test')
  await stage.settle()
  return id
}

const rows = async <T extends Record<string, unknown>>(
  query: string,
  query_params: Record<string, unknown> = {},
): Promise<T[]> => (await core.history.query({ query, query_params, format: 'JSONEachRow' })).json<T>()
const factCount = async (name: string): Promise<number> =>
  (
    await rows<{ n: number }>('select toUInt32(count()) as n from event where name = {name: String}', {
      name,
    })
  )[0]!.n
const messages = async (): Promise<{ state: string; reason: string | null }[]> =>
  (
    await core.pool.query<{ state: string; reason: string | null }>(
      'select state, reason from message order by id',
    )
  ).rows
const faults = async (): Promise<string[]> => (await verifyAll(core)).checks.flatMap(c => c.faults)

const lineSend = (next: Record<string, string | null> = { accepted: null }) => ({
  type: 'send',
  fields: {
    channel: 'line',
    purpose: 'marketing',
    content: { channel: 'line', messages: [{ type: 'text', text: '嗨' }] },
    usefulForMs: 3_600_000,
  },
  next,
})
const waitThenSend = (timeoutMs: number): JourneyGraph => ({
  format: 1,
  name: 'wait for the order',
  trigger: { kind: 'event', event: 'Product Added' },
  reentry: { kind: 'always' },
  exits: [{ name: 'bought', rule: happened('Order Completed') }],
  start: 'wait',
  nodes: {
    wait: {
      type: 'wait_event',
      fields: { event: 'Order Completed', since: 'entry', timeoutMs },
      next: { event: null, timeout: 'send' },
    },
    send: lineSend(),
  },
})

/** What the intake does: resolve the identifiers, then append with the other holders. */
async function ingest(
  items: { ids: IdRef[]; proof: Proof; name: string; messageId: string; props?: EventBody['props'] }[],
): Promise<void> {
  const resolved = await resolveBatch(
    core,
    items.map(i => ({ workspace, ids: i.ids, proof: i.proof })),
  )
  await append(
    core.pool,
    core.signals,
    items.map((i, at) => {
      const event = eventFor(workspace, resolved[at]!.customer, i.name, {
        messageId: i.messageId,
        ids: i.ids,
        proof: i.proof,
        ...(i.props ? { props: i.props } : {}),
      })
      event.input.body = resolvedEvent(event.input.body as EventBody, resolved[at]!)
      return event
    }),
  )
}

test('hard problem 4: a hundred identical triggers at once make one enrollment', async () => {
  await publish({ ...waitThenSend(3_600_000), reentry: { kind: 'never' } })
  const ids: IdRef[] = [{ kind: 'member_no', value: 'M1' }]
  await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      ingest([{ ids, proof: 'server', name: 'Product Added', messageId: 'm' + i }]),
    ),
  )
  await stage.settle()
  expect(await factCount('journey.entered')).toBe(1)
  expect(await factCount('Product Added')).toBe(100)
  expect(await faults()).toEqual([])
})

test('hard problem 5: a purchase and the due timer in one batch: nothing is sent', async () => {
  await publish(waitThenSend(60_000))
  const customer = newId()
  await append(core.pool, core.signals, [eventFor(workspace, customer, 'Product Added')])
  await stage.settle()
  // one fold sees both: the clock makes the timer due, and the purchase lies behind it in the same inbox
  const offset = await core.pool.query<{ o: number }>(
    'update workspace set clock_offset_ms = clock_offset_ms + 120000 where id = $1 returning clock_offset_ms as o',
    [workspace],
  )
  await append(core.pool, null, [
    ...Array.from({ length: 256 }, (_, bucket) => ({
      workspace,
      customer: null,
      bucket,
      input: { kind: 'clock' as const, body: { offsetMs: offset.rows[0]!.o } },
    })),
    eventFor(workspace, customer, 'Order Completed', {
      props: { order_id: 'O1', total: 100, currency: 'TWD' },
    }),
  ])
  await stage.settle()
  expect(await messages()).toEqual([{ state: 'skipped', reason: 'exited' }])
  expect(await factCount('message.skipped')).toBe(1)
  expect(await factCount('journey.exited')).toBe(1)
  expect(await faults()).toEqual([])
})

test('hard problem 5: also with the purchase 10,000 rows behind in the backlog', {
  timeout: 240_000,
}, async () => {
  await publish(waitThenSend(4_000))
  const customer = newId()
  await append(core.pool, core.signals, [eventFor(workspace, customer, 'Product Added')])
  await stage.settle()
  const crowd = Array.from({ length: 50 }, () => newId(Date.now(), bucketOf(customer)))
  for (let i = 0; i < 10; i++)
    await append(
      core.pool,
      null,
      Array.from({ length: 1_000 }, (_, k) => eventFor(workspace, crowd[k % 50]!, 'Product Viewed')),
    )
  await append(core.pool, null, [
    eventFor(workspace, customer, 'Order Completed', {
      props: { order_id: 'O1', total: 100, currency: 'TWD' },
    }),
  ])
  const due = await core.pool.query<{ late: boolean }>(
    'select due_at < clock_timestamp() as late from customer where id = $1',
    [customer],
  )
  expect(due.rows[0]!.late).toBe(false) // the purchase was in the inbox in time
  await expect
    .poll(
      async () =>
        (
          await core.pool.query<{ late: boolean }>(
            'select due_at < clock_timestamp() as late from customer where id = $1',
            [customer],
          )
        ).rows[0]!.late,
      { timeout: 10_000 },
    )
    .toBe(true)
  await stage.settle()
  expect(await messages()).toEqual([])
  expect(await factCount('journey.exited')).toBe(1)
  expect(await factCount('Product Viewed')).toBe(10_000)
})

for (const outcome of ['accepted', 'failed', 'skipped', 'unknown'] as const)
  test(`hard problem 12: a message that is ${outcome} moves its person on`, async () => {
    await publish({
      ...waitThenSend(1),
      start: 'send',
      nodes: {
        send: lineSend({
          accepted: 'was_accepted',
          failed: 'was_failed',
          skipped: 'was_skipped',
          unknown: 'was_unknown',
        }),
        ...Object.fromEntries(
          ['accepted', 'failed', 'skipped', 'unknown'].map(o => [
            'was_' + o,
            { type: 'update', fields: { addTags: [o] }, next: { next: null } },
          ]),
        ),
      },
    })
    const customer = newId()
    await append(core.pool, core.signals, [eventFor(workspace, customer, 'Product Added')])
    await stage.settle()
    const message = (
      await core.pool.query<{ id: Uuid; enrollment_id: Uuid; node: string; journey_id: Uuid }>(
        'select id, enrollment_id, node, journey_id from message',
      )
    ).rows[0]!
    await core.pool.query('update message set state = $1', [outcome])
    await append(core.pool, core.signals, [
      {
        workspace,
        customer,
        input: {
          kind: 'outcome',
          messageId: null,
          body: {
            message: message.id,
            enrollment: message.enrollment_id,
            node: message.node,
            journey: message.journey_id,
            channel: 'line',
            state: outcome,
            outcome,
            reason: null,
            at: Date.now(),
          },
        },
      },
    ])
    await stage.settle()
    const state = await core.pool.query<{ state: string }>('select state from customer where id = $1', [
      customer,
    ])
    const parsed = unpackState(state.rows[0]!.state)
    expect(Object.keys(parsed.tags)).toEqual([outcome])
    expect(parsed.enr).toEqual([])
    expect(await faults()).toEqual([])
  })

const decisions = { merge: 0, unmerge: 0 }

/** A person merges two, or takes out somebody who was merged in; whatever else is under way. */
async function decideSomething(random: () => number): Promise<void> {
  const { rows } = await core.pool.query<{ id: Uuid }>(
    `select id from customer where workspace_id = $1 and merged_into is null and state <> '{}' order by id`,
    [workspace],
  )
  const pick = () => rows[Math.floor(random() * rows.length)]!.id
  if (rows.length < 2) return
  const merged = await core.pool.query<{ id: Uuid }>(
    'select id from customer where workspace_id = $1 and merged_into is not null order by id',
    [workspace],
  )
  if (random() < 0.6 && merged.rows.length > 0) {
    const target = merged.rows[Math.floor(random() * merged.rows.length)]!.id
    const found = (await findCustomer(core.pool, workspace, target))!
    try {
      await unmerge(core, workspace, found, target, 'ann')
      decisions.unmerge++
    } catch (error) {
      // its merge is still on the way, or others were taken out since: the answer says so
      if (!(error instanceof Problem)) throw error
      expect(['not_merged', 'parked', 'cannot_tell_apart', 'unmerge_under_way']).toContain(error.code)
    }
    return
  }
  const [into, loser] = [pick(), pick()].sort() as [Uuid, Uuid]
  if (into === loser) return
  decisions.merge++
  await append(core.pool, core.signals, [
    {
      workspace,
      customer: loser,
      input: {
        kind: 'command',
        messageId: null,
        body: {
          key: newId(),
          bodyHash: newId(),
          validUntil: Date.now() + 600_000,
          actor: 'ann',
          command: { do: 'merge', into },
        },
      },
    },
  ])
}

async function mergeAtOnce(seed: number): Promise<void> {
  await publish({
    ...waitThenSend(1),
    reentry: { kind: 'never' },
    exits: [],
    start: 'send',
    nodes: { send: lineSend() },
  })
  const random = seeded(seed)
  const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)]!
  const kinds: IdRef[] = [
    ...['a1', 'a2', 'a3', 'a4', 'a5', 'a6'].map(value => ({ kind: 'anonymous_id' as const, value })),
    ...['m1', 'm2', 'm3'].map(value => ({ kind: 'member_no' as const, value })),
    ...['e1@example.com', 'e2@example.com', 'e3@example.com'].map(value => ({
      kind: 'email' as const,
      value,
    })),
    ...['U1', 'U2', 'U3'].map(value => ({ kind: 'line_uid' as const, value })),
  ]
  const sent: Parameters<typeof ingest>[0] = []
  for (let round = 0; round < 25; round++) {
    const requests = Array.from({ length: 4 }, (_, r) =>
      Array.from({ length: 3 }, (_, i) => {
        if (sent.length > 5 && random() < 0.2) return pick(sent) // a retry, perhaps across a merge
        const chosen = [...new Set([pick(kinds), pick(kinds), ...(random() < 0.4 ? [pick(kinds)] : [])])]
        const ids = chosen.filter((id, at) => chosen.findIndex(o => o.kind === id.kind) === at)
        const item = {
          ids,
          proof: 'server' as Proof,
          name: random() < 0.3 ? 'Product Added' : 'Product Viewed',
          messageId: `f-${round}-${r}-${i}`,
        }
        sent.push(item)
        return item
      }),
    )
    await Promise.all(requests.map(ingest))
    if (random() < 0.5) await stage.settle()
    if (random() < 0.6) await decideSomething(random)
  }
  await stage.settle() // no forwarding loop: it comes to rest
  console.log(`people decided: ${decisions.merge} merges, ${decisions.unmerge} unmerges`)
  expect(decisions.unmerge).toBeGreaterThan(0)
  const once = await rows<{ message_id: string; n: number }>(
    `select message_id, toUInt32(count()) as n from event where kind = 'event' and message_id like 'f-%' group by message_id having n > 1`,
  )
  expect(once).toEqual([])
  const ids = new Set(
    (
      await rows<{ message_id: string }>(`select distinct message_id from event where message_id like 'f-%'`)
    ).map(r => r.message_id),
  )
  expect(ids.size).toBe(new Set(sent.map(s => s.messageId)).size)
  const twice = await rows(
    `select message, toUInt32(count()) as n from event where name = 'message.intended' group by message having n > 1`,
  )
  expect(twice).toEqual([])
  expect((await core.pool.query('select from parked')).rowCount).toBe(0)
  // merged_into points downward, so chains end; every identifier leads to somebody who lives (one that was claimed while
  // its holder was merged leads there by the tombstone, which repoints it when it is used)
  const chain = await core.pool.query<{ id: Uuid; merged_into: Uuid }>(
    'select id, merged_into from customer where merged_into is not null',
  )
  for (const c of chain.rows) expect(c.merged_into < c.id, `${c.merged_into} < ${c.id}`).toBe(true)
  const held = await core.pool.query<{ kind: string; value: string; customer_id: Uuid }>(
    'select kind, value, customer_id from identifier where not shared',
  )
  for (const h of held.rows)
    expect(await findCustomer(core.pool, workspace, h.customer_id), `${h.kind} ${h.value}`).not.toBeNull()
  expect(await faults()).toEqual([])
}

// 63365 and 118798 found that an unmerge refused left an alarm that rang for ever (ids differ from run to run)
const SEEDS = process.env.SEED ? [Number(process.env.SEED)] : [63365, 118798, Date.now() % 1_000_000]
for (const seed of SEEDS)
  test(
    `hard problem 6: merges at once, in chains and both ways: every event and intent at most once, and it comes to rest (seed ${seed})`,
    { timeout: 120_000 },
    () => mergeAtOnce(seed),
  )
