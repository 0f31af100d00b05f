// Identity resolution on a real database: one identifier has one holder, whatever happens at once.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { eventFor, openStage } from '../../test/stage.ts'
import type { IdRef, Proof } from '../customers/model.ts'
import { append } from '../inbox/append.ts'
import { freeClaims } from '../inbox/claims.ts'
import { newId, type Uuid } from '../platform/ids.ts'
import { identifierBucket, resolveBatch, type Resolvable } from './resolve.ts'

let core: TestCore
let other: TestCore
beforeAll(async () => {
  core = await openTestCore()
  other = await openTestCore({ beside: core })
})
afterAll(async () => {
  await other.close()
  await core.close()
})

const item = (workspace: Uuid, proof: Proof, ...ids: IdRef[]): Resolvable => ({ workspace, ids, proof })
const member = (value: string): IdRef => ({ kind: 'member_no', value })
const user = (value: string): IdRef => ({ kind: 'user_id', value })
const anon = (value: string): IdRef => ({ kind: 'anonymous_id', value })
const email = (value: string): IdRef => ({ kind: 'email', value })
const line = (value: string): IdRef => ({ kind: 'line_uid', value })

async function holderOf(workspace: Uuid, id: IdRef): Promise<Uuid | undefined> {
  const { rows } = await core.pool.query<{ customer_id: Uuid }>(
    'select customer_id from identifier where bucket = $1 and workspace_id = $2 and kind = $3 and value = $4',
    [identifierBucket(id), workspace, id.kind, id.value],
  )
  return rows[0]?.customer_id
}
const one = async (c: TestCore, it: Resolvable) => (await resolveBatch(c, [it]))[0]!

