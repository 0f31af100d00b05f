// Takes the first branch whose rule holds, else `else`. Fields: { branches: [{ name: 'vip', rule: { op: 'tier', is:
// 'one_of', tiers: ['gold'] } }] }. Ports: one for each branch name, then else.
import { z } from 'zod'
import { checkRule, faultsOf } from '../../rules/check.ts'
import type { Reason, Rule } from '../../rules/model.ts'
import type { NodeType } from './type.ts'
import { ofBranch } from '../unmet.ts'

const shape = z.strictObject({
  branches: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1)
          .max(60)
          .refine(n => n !== 'else' && n !== 'exit' && n !== '__proto__', {
            message: 'this branch name is taken by the product',
          }),
        rule: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(20),
})
type Fields = { branches: { name: string; rule: Rule }[] }

/** Branches that have a name: a rule that is still being written takes no way out away. */
const namesOf = (fields: Record<string, unknown>): string[] => {
  const branches: unknown[] = Array.isArray(fields.branches) ? fields.branches : []
  const names = branches.map(b => (typeof b === 'object' && b !== null ? (b as { name?: unknown }).name : ''))
  return [...new Set(names.filter(n => typeof n === 'string' && n !== '' && n !== 'else'))] as string[]
}

export const conditionSplit: NodeType = {
  type: 'split',
  family: 'logic',
  fields: {
    branches: {
      kind: 'list',
      required: true,
      max: 20,
      of: { name: { kind: 'text', required: true, max: 60 }, rule: { kind: 'rule', required: true } },
    },
  },
  ports: fields => [...namesOf(fields), 'else'],
  rules: fields => (fields as Fields).branches.map(b => b.rule),
  validate(fields) {
    const parsed = shape.safeParse(fields)
    if (!parsed.success) return faultsOf(parsed.error)
    const faults = parsed.data.branches.flatMap((b, i) => {
      const checked = checkRule(b.rule, `/branches/${i}/rule`, { run: true })
      return 'faults' in checked ? checked.faults : []
    })
    const names = parsed.data.branches.map(b => b.name)
    names.forEach((n, i) => {
      if (names.indexOf(n) !== i)
        faults.push({
          path: `/branches/${i}/name`,
          code: 'branch_twice',
          message: { zh: `分支名稱重複：${n}`, en: `Two branches are named ${n}` },
        })
    })
    return faults
  },
  enter(fields, ctx) {
    const why: Reason[] = []
    for (const [i, branch] of (fields as Fields).branches.entries()) {
      const verdict = ctx.evaluate(branch.rule)
      if (verdict.value) return { kind: 'go', port: branch.name, effects: [], why: verdict.why }
      why.push(...ofBranch(i, verdict.why))
    }
    return { kind: 'go', port: 'else', effects: [], why }
  },
}
