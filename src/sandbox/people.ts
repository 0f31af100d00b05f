// Three made-up people for a sandbox in which nobody is yet: members with LINE and e-mail, so that a first journey can
// be tried at once. Making them again changes nothing.
import { resolveBatch } from '../collect/resolve.ts'
import type { IdRef, Proof } from '../customers/model.ts'
import { append, type Append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { hashId, type Uuid } from '../platform/ids.ts'
import { addContacts } from './store.ts'
import { sandboxNow } from './stand-in.ts'

const PEOPLE = [
  { memberNo: 'SB000001', name: '林雅婷', email: 'lin.yating@example.com' },
  { memberNo: 'SB000002', name: '陳家豪', email: 'chen.chiahao@example.com' },
  { memberNo: 'SB000003', name: '王怡君', email: 'wang.yichun@example.com' },
] as const

export async function firstPeople(core: Core, workspace: Uuid): Promise<void> {
  const now = await sandboxNow(core.pool, workspace)
  const people = PEOPLE.map(p => ({
    ...p,
    lineUid: 'U' + hashId('sandbox person', workspace, p.memberNo).replaceAll('-', ''),
  }))
  await addContacts(
    core.pool,
    workspace,
    people.flatMap(p => [
      { channel: 'line' as const, address: p.lineUid, name: p.name, following: true, created: new Date(now) },
      { channel: 'email' as const, address: p.email, name: p.name, following: true, created: new Date(now) },
    ]),
  )
  const idsOf = (p: (typeof people)[number]): IdRef[] => [
    { kind: 'member_no', value: p.memberNo },
    { kind: 'line_uid', value: p.lineUid },
    { kind: 'email', value: p.email },
  ]
  const resolved = await resolveBatch(
    core,
    people.map(p => ({ workspace, ids: idsOf(p), proof: 'server' as const })),
  )
  const rows: Append[] = people.flatMap((p, i) => {
    const event = (
      n: number,
      ids: IdRef[],
      proof: Proof,
      more: Pick<EventBody, 'type' | 'name'> & Partial<EventBody>,
    ): Append => {
      const messageId = `sandbox-${p.memberNo}-${n}`
      const body: EventBody = { messageId, at: now, ids, proof, src: 'Sandbox', ...more }
      return { workspace, customer: resolved[i]!.customer, input: { kind: 'event', body, messageId } }
    }
    return [
      event(1, idsOf(p), 'server', {
        type: 'identify',
        name: 'Identified',
        traits: { name: p.name, email: p.email },
      }),
      event(2, [{ kind: 'line_uid', value: p.lineUid }], 'provider', {
        type: 'system',
        name: 'contact.followed',
        props: { channel: 'line', is_unblocked: false },
        src: 'LINE',
      }),
      event(3, [{ kind: 'member_no', value: p.memberNo }], 'server', {
        type: 'system',
        name: 'consent.granted',
        props: { channel: 'email', purpose: 'marketing' },
      }),
    ]
  })
  await append(core.pool, core.signals, rows)
}
