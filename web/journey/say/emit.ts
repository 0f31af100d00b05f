// Words of the node by which an event happens.
import { IconBolt } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { text } from './values.ts'

export const emit: NodeSay = {
  icon: IconBolt,
  begin: () => ({ event: '' }),
  line: (f, { t }, names) => t('say.emit', { event: names.event(text(f.event)) }),
}
