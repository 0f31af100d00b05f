// Makes a case in which the two evaluators differ smaller: one rule, one history, then parts of the rule and steps of the
// history are left out as long as the two still differ.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkRule } from '../../src/rules/check.ts'
import type { Rule } from '../../src/rules/model.ts'
import type { Difference, Group } from './compare.ts'

type StillDiffers = (group: Group) => Promise<boolean>

const MOST_TRIES = 200

/** The rule with one part less, in every way. */
export function simpler(rule: Rule): Rule[] {
  switch (rule.op) {
    case 'and':
    case 'or': {
      const { op, rules } = rule
      return [
        ...rules,
        ...(rules.length > 1 ? rules.map((_, i) => ({ op, rules: rules.filter((_, j) => j !== i) })) : []),
        ...rules.flatMap((inner, i) => simpler(inner).map(less => ({ op, rules: rules.with(i, less) }))),
      ]
    }
    case 'not':
      return [rule.rule, ...simpler(rule.rule).map(less => ({ op: 'not' as const, rule: less }))]
    case 'event': {
      const { where, ...rest } = rule
      const fewer = (where ?? []).map((_, i) => ({ ...rule, where: where!.filter((_, j) => j !== i) }))
      return [
        ...(where === undefined ? [] : [rest, ...(where.length > 1 ? fewer : [])]),
        ...[rule.event].flat().flatMap(event => (event === rule.event ? [] : [{ ...rule, event }])),
        ...(rule.window.in === 'ever' ? [] : [{ ...rule, window: { in: 'ever' as const } }]),
      ]
    }
    case 'orders': {
      const less = (name: 'lines' | 'salesChannel' | 'store' | 'status'): Rule[] =>
        rule[name] === undefined ? [] : [{ ...rule, [name]: undefined }]
      return [
        ...less('lines'),
        ...less('salesChannel'),
        ...less('store'),
        ...less('status'),
        ...(rule.window.in === 'ever' ? [] : [{ ...rule, window: { in: 'ever' as const } }]),
      ]
    }
    default:
      return []
  }
}

/** The smallest group found in which the two differ, written to `folder`; gives the file's name. */
export async function keepSmallest(
  folder: string,
  group: Group,
  first: Difference,
  differs: StillDiffers,
): Promise<string> {
  const { rule, at, history } = first
  let best: Group = {
    histories: [group.histories[history]!],
    rules: [rule],
    asks: [{ rule, at }],
  }
  let tries = 0
  const attempt = async (smaller: Group): Promise<boolean> => {
    if (++tries > MOST_TRIES || !(await differs(smaller))) return false
    best = smaller
    return true
  }
  // what the other rules changed belongs to it
  if (!(await differs(best))) best = { ...best, rules: group.rules }
  for (let again = true; again && tries <= MOST_TRIES; ) {
    again = false
    for (const less of simpler(best.asks[0]!.rule))
      if (
        'rule' in checkRule(less) &&
        (await attempt({
          ...best,
          rules: best.rules.length > 1 ? [...best.rules, less] : [less],
          asks: [{ rule: less, at }],
        }))
      ) {
        again = true
        break
      }
  }
  for (
    let size = Math.ceil(best.histories[0]!.steps.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    for (let from = 0; from < best.histories[0]!.steps.length; ) {
      const { steps, choices } = best.histories[0]!
      const fewer = [...steps.slice(0, from), ...steps.slice(from + size)]
      if (!(await attempt({ ...best, histories: [{ steps: fewer, choices }] }))) from += size
    }
  const text = JSON.stringify(best, null, 1)
  const name = `${rule.op}-${createHash('sha256').update(text).digest('hex').slice(0, 10)}.json`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), text + '\n')
  return name
}
