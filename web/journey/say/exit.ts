// Words of the node that ends a run.
import { IconDoorExit } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'

export const exit: NodeSay = {
  icon: IconDoorExit,
  begin: () => ({}),
  line: (_, { t }) => t('say.exit'),
}
