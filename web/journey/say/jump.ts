// Words of the jump.
import { IconArrowBackUp } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { number } from './values.ts'

export const jump: NodeSay = {
  icon: IconArrowBackUp,
  begin: () => ({ times: 3 }),
  line: (f, { t }) => t('say.jump', { n: number(f.times) ?? 0 }),
}
