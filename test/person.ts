// A person as the API shows them, found by one identifier: the profile, and their events with the oldest first.
import type { z } from 'zod'
import type { customer, timelineItem } from '../src/contract.ts'
import { identifierBucket } from '../src/collect/resolve.ts'
import { customerRoutes } from '../src/customers/routes.ts'
import type { Core } from '../src/platform/core.ts'
import { publicId, type Uuid } from '../src/platform/ids.ts'
import type { IdentifierKind } from '../src/rules/model.ts'
import { callHandler } from './call.ts'

export type Person = {
  profile: z.output<typeof customer>
  events: z.output<typeof timelineItem>[]
  /** value of a trait; undefined when it is not set */
  trait(name: string): unknown
  /** identifiers as kind:value, sorted */
  ids: string[]
}

/** What has been folded and copied to history by now. @throws when nobody holds the identifier */
export async function personOf(
  core: Core,
  workspace: Uuid,
  kind: IdentifierKind,
  value: string,
): Promise<Person> {
  const { rows } = await core.pool.query<{ customer_id: Uuid }>(
    'select customer_id from identifier where bucket = $1 and workspace_id = $2 and kind = $3 and value = $4',
    [identifierBucket({ kind, value }), workspace, kind, value],
  )
  if (!rows[0]) throw new Error(`nobody holds ${kind} ${value}`)
  const params = { customer: publicId('cus', rows[0].customer_id) }
  const profile = await callHandler(core, workspace, 'customer', customerRoutes.customer, { params })
  const { items } = await callHandler(core, workspace, 'timeline', customerRoutes.timeline, {
    params,
    query: { kind: 'event', limit: 100 },
  })
  return {
    profile,
    events: items.toReversed(),
    trait: name => profile.traits.find(t => t.name === name)?.value,
    ids: profile.identifiers.map(i => `${i.kind}:${i.value}`).sort(),
  }
}
