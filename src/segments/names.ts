// What the rules of a workspace may name: attributes by their types, segments and their groups.
import { attributesOf } from '../catalogue/attribute-store.ts'
import type { AttributeType } from '../customers/settings.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import { checkRule, type Vocabulary } from '../rules/check.ts'
import { leavesOf } from '../rules/evaluate.ts'

export type Attributes = Map<string, AttributeType | null>

const attributesNamed = (rule: unknown): string[] => {
  const checked = checkRule(rule)
  return 'faults' in checked
    ? []
    : leavesOf(checked.rule).flatMap(leaf => (leaf.op === 'trait' ? [leaf.trait] : []))
}

/** Declared attributes by type, and the others that the rules name (null): their first value may be yet to come. */
export async function attributesFor(
  sql: Sql,
  workspace: Uuid,
  rules: readonly unknown[],
): Promise<Attributes> {
  const declared = (await attributesOf(sql, workspace)).map(({ name, type }) => [name, type] as const)
  const named = rules.flatMap(attributesNamed).map(name => [name, null] as const)
  return new Map<string, AttributeType | null>([...named, ...declared])
}

type Names = { traits: Attributes; segments: NonNullable<Vocabulary['segments']> }

/** What rules that are published may name: segments that are there, attributes as they are declared, or any other name. */
export async function namesFor(sql: Sql, workspace: Uuid, rules: readonly unknown[]): Promise<Names> {
  const traits = await attributesFor(sql, workspace, rules)
  const { rows } = await sql.query<{ id: Uuid; groups: Record<string, number> }>(
    `select id, groups from segment where workspace_id = $1`,
    [workspace],
  )
  return {
    traits,
    segments: new Map(rows.map(s => [publicId('seg', s.id), { groups: Object.keys(s.groups) }])),
  }
}
