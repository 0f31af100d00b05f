// Both evaluators against each other: random rules over random histories, folded by the real reducer and written to
// history as the history worker writes them. Each case is one rule, one history and one moment, asked of everybody in it.
// 2,000 cases; RULE_FUZZ=20000 for more, RULE_FUZZ_SEED=n to begin elsewhere.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestCore, type TestCore } from '../../test/harness.ts'
import { differences, playGroup, randomGroup, store, workspaceOf } from '../../test/rule-fuzz/compare.ts'

const CASES = Number(process.env.RULE_FUZZ ?? 2_000)
const SEED = Number(process.env.RULE_FUZZ_SEED ?? 1)
const SIZE = { histories: 10, rules: 12, ats: 2, past: false }
const GROUPS = Math.ceil(CASES / (SIZE.histories * SIZE.rules * SIZE.ats))

let core: TestCore
beforeAll(async () => {
  core = await openTestCore()
}, 60_000)
afterAll(() => core.close())

test(
  `${CASES} random rules have the same answer in memory and in ClickHouse`,
  async () => {
    for (let i = 0; i < GROUPS; i++) {
      const group = randomGroup(SEED + i, SIZE)
      const towns = playGroup(group)
      const workspace = workspaceOf(i)
      await store(core.history, [{ towns, workspace }])
      const found = await differences(core.history, workspace, towns, group)
      expect(found.slice(0, 3), `seed ${SEED + i}`).toEqual([])
    }
  },
  60_000 + CASES * 60,
)
