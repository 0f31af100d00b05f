// Wake-ups across processes.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestCore, type TestCore } from '../../test/harness.ts'
import { openSignals, type Signals } from './signals.ts'

let core: TestCore
let other: Signals

beforeAll(async () => {
  core = await openTestCore()
})
afterAll(async () => {
  await core.close()
})

/** What the core's process hears of `topic`, the first time. */
const heard = (topic: 'inbox' | 'live'): Promise<string> =>
  new Promise(resolve => {
    const off = core.signals.on(topic, detail => {
      off()
      resolve(detail)
    })
  })

test('another process hears what was said, also when its speaker closes at once', async () => {
  other = await openSignals(core.databaseUrl, core.log)
  const detail = heard('inbox')
  other.emit('inbox', '7')
  await other.close()
  expect(await detail).toBe('7')
}, 5_000)

test('very many details in one round become "look at everything"', async () => {
  other = await openSignals(core.databaseUrl, core.log)
  const detail = heard('live')
  for (let i = 0; i < 100; i++) other.emit('live', `w${i}:customers`)
  expect(await detail).toBe('')
  await other.close()
}, 5_000)
