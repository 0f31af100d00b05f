// Words of the node that changes a customer's file.
import { IconTag } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { list, text } from './values.ts'

export const update: NodeSay = {
  icon: IconTag,
  begin: () => ({}),
  line(f, { t }, names) {
    const traits = Object.entries((f.traits ?? {}) as Record<string, unknown>).map(([trait, value]) =>
      t('say.setTrait', { trait: names.trait(trait), value: text(value) }),
    )
    const add = list(f.addTags).map(tag => t('say.addTag', { tag: text(tag) }))
    const remove = list(f.removeTags).map(tag => t('say.removeTag', { tag: text(tag) }))
    return [...traits, ...add, ...remove].join(t('say.list')) || t('say.nothing')
  },
}
