// What a rule of this workspace may name: attributes that are declared or that somebody has, and segments.
import { LRUCache } from 'lru-cache'
import { attributesOf } from '../catalogue/attribute-store.ts'
import type { AttributeType } from '../customers/settings.ts'
import { askHistory, unlessDown } from '../platform/clickhouse.ts'
import type { Core } from '../platform/core.ts'
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

/** Attributes that somebody was seen with, which stay known. */
const seen = new LRUCache<string, true>({ max: 10_000 })

/** Those that nobody has; none while history is down. */
async function unseen({ history, databaseUrl }: Core, workspace: Uuid, names: string[]): Promise<string[]> {
  const keyOf = (name: string): string => `${databaseUrl} ${workspace} ${name}`
  const asked = names.filter(name => !seen.has(keyOf(name)))
  if (asked.length === 0) return []
  const found = await unlessDown(
    askHistory<{ called: string }>(
      history,
      `select distinct arrayJoin(arrayIntersect({names:Array(String)}, arrayConcat(
          text_names, number_names, list_names, arrayMap(flag -> substring(flag, 2), flags)))) as called
         from customer where workspace_id = {workspace:UUID}`,
      { workspace, names: asked },
    ),
  )
  for (const { called } of found ?? []) seen.set(keyOf(called), true)
  return found === null ? [] : asked.filter(name => !seen.has(keyOf(name)))
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

/** What a question about a rule is checked against: an attribute is declared, or somebody has it. */
export async function knownNames(core: Core, workspace: Uuid, rule: unknown): Promise<Vocabulary> {
  const { traits, segments } = await namesFor(core.pool, workspace, [rule])
  const undeclared = [...traits].flatMap(([name, type]) => (type === null ? [name] : []))
  for (const name of await unseen(core, workspace, undeclared)) traits.delete(name)
  return { traits, segments }
}
