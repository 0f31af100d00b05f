// Words of the throttle node.
import { IconBarrierBlock } from '@tabler/icons-react'
import { word } from '../../i18n.ts'
import type { NodeSay } from './model.ts'
import { number, text } from './values.ts'

export const throttle: NodeSay = {
  icon: IconBarrierBlock,
  begin: () => ({ max: 100, per: 'hour' }),
  line: (f, { t }) => t('say.throttle', { n: number(f.max) ?? 0, per: word('per', text(f.per)) }),
}
