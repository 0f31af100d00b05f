// Words of the node that waits for an event.
import { IconHourglass } from '@tabler/icons-react'
import type { PropFilter } from '../../../src/rules/model.ts'
import { sayWhere } from '../../rules/phrases.ts'
import type { NodeSay } from './model.ts'
import { number, text } from './values.ts'

export const waitEvent: NodeSay = {
  icon: IconHourglass,
  begin: () => ({ timeoutMs: 86_400_000 }),
  line(f, say, names) {
    if (text(f.event) === '') return say.t('say.nothing')
    const event = names.event(text(f.event)) + sayWhere(f.where as PropFilter[] | undefined, say)
    const ms = number(f.timeoutMs)
    return ms === null
      ? say.t('say.waitEventForever', { event })
      : say.t('say.waitEvent', { event, time: say.duration(ms) })
  },
}
