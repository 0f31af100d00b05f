// What the builder does to a rule: places in it, and changes that leave a rule. A place is the list of steps from the
// root ([0, 2]: third part of the first part; a `not` is one step, 0). Pure; the root is always a group.
import type { Rule } from '../../src/rules/model.ts'

export type Leaf = Exclude<Rule, { op: 'and' | 'or' | 'not' }>
export type LeafOf<O extends Leaf['op']> = Extract<Leaf, { op: O }>
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

/** What goes when a line is taken away: the line, or the largest group that only it kept alive. */
function removedWith(root: Rule, place: Place): Place {
  const line = lineOf(root, place)
  const group = parentOf(line)
  const around = ruleAt(root, group)
  return group.length > 0 && around && isGroup(around) && around.rules.length === 1
    ? removedWith(root, group)
    : line
}

export function removeAt(root: Rule, place: Place): Rule {
  const gone = removedWith(root, place)
  if (gone.length === 0) return root
  return replaceAt(root, parentOf(gone), g =>
    isGroup(g) ? { ...g, rules: g.rules.toSpliced(lastOf(gone), 1) } : g,
  )
}

export type Move = { root: Rule; place: Place }

export function duplicateAt(root: Rule, place: Place): Move {
  const line = lineOf(root, place)
  const copy = ruleAt(root, line)
  if (copy === undefined || line.length === 0) return { root, place }
  const next = [...parentOf(line), lastOf(line) + 1]
  return { root: insertAt(root, parentOf(line), lastOf(line) + 1, copy), place: next }
}

const begins = (place: Place, start: Place): boolean => start.every((step, i) => place[i] === step)

/** Where `place` is once something was put in (taken out) at `step` of `group`. */
function shifted(place: Place, group: Place, step: number, by: 1 | -1): Place {
  const own = place[group.length]
  return own !== undefined && begins(place, group) && own >= step ? place.with(group.length, own + by) : place
}

/** Puts a line into a group, before what stands at `step`. Nothing goes into itself. */
export function moveInto(root: Rule, place: Place, group: Place, step: number): Move {
  const line = lineOf(root, place)
  const moved = ruleAt(root, line)
  const target = ruleAt(root, group)
  if (moved === undefined || line.length === 0 || !target || !isGroup(target) || begins(group, line))
    return { root, place: line }
  const put = insertAt(root, group, step, moved)
  const gone = removedWith(put, shifted(line, group, step, 1))
  return {
    root: removeAt(put, gone),
    place: shifted([...group, step], parentOf(gone), lastOf(gone) + 1, -1),
  }
}

/** Beside another line. */
export function moveBeside(root: Rule, place: Place, other: Place, side: -1 | 1): Move {
  const line = lineOf(root, other)
  if (line.length === 0) return { root, place: lineOf(root, place) }
  return moveInto(root, place, parentOf(line), lastOf(line) + (side === 1 ? 1 : 0))
}

/** One place up or down: past its neighbour, into a neighbouring group, or out of its own at the edge. */
export function moveBy(root: Rule, place: Place, by: -1 | 1): Move {
  const line = lineOf(root, place)
  if (line.length === 0) return { root, place: line }
  const beside = line.with(line.length - 1, lastOf(line) + by)
  const neighbour = ruleAt(root, beside)
  if (neighbour === undefined) return moveOut(root, line, by)
  return isGroup(neighbour)
    ? moveInto(root, line, beside, by === 1 ? 0 : neighbour.rules.length)
    : moveBeside(root, line, beside, by)
}

/** Out of its group, to stand beside it. The root is left by nothing. */
export function moveOut(root: Rule, place: Place, side: -1 | 1): Move {
  const line = lineOf(root, place)
  const group = parentOf(line)
  return group.length === 0 ? { root, place: line } : moveBeside(root, line, group, side)
}

/** Into a new group of its own, of the other kind than the one it stands in. */
export function groupOf(root: Rule, place: Place): Move {
  const line = lineOf(root, place)
  const around = ruleAt(root, parentOf(line))
  if (line.length === 0 || !around || !isGroup(around)) return { root, place: line }
  const op = around.op === 'and' ? 'or' : 'and'
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
