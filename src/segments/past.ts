// Which rules need something of the past that states do not hold of themselves. Pure.
import { leavesOf } from '../rules/evaluate.ts'
import type { Rule } from '../rules/model.ts'

const PAST: ReadonlySet<Rule['op']> = new Set(['event', 'orders', 'sequence'])

export const needsPast = (rule: Rule): boolean => leavesOf(rule).some(leaf => PAST.has(leaf.op))
