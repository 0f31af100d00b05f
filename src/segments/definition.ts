// Checks what people write of a segment, beyond its shape: rules, keys of groups, other segments it names, circles.
// Pure: the other segments are passed in.
import { checkRule, type Fault, type Vocabulary } from '../rules/check.ts'
import { ONLY_GROUP, REST_GROUP, type Definition, type SegmentKind } from './model.ts'

/** A segment as others may name it, by public id. `definition`: what is live, null where nothing is. */
export type Other = {
  id: string
  name: string
  kind: SegmentKind
  archived: boolean
  definition: Definition | null
}

export type SegmentLeaf = { path: string; segment: string; group?: string }

/** Where a rule names segments. Also of what is no rule yet: drafts may hold anything. */
export function segmentLeaves(rule: unknown, path = ''): SegmentLeaf[] {
  if (typeof rule !== 'object' || rule === null) return []
  const { op, rules, rule: inner, segment, group } = rule as Record<string, unknown>
  if (op === 'segment')
    return typeof segment === 'string'
      ? [{ path, segment, ...(typeof group === 'string' ? { group } : {}) }]
      : []
  if (Array.isArray(rules)) return rules.flatMap((r, i) => segmentLeaves(r, `${path}/rules/${i}`))
  return inner === undefined ? [] : segmentLeaves(inner, path + '/rule')
}

const leavesOf = (definition: Definition): SegmentLeaf[] =>
  definition.groups.flatMap((g, i) => segmentLeaves(g.rule, `/groups/${i}/rule`))

/** Tags that a definition's rules ask for, and where. */
function tagLeaves(rule: unknown, path: string): { path: string; tag: string }[] {
  if (typeof rule !== 'object' || rule === null) return []
  const { op, rules, rule: inner, tags } = rule as Record<string, unknown>
  if (op === 'tags' && Array.isArray(tags))
    return tags.flatMap((tag, i) => (typeof tag === 'string' ? [{ path: `${path}/tags/${i}`, tag }] : []))
  if (Array.isArray(rules)) return rules.flatMap((r, i) => tagLeaves(r, `${path}/rules/${i}`))
  return inner === undefined ? [] : tagLeaves(inner, path + '/rule')
}

/** What a definition rests on: segments it names, and segments whose rule tag it asks for. */
function restsOn(definition: Definition, others: Iterable<Other>): { path: string; id: string }[] {
  const found = leavesOf(definition).map(l => ({ path: l.path + '/segment', id: l.segment }))
  const asked = definition.groups.flatMap((g, i) => tagLeaves(g.rule, `/groups/${i}/rule`))
  if (asked.length > 0)
    for (const { id, definition: other } of others)
      for (const { path, tag } of asked) if (other?.tag === tag) found.push({ path, id })
  return found
}

/** Segments a definition names, by public id, each once. */
export const segmentsNamed = (definition: Definition): string[] => [
  ...new Set(leavesOf(definition).map(l => l.segment)),
]

const make = (path: string, code: string, zh: string, en: string, alternative?: [string, string]): Fault => ({
  path,
  code,
  message: { zh, en },
  ...(alternative ? { alternative: { zh: alternative[0], en: alternative[1] } } : {}),
})

/** All that stands against publishing. `self`: its public id and name; `others`: all segments of the workspace; `traits`:
 *  attributes that rules may name. */
export function faultsOfDefinition(
  self: { id: string; name: string; kind: SegmentKind },
  definition: Definition,
  others: ReadonlyMap<string, Other>,
  traits: Vocabulary['traits'],
): Fault[] {
  const faults = shapeFaults(self.kind, definition)
  definition.groups.forEach((group, i) => {
    const base = `/groups/${i}/rule`
    if (group.rule === null) {
      faults.push(make(base, 'rule_missing', '還沒有設定條件', 'There is no rule yet'))
      return
    }
    const checked = checkRule(group.rule, base, { vocabulary: { ...(traits ? { traits } : {}) } })
    if ('faults' in checked) faults.push(...checked.faults)
  })
  for (const leaf of leavesOf(definition)) {
    const fault = leafFault(leaf, others)
    if (fault) faults.push(fault)
  }
  // as it would be once this is live
  const after = new Map(others).set(self.id, { ...self, archived: false, definition })
  for (const { path, id } of restsOn(definition, after.values())) {
    const circle = wayTo(id, self.id, after, new Set())
    if (circle !== null)
      faults.push(
        circleFault(
          path,
          [self.id, ...circle].map(at => after.get(at)!.name),
        ),
      )
  }
  return faults
}

