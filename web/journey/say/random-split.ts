// Words of the random split.
import { IconArrowsShuffle } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { sayShares } from './shares.ts'

export const randomSplit: NodeSay = {
  icon: IconArrowsShuffle,
  begin: () => ({
    shares: [
      { name: 'A', percent: 50 },
      { name: 'B', percent: 50 },
    ],
  }),
  line: (f, say) => sayShares(f.shares, say),
}
