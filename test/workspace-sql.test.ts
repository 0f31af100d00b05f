// Every statement on a table of workspaces names the workspace, as far as a reader of texts can see; those that do not are
// counted here with their reason. No row of one brand may be reached by an id of another's.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSources, root } from './sources.ts'

/** Of each file so many statements without the workspace in their text, and why that is right. */
const LEFT: Record<string, Record<string, number>> = {
  'a part of the statement that stands elsewhere names it': {
    'src/catalogue/campaigns.ts': 1,
    'src/customers/store.ts': 2,
    'src/messages/dead-letters.ts': 2,
    'src/messages/ledger.ts': 1,
    'src/segments/facts.ts': 3,
    'src/segments/library/vocabulary.ts': 1,
  },
  'a worker, by rows it has found itself over all workspaces, or under a lease': {
    'src/audiences/store.ts': 7,
    'src/channels/accounts.ts': 1,
    'src/conversations/away.ts': 1,
    'src/experiments/store.ts': 1,
    'src/imports/store.ts': 5,
    'src/line/forget.ts': 2,
    'src/line/insight.ts': 3,
    'src/line/menus/people.ts': 4,
    'src/line/menus/store.ts': 2,
    'src/messages/batch-store.ts': 6,
    'src/messages/breaker.ts': 4,
    'src/messages/finish.ts': 1,
    'src/messages/let-out.ts': 1,
    'src/messages/limit-store.ts': 2,
    'src/messages/stop.ts': 1,
    'src/messages/store.ts': 2,
    'src/messages/sweep.ts': 3,
    'src/outflow/webhooks.ts': 2,
    'src/privacy/erase-state.ts': 2,
    'src/privacy/store.ts': 5,
    'src/segments/jobs.ts': 3,
    'src/trial/replay-store.ts': 4,
  },
  'folds and what checks them go by bucket, over all workspaces': {
    'src/inbox/read.ts': 2,
    'src/inbox/replay.ts': 1,
    'src/inbox/verify-rights.ts': 2,
    'src/inbox/verify.ts': 3,
    'src/inbox/write-conversations.ts': 1,
    'src/inbox/write.ts': 3,
  },
  'the whole installation: what is kept how long, lag, restore': {
    'src/collect/pressure.ts': 1,
    'src/inbox/retention.ts': 8,
    'src/insight/store.ts': 1,
    'src/line/nonces.ts': 1,
    'src/platform/restore.ts': 1,
  },
  'by a secret that says of which workspace it is: key, token, address that cannot be guessed': {
    'src/catalogue/pictures.ts': 1,
    'src/collect/keys.ts': 1,
    'src/messages/links.ts': 2,
  },
  'people of the team and their links are of no one workspace': {
    'src/team/links.ts': 3,
    'src/team/store.ts': 1,
  },
}

function tablesOfWorkspaces(): Set<string> {
  const schema = readFileSync(join(root, 'test/golden/schema.sql'), 'utf8')
  const tables = [...schema.matchAll(/^create table (\w+) \(\n([\s\S]*?)\n\)/gim)]
  return new Set(tables.flatMap(([, name, columns]) => (columns!.includes('workspace_id') ? [name!] : [])))
}

test('every statement on a table of workspaces names the workspace, or is listed with a reason', () => {
  const tables = tablesOfWorkspaces()
  expect(tables.size).toBeGreaterThan(80)
  const found: Record<string, string[]> = {}
  for (const [path, { text }] of readSources(['src'])) {
    if (path.endsWith('.test.ts')) continue
    for (const [statement] of text.matchAll(/`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g)) {
      if (!/\b(select|update|delete|insert)\b/i.test(statement) || statement.includes('workspace')) continue
      const named = [...statement.matchAll(/\b(?:from|join|update|into)\s+(\w+)/gi)].map(m => m[1]!)
      if (named.some(t => tables.has(t))) (found[path] ??= []).push(statement)
    }
  }
  const allowed = Object.fromEntries(Object.values(LEFT).flatMap(Object.entries))
  for (const path of new Set([...Object.keys(found), ...Object.keys(allowed)]))
    expect(
      found[path]?.length ?? 0,
      `${path}: name the workspace in the statement; where that cannot be, count it in LEFT under its reason.\n${(found[path] ?? []).join('\n')}\n`,
    ).toBe(allowed[path] ?? 0)
})
