// Words of the node that waits for what happens.
import { IconHourglass } from '@tabler/icons-react'
import type { PropFilter, Rule } from '../../../src/rules/model.ts'
import { sayRule } from '../../rules/in-words.ts'
import type { Names } from '../../rules/names.ts'
import { sayWhere } from '../../rules/phrases.ts'
import type { Say } from '../../use.ts'
import type { NodeSay } from './model.ts'
import { list, number, text } from './values.ts'

type Branch = {
  name?: unknown
  on?: unknown
  event?: unknown
  where?: PropFilter[]
  message?: unknown
  is?: unknown
  rule?: Rule
}

const happening = (event: unknown, where: PropFilter[] | undefined, say: Say, names: Names): string =>
  names.event(text(event)) + sayWhere(where, say)

function thing(b: Branch, say: Say, names: Names): string {
  if (b.on === 'message')
    return say.t(b.is === 'clicked' ? 'say.clicked' : 'say.opened', { node: text(b.message) })
  if (b.on === 'rule') return say.t('say.condition', { name: text(b.name) })
  return happening(b.event, b.where, say, names)
}

export const waitEvent: NodeSay = {
  icon: IconHourglass,
  begin: () => ({ timeoutMs: 86_400_000 }),
  line(f, say, names) {
    if (f.any === undefined && text(f.event) === '') return say.t('say.nothing')
    const ms = number(f.timeoutMs)
    const branches = list(f.any) as Branch[]
    if (branches.length > 0)
      return say.t('say.waitAny', {
        things: branches.map(b => thing(b, say, names)).join(say.t('say.orList')),
        time: say.duration(ms ?? 0),
      })
    const event = happening(f.event, f.where as PropFilter[] | undefined, say, names)
    return ms === null
      ? say.t('say.waitEventForever', { event })
      : say.t('say.waitEvent', { event, time: say.duration(ms) })
  },
  details(f, say, names) {
    const branches = list(f.any) as Branch[]
    if (branches.length === 0)
      return [{ label: say.t('node.wait_event'), value: waitEvent.line(f, say, names) }]
    return branches.map(b => ({
      label: text(b.name),
      value: b.on === 'rule' && b.rule ? sayRule(b.rule, say, names) : thing(b, say, names),
    }))
  },
}
