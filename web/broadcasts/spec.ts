// What a new broadcast begins with.
import type { BroadcastSpec } from '../../src/campaigns/model.ts'
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
