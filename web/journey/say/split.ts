// Words of the condition split.
import { IconArrowsSplit2 } from '@tabler/icons-react'
import type { Rule } from '../../../src/rules/model.ts'
import { i18n } from '../../i18n.ts'
import { sayRule } from '../../rules/in-words.ts'
import type { NodeSay } from './model.ts'
import { list, text } from './values.ts'

type Branch = { name?: unknown; rule?: Rule }

export const split: NodeSay = {
  icon: IconArrowsSplit2,
  begin: () => ({ branches: [{ name: i18n.t('fieldForm.firstBranch') }] }),
  line(f, { t }) {
    const branches = list(f.branches).map(b => text((b as Branch).name))
    return branches.length === 0
      ? t('say.nothing')
      : t('say.split', { branches: branches.join(t('say.list')) })
  },
  details: (f, say, names) =>
    list(f.branches).map(branch => {
      const b = branch as Branch
      return { label: text(b.name), value: b.rule ? sayRule(b.rule, say, names) : '' }
    }),
}
