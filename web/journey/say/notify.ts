// Words of the node that tells the team.
import { IconBell } from '@tabler/icons-react'
import { word } from '../../i18n.ts'
import type { NodeSay } from './model.ts'
import { list, text } from './values.ts'

export const notify: NodeSay = {
  icon: IconBell,
  begin: () => ({ text: '' }),
  line(f, { t }) {
    const who = [...list(f.roles).map(r => word('role', text(r))), ...list(f.users).map(text)]
    return t('say.notify', {
      who: who.length > 0 ? who.join(t('say.list')) : t('say.everybody'),
      text: text(f.text),
    })
  },
}
