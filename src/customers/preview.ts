// What a merge or its undoing would give, as the API shows it: worked out by the production reducer on copies. Pure.
import type { z } from 'zod'
import type { person } from '../contract/identity.ts'
import type { Out } from '../contract.ts'
import type { Facts } from '../inbox/model.ts'
import type { OrderRow } from '../inbox/order-model.ts'
import type { AbsorbBody } from '../inbox/identity-model.ts'
import { must } from '../platform/errors.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { type CustomerState, nameOf } from './model.ts'
import { orderFact } from './orders.ts'
import { reduce } from './reduce.ts'
import { isApart } from './conflicts.ts'
import { memberNoOf, otherMember } from './identity.ts'
import type { World } from './world.ts'

type Person = z.output<typeof person>

const iso = (ms: number): string => new Date(ms).toISOString()

export function personOf(state: CustomerState): Person {
  return {
    id: publicId('cus', state.id),
    name: nameOf(state),
    identifiers: state.ids.map(i => ({
      kind: i.kind,
      value: i.value,
      verified: i.verified,
      shared: i.shared === true,
    })),
    traits: Object.entries(state.traits).map(([name, t]) => ({
      name,
      value: t.v,
      at: iso(t.at),
      source: t.src,
    })),
    tags: Object.keys(state.tags),
    orders: state.orders
      ? { count: state.orders.n, revenue: state.orders.revenue, currency: state.orders.currency }
      : null,
    journeys: state.enr.length,
    firstSeen: iso(state.first),
    lastSeen: iso(state.last),
  }
}

/** The survivor as it would be with the other in it. */
export function mergedState(
  survivor: CustomerState,
  other: CustomerState,
  orders: { survivor: OrderRow[]; other: OrderRow[] },
  world: World,
): CustomerState {
  const body: AbsorbBody = {
    loser: other.id,
    state: other,
    ids: [],
    orders: orders.other,
    hops: 0,
    actor: '',
  }
  const facts: Facts = {}
  for (const row of orders.other) facts[orderFact(row.orderNo)] ??= []
  for (const row of orders.survivor) (facts[orderFact(row.orderNo)] ??= []).push(row)
  const now = Math.max(survivor.now, other.now)
  const input = { kind: 'absorb' as const, now, received: now, body }
  const self = { workspace: survivor.workspace, id: survivor.id }
  const result = reduce(structuredClone(survivor), input, facts, world, self)
  must('state' in result, 'an absorb needs the orders it brings and no more')
  return result.state
}

export function mergePreviewOf(
  survivor: CustomerState,
  other: CustomerState,
  together: CustomerState,
  journeyName: (id: Uuid) => string,
): Out<'mergePreview'> {
  const names = [...new Set([...Object.keys(survivor.traits), ...Object.keys(other.traits)])]
  const after = new Set(together.enr.map(r => r.id))
  const runs = (state: CustomerState, from: 'survivor' | 'merged') =>
    state.enr.map(r => ({
      journey: publicId('jrn', r.j),
      journeyName: journeyName(r.j),
      enteredAt: iso(r.at),
      from,
      fate: after.has(r.id) ? ('stays' as const) : ('ends' as const),
    }))
  return {
    survivor: personOf(survivor),
    merged: personOf(other),
    together: personOf(together),
    traits: names.map(name => {
      const [a, b] = [survivor.traits[name], other.traits[name]]
      const [kept, brought] = [JSON.stringify(a?.v), JSON.stringify(b?.v)]
      const wins =
        kept === brought ? 'same' : JSON.stringify(together.traits[name]?.v) === kept ? 'survivor' : 'merged'
      return { name, survivor: a?.v ?? null, merged: b?.v ?? null, wins } as const
    }),
    consent: Object.entries(together.consent).map(([key, c]) => {
      const [channel = '', purpose = ''] = key.split('/')
      return { channel, purpose, on: c.on }
    }),
    runs: [...runs(survivor, 'survivor'), ...runs(other, 'merged')],
    warnings: [
      ...(otherMember(survivor, memberNoOf(other)) ? (['two_member_numbers'] as const) : []),
      ...(isApart(survivor, [other.id]) || isApart(other, [survivor.id]) ? (['kept_apart'] as const) : []),
    ],
  }
}
