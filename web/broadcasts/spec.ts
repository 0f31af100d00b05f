// What a new broadcast begins with, and how many people one is done with.
import type { BroadcastSpec } from '../../src/campaigns/model.ts'
import type { Out } from '../../src/contract.ts'
import { contentFor } from '../journey/fields/content-for.ts'

export const blankSpec = (): BroadcastSpec => ({
  name: '',
  audience: { exclude: [] },
  purpose: 'marketing',
  variants: [
    { name: 'A', percent: 100, options: [{ channel: 'line', content: contentFor('line', null, '') }] },
  ],
  by: 'order',
  when: { kind: 'now' },
})

type Held = Out<'broadcast'>

/** People it has nothing more to do for: their run is over, they are control, or were not let in; all, once it is done. */
export const peopleDone = (state: Held['state'], p: NonNullable<Held['progress']>): number =>
  state === 'done'
    ? p.audience
    : Math.min(p.audience, p.done + p.control + Object.values(p.notEntered).reduce((x, y) => x + y, 0))
