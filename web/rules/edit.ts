// What the builder does to a rule: places in it, and changes that leave a rule. A place is the list of steps from the
// root ([0, 2]: third part of the first part; a `not` is one step, 0). Pure; the root is always a group.
import type { Rule } from '../../src/rules/model.ts'

export type Leaf = Exclude<Rule, { op: 'and' | 'or' | 'not' }>
export type LeafOp = Leaf['op']
export type Group = Extract<Rule, { op: 'and' | 'or' }>
export type Place = number[]

export const isGroup = (rule: Rule): rule is Group => rule.op === 'and' || rule.op === 'or'

/** The builder's root: a group, so that something can be put beside a lone condition. */
export const asRoot = (rule: Rule | null): Group =>
  rule === null ? { op: 'and', rules: [] } : isGroup(rule) ? rule : { op: 'and', rules: [rule] }

const partsOf = (rule: Rule): Rule[] => (isGroup(rule) ? rule.rules : rule.op === 'not' ? [rule.rule] : [])

function withPart(rule: Rule, step: number, part: Rule): Rule {
  if (rule.op === 'not') return { op: 'not', rule: part }
  return isGroup(rule) ? { ...rule, rules: rule.rules.map((r, i) => (i === step ? part : r)) } : rule
}

export function ruleAt(root: Rule, place: Place): Rule | undefined {
  let at: Rule | undefined = root
  for (const step of place) at = at && partsOf(at)[step]
  return at
}

export function replaceAt(root: Rule, place: Place, change: (rule: Rule) => Rule): Rule {
  const [step, ...rest] = place
  if (step === undefined) return change(root)
  const part = partsOf(root)[step]
  return part === undefined ? root : withPart(root, step, replaceAt(part, rest, change))
}

const parentOf = (place: Place): Place => place.slice(0, -1)
const lastOf = (place: Place): number => place.at(-1) ?? 0

/** `step` counts within the group at `place`. */
export function insertAt(root: Rule, group: Place, step: number, rule: Rule): Rule {
  return replaceAt(root, group, g => (isGroup(g) ? { ...g, rules: g.rules.toSpliced(step, 0, rule) } : g))
}

/** A line of the builder: a leaf or a group, with each `not` around it. */
export function lineOf(root: Rule, place: Place): Place {
  const parent = parentOf(place)
  return place.length > 0 && ruleAt(root, parent)?.op === 'not' ? lineOf(root, parent) : place
}

/** Takes a line away, and the groups that nothing is left in. */
export function removeAt(root: Rule, place: Place): Rule {
  const line = lineOf(root, place)
  if (line.length === 0) return root
  const group = parentOf(line)
  const without = replaceAt(root, group, g =>
    isGroup(g) ? { ...g, rules: g.rules.toSpliced(lastOf(line), 1) } : g,
  )
  const left = ruleAt(without, group)
  return group.length > 0 && left && isGroup(left) && left.rules.length === 0
    ? removeAt(without, group)
    : without
}

export type Move = { root: Rule; place: Place }

export function duplicateAt(root: Rule, place: Place): Move {
  const line = lineOf(root, place)
  const copy = ruleAt(root, line)
  if (copy === undefined || line.length === 0) return { root, place }
  const next = [...parentOf(line), lastOf(line) + 1]
  return { root: insertAt(root, parentOf(line), lastOf(line) + 1, copy), place: next }
}

/** The group that a line stands in. */
const groupAbove = (line: Place): Place | null => (line.length === 0 ? null : parentOf(line))

/** One place up or down: past its neighbour, out of its group at the edge, or into a neighbouring group. */
export function moveBy(root: Rule, place: Place, by: -1 | 1): Move {
  const line = lineOf(root, place)
  const moved = ruleAt(root, line)
  const group = groupAbove(line)
  if (moved === undefined || group === null) return { root, place: line }
  const beside = [...group, lastOf(line) + by]
  const neighbour = ruleAt(root, beside)
  if (neighbour === undefined) return moveOut(root, line, by)
  if (isGroup(neighbour)) {
    const without = removeAt(root, line)
    const at = by === 1 ? lastOf(line) : lastOf(line) - 1
    const step = by === 1 ? 0 : neighbour.rules.length
    return { root: insertAt(without, [...group, at], step, moved), place: [...group, at, step] }
  }
  return { root: insertAt(removeAt(root, line), group, lastOf(line) + by, moved), place: beside }
}

/** Out of its group, to stand beside it. The root is left by nothing. */
export function moveOut(root: Rule, place: Place, side: -1 | 1): Move {
  const line = lineOf(root, place)
  const moved = ruleAt(root, line)
  const group = groupAbove(line)
  if (moved === undefined || group === null || group.length === 0) return { root, place: line }
  const outer = lineOf(root, group)
  // put in first: taking away may take the group with it, which moves what stands behind
  const step = lastOf(outer) + (side === 1 ? 1 : 0)
  const put = insertAt(root, parentOf(outer), step, moved)
  const stale = side === 1 ? line : line.with(outer.length - 1, lastOf(outer) + 1)
  const alone = (ruleAt(root, group) as Group).rules.length === 1
  return {
    root: removeAt(put, stale),
    place: [...parentOf(outer), alone && side === 1 ? step - 1 : step],
  }
}

/** Into a new group of its own, of the other kind than the one it stands in. */
export function groupOf(root: Rule, place: Place): Move {
  const line = lineOf(root, place)
  const above = groupAbove(line)
  const outer = above && ruleAt(root, above)
  if (!outer || !isGroup(outer)) return { root, place: line }
  const op = outer.op === 'and' ? 'or' : 'and'
  return { root: replaceAt(root, line, rule => ({ op, rules: [rule] })), place: [...line, 0] }
}

/** A `not` around the line, or away from it. */
export function toggleNot(root: Rule, place: Place): Move {
  const line = lineOf(root, place)
  const at = ruleAt(root, line)
  if (at === undefined) return { root, place }
  if (at.op === 'not') return { root: replaceAt(root, line, () => at.rule), place: line }
  return { root: replaceAt(root, line, rule => ({ op: 'not', rule })), place: [...line, 0] }
}

/** JSON pointer of a place, as faults and reasons name it. */
export function pointerOf(root: Rule, place: Place): string {
  let pointer = ''
  let at: Rule | undefined = root
  for (const step of place) {
    pointer += at?.op === 'not' ? '/rule' : `/rules/${step}`
    at = at && partsOf(at)[step]
  }
  return pointer
}
