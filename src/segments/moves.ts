// Before a partition is published: how many would move from which group to which, by the draft as it stands.
import type { History } from '../platform/clickhouse.ts'
import { publicId } from '../platform/ids.ts'
import type { Rule } from '../rules/model.ts'
import { compileRules, type SqlContext } from '../rules/sql/compile.ts'
import { groupKeys } from './model.ts'
import { ask } from './preview.ts'
import type { SegmentRecord } from './store.ts'

/** `from`: null for those who are in no group yet. */
export type Move = { from: string | null; to: string; count: number }

/** The largest first; who stays where they are is among them. The draft has no faults. */
export async function movesOf(history: History, ctx: SqlContext, segment: SegmentRecord): Promise<Move[]> {
  const now = Object.keys(segment.groups)
  const then = groupKeys(segment.kind, segment.draft.groups)
  const rules = [
    ...segment.draft.groups.map(g => g.rule as Rule),
    ...now.map((group): Rule => ({ op: 'segment', segment: publicId('seg', segment.id), group, is: 'in' })),
  ]
  const q = compileRules(rules, ctx)
  const groups = segment.draft.groups.length
  // numbers of groups, from 1: the first that holds; 0: none
  const first = (from: number, count: number, otherwise: number): string =>
    count === 0
      ? String(otherwise)
      : `multiIf(${Array.from({ length: count }, (_, i) => `h${from + i}, ${i + 1}`).join(', ')}, ${otherwise})`
  const rows = await ask<{ was: number; becomes: number; n: number }>(
    history,
    `${q.prelude} select ${first(groups, now.length, 0)} as was, ${first(0, groups, groups + 1)} as becomes, toFloat64(count()) as n
       from (select ${q.conditions.map((c, i) => `(${c}) as h${i}`).join(', ')} from ${q.people})
      group by was, becomes order by n desc, was, becomes`,
    q.params,
  )
  return rows.map(r => ({ from: r.was === 0 ? null : now[r.was - 1]!, to: then[r.becomes - 1]!, count: r.n }))
}
