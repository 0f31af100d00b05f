// What was seen of the branches that were not taken, where a split went on by `else`: each rule with its reasons. Pure.
import type { Reason, Rule } from '../rules/model.ts'

export type Unmet = { branch: string; rule: Rule; why: Reason[] }

const PATH = /^\/branches\/(\d{1,2})\/rule(\/.*)?$/

/** Reasons of a rule of the split's fields. */
export const ofBranch = (i: number, why: Reason[]): Reason[] =>
  why.map(r => ({ ...r, path: `/branches/${i}/rule${r.path}` }))

/** `fields` of the node, `why` as it left the node; empty where that is not about its branches. */
export function unmetOf(fields: Record<string, unknown> | undefined, why: readonly Reason[]): Unmet[] {
  const branches = Array.isArray(fields?.branches) ? (fields.branches as { name: string; rule: Rule }[]) : []
  const seen = Map.groupBy(
    why.flatMap(r => {
      const found = PATH.exec(r.path)
      return found ? [{ i: Number(found[1]), reason: { ...r, path: found[2] ?? '' } }] : []
    }),
    s => s.i,
  )
  return [...seen].flatMap(([i, list]) => {
    const branch = branches[i]
    return branch ? [{ branch: branch.name, rule: branch.rule, why: list.map(s => s.reason) }] : []
  })
}