function shapeFaults(kind: SegmentKind, { groups, restName, dwellMs, tag }: Definition): Fault[] {
  const faults: Fault[] = []
  if (kind === 'static' && groups.length > 0)
    faults.push(make('/groups', 'list_has_rule', '名單沒有條件', 'A list has no rules'))
  if (kind === 'live' && (groups.length !== 1 || groups[0]!.key !== ONLY_GROUP))
    faults.push(
      make(
        '/groups',
        'one_group',
        `即時分眾只有一個群組「${ONLY_GROUP}」`,
        `A live segment has one group, "${ONLY_GROUP}"`,
        ['要分成數組，請改用分群', 'Make a partition to have several'],
      ),
    )
  if (kind === 'partition' && groups.length === 0)
    faults.push(make('/groups', 'no_groups', '分群至少要有一組', 'A partition has at least one group'))
  if (kind !== 'live') {
    if (tag !== undefined)
      faults.push(
        make('/tag', 'tag_of_live_only', '只有即時分眾能自動貼標', 'Only a live segment has a rule tag', [
          '為這一組另建一個即時分眾',
          'Make a live segment of this group',
        ]),
      )
    if (dwellMs !== undefined)
      faults.push(
        make(
          '/dwellMs',
          'dwell_of_live_only',
          '只有即時分眾能設定停留時間',
          'Only a live segment has a dwell time',
        ),
      )
    if (kind === 'static' && restName !== undefined)
      faults.push(make('/restName', 'rest_of_partition', '名單沒有其餘的人', 'A list has no rest'))
  }
  if (kind === 'partition')
    groups.forEach(({ key, name }, i) => {
      if (key === REST_GROUP || key === ONLY_GROUP)
        faults.push(
          make(
            `/groups/${i}/key`,
            'key_taken',
            `這個代號保留給系統：${key}`,
            `The product uses this key: ${key}`,
          ),
        )
      if (groups.findIndex(g => g.key === key) !== i)
        faults.push(
          make(`/groups/${i}/key`, 'key_twice', `代號重複：${key}`, `Two groups have the key ${key}`),
        )
      if (name.trim() === '')
        faults.push(make(`/groups/${i}/name`, 'name_missing', '群組還沒有名稱', 'The group has no name yet'))
    })
  return faults
}

function circleFault(path: string, names: string[]): Fault {
  const way = names.join(' → ')
  return make(
    path,
    'segment_circle',
    `分眾互相引用：${way}`,
    `Segments rest on each other in a circle: ${way}`,
    [
      '把其中一個的條件直接寫進來，或改用快照名單',
      'Write the rule of one of them here, or use a list copied from it',
    ],
  )
}

function leafFault(leaf: SegmentLeaf, others: ReadonlyMap<string, Other>): Fault | null {
  const path = leaf.path + '/segment'
  const other = others.get(leaf.segment)
  if (!other || other.archived)
    return make(path, 'segment_unknown', '沒有這個分眾', 'There is no such segment', [
      '重新選擇分眾',
      'Choose another segment',
    ])
  if (other.definition === null)
    return make(
      path,
      'segment_not_published',
      `分眾「${other.name}」還沒有發布`,
      `"${other.name}" is not published`,
      ['先發布它', 'Publish it first'],
    )
  if (
    leaf.group !== undefined &&
    leaf.group !== REST_GROUP &&
    !other.definition.groups.some(g => g.key === leaf.group)
  )
    return make(
      leaf.path + '/group',
      'group_unknown',
      `「${other.name}」沒有這一組`,
      `"${other.name}" has no group ${leaf.group}`,
    )
  return null
}

/** The segments on the way from `from` to `to`, both ends included; null: there is none. */
function wayTo(
  from: string,
  to: string,
  all: ReadonlyMap<string, Other>,
  seen: Set<string>,
): string[] | null {
  if (from === to) return [to]
  if (seen.has(from)) return null
  seen.add(from)
  const other = all.get(from)
  if (!other?.definition || other.archived) return null
  for (const { id } of restsOn(other.definition, all.values())) {
    const way = wayTo(id, to, all, seen)
    if (way !== null) return [from, ...way]
  }
  return null
}
