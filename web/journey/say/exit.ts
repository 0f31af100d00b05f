// Words of the node that ends a run.
import { IconDoorExit } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { text } from './values.ts'

export const exit: NodeSay = {
  icon: IconDoorExit,
  begin: () => ({}),
  line: (f, { t }) => (text(f.reason) === '' ? t('say.exit') : t('say.exitFor', { reason: text(f.reason) })),
}
