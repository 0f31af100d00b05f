// Both evaluators against each other: random rules over random histories, folded by the real reducer and written to
// history as the history worker writes them. A case is one rule, one history and one moment, asked of everybody in it;
// most moments are the very edge of what the rule asks. 2,000 cases; RULE_FUZZ=20000 for more, RULE_FUZZ_SEED=n to begin
// elsewhere. A difference is made smaller and kept in test/fixtures/rule-fuzz, and asked again for ever.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestCore, type TestCore } from '../../test/harness.ts'
import {
  differences,
  type Group,
  playGroup,
  randomGroup,
  store,
  workspaceOf,
} from '../../test/rule-fuzz/compare.ts'
import { keepSmallest } from '../../test/rule-fuzz/shrink.ts'

const CASES = Number(process.env.RULE_FUZZ ?? 2_000)
const SEED = Number(process.env.RULE_FUZZ_SEED ?? 1)
const SIZE = { histories: 8, rules: 14, ats: 2 }
const GROUPS = Math.ceil(CASES / (SIZE.histories * SIZE.rules * SIZE.ats))
const KEPT = join(import.meta.dirname, '../../test/fixtures/rule-fuzz')

let core: TestCore
let asked = 0
beforeAll(async () => {
  core = await openTestCore()
}, 180_000)
afterAll(() => core.close())

async function ask(group: Group, towns = playGroup(group)) {
  const workspace = workspaceOf(asked++)
  await store(core.history, [{ towns, workspace }])
  return differences(core.history, workspace, towns, group.asks)
}

test(
  `${CASES} random rules have the same answer in memory and in ClickHouse`,
  async () => {
    for (let i = 0; i < GROUPS; i++) {
      const { group, towns } = randomGroup(SEED + i, SIZE)
      const [first] = await ask(group, towns)
      if (first === undefined) continue
      const kept = await keepSmallest(KEPT, group, first, async smaller => (await ask(smaller)).length > 0)
      expect(kept, `seed ${SEED + i}: the two evaluators differ`).toBeNull()
    }
  },
  120_000 + CASES * 60,
)

describe('what once differed', () => {
  test('there are some', () => expect(readdirSync(KEPT)).not.toEqual([]))
  test.each(readdirSync(KEPT).filter(f => f.endsWith('.json')))('%s', async file => {
    const group = JSON.parse(readFileSync(join(KEPT, file), 'utf8')) as Group
    expect(await ask(group)).toEqual([])
  })
})
