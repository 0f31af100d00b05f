// Words of the holdout.
import { IconUserOff } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { text } from './values.ts'

export const holdout: NodeSay = {
  icon: IconUserOff,
  begin: () => ({ percent: 10 }),
  line: (f, { t }) => t('say.holdout', { percent: text(f.percent) }),
}
