// What a question about a rule may name: as when it is published, but an attribute must be declared or somebody's.
import { LRUCache } from 'lru-cache'
import { askHistory, unlessDown } from '../platform/clickhouse.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Vocabulary } from '../rules/check.ts'
import { namesFor } from './names.ts'

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

/** What a question about a rule is checked against: an attribute is declared, or somebody has it. */
export async function knownNames(core: Core, workspace: Uuid, rule: unknown): Promise<Vocabulary> {
  const { traits, segments } = await namesFor(core.pool, workspace, [rule])
  const undeclared = [...traits].flatMap(([name, type]) => (type === null ? [name] : []))
  for (const name of await unseen(core, workspace, undeclared)) traits.delete(name)
  return { traits, segments }
}
