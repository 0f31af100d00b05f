// Words of the node that changes a customer's file.
import { IconTag } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { list, number, text } from './values.ts'

const pairs = (value: unknown): [string, unknown][] =>
  Object.entries((value ?? {}) as Record<string, unknown>)

export const update: NodeSay = {
  icon: IconTag,
  begin: () => ({}),
  line(f, { t }, names) {
    const traits = pairs(f.traits).map(([trait, value]) =>
      value === null
        ? t('say.removeTrait', { trait: names.trait(trait) })
        : t('say.setTrait', { trait: names.trait(trait), value: text(value) }),
    )
    const more = pairs(f.increments).map(([trait, n]) =>
      t('say.addTo', { trait: names.trait(trait), n: number(n) ?? 0 }),
    )
    const dates = pairs(f.dates).map(([trait, n]) =>
      t('say.dateIn', { trait: names.trait(trait), n: number(n) ?? 0 }),
    )
    const add = list(f.addTags).map(tag => t('say.addTag', { tag: text(tag) }))
    const remove = list(f.removeTags).map(tag => t('say.removeTag', { tag: text(tag) }))
    return [...traits, ...more, ...dates, ...add, ...remove].join(t('say.list')) || t('say.nothing')
  },
}
