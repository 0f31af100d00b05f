// Tags put on or taken off people: one row a person and tag.
import type { EventTarget } from '../model.ts'
import { customersOf } from '../people.ts'
import { whoOf } from './customers.ts'
import { nobody, personOf, WHO, WHO_KEYS } from './who.ts'

export const tags: EventTarget = {
  kind: 'events',
  name: 'tags',
  label: { zh: '標籤', en: 'Tags' },
  hint: {
    zh: '一列一位顧客的一個標籤：貼上或移除，可設到期日。',
    en: 'One row a person and tag: applied or removed, with an expiry if wanted.',
  },
  fields: [
    ...WHO,
    {
      key: 'tag',
      label: { zh: '標籤', en: 'Tag' },
      type: 'text',
      required: true,
      synonyms: ['標籤名稱', 'label', 'tag name'],
      example: 'VIP',
    },
    {
      key: 'action',
      label: { zh: '動作', en: 'Action' },
      type: 'text',
      synonyms: ['操作'],
      choices: {
        apply: ['貼標', '新增', '加上', 'add', 'set'],
        remove: ['移除', '移除標籤', '刪除', 'delete', 'clear'],
      },
      example: '貼標',
    },
    {
      key: 'until',
      label: { zh: '到期時間', en: 'Until' },
      type: 'time',
      synonyms: ['到期日', '有效期限', 'expires at'],
    },
    { key: 'at', label: { zh: '時間', en: 'At' }, type: 'time', synonyms: ['貼標時間', '日期', 'timestamp'] },
  ],
  oneOf: WHO_KEYS,
  filters: ['tag'],

  toItems(rows) {
    const cells = rows[0]!
    const who = personOf(cells)
    if (!who) return { fault: nobody(false) }
    const { tag, until } = cells
    const off = cells.action === 'remove'
    return {
      items: [
        {
          key: `tag:${String(tag)}:${who.key}`,
          item: {
            ...who.person,
            type: 'track',
            event: off ? 'tag.cleared' : 'tag.applied',
            ...(cells.at === undefined ? {} : { timestamp: cells.at }),
            properties: until === undefined || off ? { tag } : { tag, until },
          },
        },
      ],
    }
  },

  async *read(source, filter) {
    for await (const state of customersOf(source)) {
      const who = whoOf(state)
      for (const [tag, held] of Object.entries(state.tags))
        if (filter.tag === undefined || filter.tag === tag)
          yield { ...who, tag, action: 'apply', at: new Date(held.at).toISOString() }
    }
  },
}
