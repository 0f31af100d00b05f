// Words of the random split.
import { IconArrowsShuffle } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { HALVES, sayShares } from './shares.ts'

export const randomSplit: NodeSay = {
  icon: IconArrowsShuffle,
  begin: () => ({ shares: HALVES }),
  line: (f, say) => sayShares(f.shares, say),
}