describe('resolveBatch', () => {
  test('hard problem 4, at the intake: 100 concurrent identical new identifiers give one customer', async () => {
    const workspace = newId()
    for (const ids of [[member('M-1')], [anon('a-1'), user('u-1')], [email('a@example.com'), line('U1')]]) {
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, i) => one(i % 2 ? core : other, item(workspace, 'server', ...ids))),
      )
      expect(new Set(results.map(r => r.customer)).size).toBe(1)
      expect(results.every(r => r.holders.length === 0)).toBe(true)
    }
  })

  test('a member number and the user id of the same value are one person, also when both are new at once', async () => {
    const workspace = newId()
    for (let i = 0; i < 20; i++) {
      const results = await Promise.all([
        one(core, item(workspace, 'public', user('p' + i), anon('pa' + i))),
        one(other, item(workspace, 'server', member('p' + i))),
      ])
      expect(new Set(results.map(r => r.customer)).size).toBe(1)
    }
  })

  test('links a new browser to the known user, and a new contact to the known member', async () => {
    const workspace = newId()
    const known = await one(core, item(workspace, 'server', member('M-2')))
    expect(await one(core, item(workspace, 'public', user('M-2'), anon('b-2')))).toEqual(known)
    expect(await one(core, item(workspace, 'server', member('M-2'), email('m2@example.com')))).toEqual(known)
    expect(await holderOf(workspace, anon('b-2'))).toBe(known.customer)
    expect(await holderOf(workspace, email('m2@example.com'))).toBe(known.customer)
  })

  test('a shared browser is not a person: a second user on it gets an id of her own, and the owners the list', async () => {
    const workspace = newId()
    const first = await one(core, item(workspace, 'public', user('wife'), anon('tablet')))
    const second = await one(core, item(workspace, 'public', user('husband'), anon('tablet')))
    expect(await holderOf(workspace, user('husband'))).not.toBe(first.customer)
    expect(second.customer).toBe(first.customer)
    expect(second.holders).toEqual([await holderOf(workspace, user('husband'))])
    // without the browser the event goes straight to him
    expect((await one(core, item(workspace, 'public', user('husband')))).customer).toBe(second.holders[0])
  })

  test('a new member number is not claimed for the holder of a shared e-mail', async () => {
    const workspace = newId()
    const family = await one(core, item(workspace, 'server', member('M-3'), email('family@example.com')))
    const child = await one(core, item(workspace, 'server', member('M-4'), email('family@example.com')))
    expect(await holderOf(workspace, member('M-4'))).not.toBe(family.customer)
    expect(child).toMatchObject({
      customer: family.customer,
      holders: [await holderOf(workspace, member('M-4'))],
    })
  })

  test('several holders: the smallest id, the others with the strongest identifier first', async () => {
    const workspace = newId()
    const a = await one(core, item(workspace, 'public', anon('x')))
    const b = await one(core, item(workspace, 'server', email('x@example.com')))
    const c = await one(core, item(workspace, 'server', member('X')))
    const all = await one(core, item(workspace, 'server', anon('x'), email('x@example.com'), member('X')))
    const byStrength = [c, b, a].map(found => found.customer)
    const smallest = byStrength.toSorted()[0] // ids of the same millisecond are in any order
    expect(all).toMatchObject({
      customer: smallest,
      holders: byStrength.filter(id => id !== smallest),
    })
  })

  test('workspaces never see each other', async () => {
    const a = await one(core, item(newId(), 'server', member('same')))
    const b = await one(core, item(newId(), 'server', member('same')))
    expect(a.customer).not.toBe(b.customer)
  })

  test('an identifier repointed by a merge is read again where the cache would name two people', async () => {
    const workspace = newId()
    const a = await one(core, item(workspace, 'public', anon('old')))
    const b = await one(core, item(workspace, 'server', member('new')))
    await core.pool.query(
      'update identifier set customer_id = $1 where workspace_id = $2 and customer_id = $3',
      [a.customer, workspace, b.customer],
    )
    expect(await one(core, item(workspace, 'server', member('new'), anon('old')))).toMatchObject({
      customer: a.customer,
      holders: [],
    })
  })

  test('R1-14 an identifier that a person gave to somebody else leads there at once, in every process', async () => {
    const { id: workspace } = await createTestWorkspace(core)
    const stage = openStage(core)
    const mail = email('given@example.com')
    const [a, b] = await resolveBatch(core, [
      item(workspace, 'server', member('A'), mail),
      item(workspace, 'server', member('B')),
    ])
    await append(core.pool, null, [
      eventFor(workspace, a!.customer, 'Seen', { ids: [member('A'), mail] }),
      eventFor(workspace, b!.customer, 'Seen', { ids: [member('B')] }),
    ])
    await stage.settle()
    for (const c of [core, other])
      expect((await one(c, item(workspace, 'server', mail))).customer).toBe(a!.customer)
    const body = {
      key: newId(),
      bodyHash: newId(),
      validUntil: Date.now() + 60_000,
      actor: 'ann',
      command: { do: 'give_identifier' as const, id: mail, to: b!.customer, conflict: null },
    }
    await append(core.pool, null, [
      { workspace, customer: a!.customer, input: { kind: 'command', messageId: null, body } },
    ])
    await stage.settle()
    for (const c of [core, other])
      await expect
        .poll(async () => (await one(c, item(workspace, 'server', mail))).customer, { timeout: 5_000 })
        .toBe(b!.customer)
    await stage.close()
  })

  test('property: claims interleaved at random over two processes agree with a simple model', async () => {
    const kinds = [member, user, anon, email, line]
    const ref = fc
      .tuple(fc.nat({ max: kinds.length - 1 }), fc.nat({ max: 3 }))
      .map(([k, v]) => kinds[k]!('v' + v))
    const batch = fc.array(fc.uniqueArray(ref, { minLength: 1, maxLength: 3, selector: r => r.kind }), {
      minLength: 1,
      maxLength: 5,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 8 }), async batches => {
        const workspace = newId()
        const answers = await Promise.all(
          batches.map((b, i) =>
            resolveBatch(
              i % 2 ? core : other,
              b.map(ids => item(workspace, 'server', ...ids)),
            ),
          ),
        )
        // every identifier has exactly one holder, and answers only name holders of the item's own identifiers
        for (const [i, b] of batches.entries()) {
          for (const [j, ids] of b.entries()) {
            const { customer, holders } = answers[i]![j]!
            const named = new Set([customer, ...holders])
            const now = new Set<Uuid>()
            for (const id of ids) now.add((await holderOf(workspace, id))!)
            expect(now.has(undefined as never)).toBe(false)
            expect(named).toEqual(now)
            for (const h of holders) expect(customer < h).toBe(true)
          }
        }
        // identifiers that no item ever connects, directly or over others, never share a holder
        const group = new Map<string, string>()
        const key = (id: IdRef) => (id.kind === 'user_id' ? 'member_no' : id.kind) + id.value
        const root = (k: string): string => (group.get(k) === k || !group.has(k) ? k : root(group.get(k)!))
        for (const ids of batches.flat())
          for (const id of ids) {
            if (!group.has(key(id))) group.set(key(id), key(id))
            group.set(root(key(id)), root(key(ids[0]!)))
          }
        const rootOfHolder = new Map<Uuid, string>()
        for (const id of batches.flat(2)) {
          const holder = (await holderOf(workspace, id))!
          const r = root(key(id))
          expect(rootOfHolder.get(holder) ?? r).toBe(r)
          rootOfHolder.set(holder, r)
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('claims that nobody came of', () => {
  const age = (workspace: Uuid, hours: number) =>
    core.pool.query(
      'update identifier set created_at = created_at - make_interval(hours => $2) where workspace_id = $1',
      [workspace, hours],
    )
  const now = Date.now()

  test('are freed after an hour; what waits for its fold is not', async () => {
    const workspace = newId()
    const [lost, waiting, fresh] = [member('lost'), member('waiting'), member('fresh')]
    await one(core, item(workspace, 'server', lost))
    const { customer } = await one(core, item(workspace, 'server', waiting))
    await append(core.pool, null, [eventFor(workspace, customer, 'Seen')], 'bulk')
    await age(workspace, 2)
    await one(core, item(workspace, 'server', fresh))
    expect(await freeClaims(core, now)).toBe(1)
    expect(await holderOf(workspace, lost)).toBeUndefined()
    expect(await holderOf(workspace, waiting)).toBe(customer)
    expect(await holderOf(workspace, fresh)).toBeDefined()
    // looked at again later, when its event is gone without having made anybody
    await core.pool.query('delete from bulk')
    expect(await freeClaims(core, now + 60_000)).toBe(0)
    expect(await freeClaims(core, now + 40 * 60_000)).toBe(1)
    expect(await holderOf(workspace, waiting)).toBeUndefined()
  })
})

describe('identifiers that several people turned up with', () => {
  test('route nothing beside others, and to a customer of their own alone', async () => {
    const workspace = newId()
    const phone: IdRef = { kind: 'phone', value: '+886912345678' }
    const first = await one(core, item(workspace, 'server', member('S1'), phone))
    const nobody = newId()
    await core.pool.query(
      'update identifier set shared = true, customer_id = $3 where workspace_id = $1 and kind = $2',
      [workspace, 'phone', nobody],
    )
    const both = await one(other, item(workspace, 'server', member('S2'), phone))
    expect(both).toMatchObject({ holders: [], shared: [phone] })
    expect([first.customer, nobody]).not.toContain(both.customer)
    expect(await one(other, item(workspace, 'server', phone))).toEqual({
      customer: nobody,
      holders: [],
      shared: [phone],
    })
    // what is new joins the one who is named, not the shared number
    const added = await one(other, item(workspace, 'server', phone, email('s1@example.com'), member('S1')))
    expect(added).toEqual({ customer: first.customer, holders: [], shared: [phone] })
    expect(await one(other, item(workspace, 'server', email('new@example.com'), phone))).toMatchObject({
      shared: [phone],
    })
  })
})
