// People of a static list (src/segments): who must be known already, by any identifier. A row puts somebody on the list or
// takes them off; nobody comes into being by it, and nothing else about them changes.
import type { EventBody } from '../../inbox/model.ts'
import { parseId } from '../../platform/ids.ts'
import type { Sql } from '../../platform/postgres.ts'
import { rowFault, type EventTarget, type ToldContext } from '../model.ts'
import { nobody, personOf, WHO, WHO_KEYS } from './who.ts'

export const members: EventTarget = {
  kind: 'events',
  name: 'members',
  label: { zh: '名單', en: 'List of people' },
  hint: {
    zh: '一列一位顧客：把人放進名單，或從名單移除。找不到的人會列在錯誤檔，不會新增顧客。',
    en: 'One row a person: put on a list, or taken off. Who is not found is listed in the error file; nobody is added.',
  },
  fields: [
    ...WHO,
    {
      key: 'segment',
      label: { zh: '名單代號', en: 'List' },
      type: 'code',
      required: true,
      synonyms: ['segment id', 'list id'],
    },
    {
      key: 'action',
      label: { zh: '動作', en: 'Action' },
      type: 'text',
      synonyms: ['操作'],
      choices: {
        apply: ['加入', '新增', '放進', 'add', 'set'],
        remove: ['移除', '刪除', '排除', 'delete', 'clear'],
      },
      example: '加入',
    },
  ],
  oneOf: WHO_KEYS,

  toItems(rows) {
    const cells = rows[0]!
    const who = personOf(cells)
    if (!who) return { fault: nobody(false) }
    const { segment } = cells
    const on = cells.action !== 'remove'
    return {
      items: [
        {
          key: `list:${String(segment)}:${who.key}`,
          item: { ...who.person, type: 'track', event: 'Listed', properties: { segment, on } },
        },
      ],
    }
  },

  async tell(sql, events, context) {
    const numbers = await listNumbers(sql, events, context)
    return events.map(({ props }) => {
      const n = numbers.get(String(props?.segment))
      if (n === undefined) return rowFault('segment', 'no_list', 'There is no such list')
      return { do: 'list', n, on: props?.on === true, actor: context.actor, src: context.source }
    })
  },
}

/** Numbers of the lists that rows name, by public id. */
async function listNumbers(
  sql: Sql,
  events: EventBody[],
  { workspace }: ToldContext,
): Promise<Map<string, number>> {
  const named = new Map(
    [...new Set(events.map(e => String(e.props?.segment)))].flatMap(text => {
      const id = parseId('seg', text)
      return id ? [[id, text] as const] : []
    }),
  )
  const { rows } = await sql.query<{ id: string; n: number }>(
    `select id, n from segment where workspace_id = $1 and id = any($2::uuid[]) and kind = 'static' and status = 'live'`,
    [workspace, [...named.keys()]],
  )
  return new Map(rows.map(r => [named.get(r.id)!, r.n]))
}
