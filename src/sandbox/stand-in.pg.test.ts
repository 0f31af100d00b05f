// The sandbox's phone: what a person does comes back as a signed webhook over HTTP, retried until it is taken.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSendLab, type SendLab } from '../../test/send-lab.ts'
import { Problem } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { openReceipts } from './receipts.ts'
import { standInAct } from './stand-ins/register.ts'

let lab: SendLab
let down = false
beforeAll(async () => {
  lab = await openSendLab({
    before: app =>
      app.use('/hooks/*', async (c, next) => {
        if (down) return c.text('down', 503)
        return next()
      }),
  })
})
afterAll(() => lab.close())

const names = async (user: string) => {
  const { rows } = await lab.core.pool.query<{ body: string }>(
    `select body from inbox where workspace_id = $1 and kind = 'event' order by received, ordinal`,
    [lab.workspace],
  )
  return rows
    .map(r => JSON.parse(r.body) as { name: string; at: number; props: object; ids: { value: string }[] })
    .filter(b => b.ids[0]?.value === user)
}
const waiting = async () =>
  (await lab.core.pool.query('select from sandbox_receipt where workspace_id = $1', [lab.workspace])).rowCount

test('follow, text, postback, unfollow, follow again; with the workspace’s own time', async () => {
  const receipts = openReceipts(lab.core)
  const user = 'U' + newId().replaceAll('-', '')
  const base = { channel: 'line' as const, address: user }
  await expect(
    standInAct(lab.core, lab.workspace, { ...base, act: 'text', text: '嗨' }),
  ).rejects.toBeInstanceOf(Problem)
  const day = 86_400_000
  await lab.core.pool.query('update workspace set clock_offset_ms = $2 where id = $1', [lab.workspace, day])
  for (const act of ['follow', 'text', 'postback', 'unfollow', 'follow'] as const) {
    await standInAct(lab.core, lab.workspace, { ...base, act, name: '小華', text: '嗨', data: 'a=1' })
    while (await receipts.tick());
  }
  const got = await names(user)
  expect(got.map(g => g.name)).toEqual([
    'contact.followed',
    'line.message',
    'line.postback',
    'contact.unfollowed',
    'contact.followed',
  ])
  expect(got.map(g => (g.props as { is_unblocked?: boolean }).is_unblocked)).toEqual([
    false,
    undefined,
    undefined,
    undefined,
    true,
  ])
  expect(Math.abs(got[0]!.at - (Date.now() + day))).toBeLessThan(10_000)
  await lab.core.pool.query('update workspace set clock_offset_ms = 0 where id = $1', [lab.workspace])
  expect(await waiting()).toBe(0)
  await receipts.stop()
})

test('a webhook that is not taken is tried again', async () => {
  const receipts = openReceipts(lab.core)
  const user = 'U' + newId().replaceAll('-', '')
  down = true
  await standInAct(lab.core, lab.workspace, { channel: 'line', address: user, act: 'follow' })
  await receipts.tick()
  expect([await waiting(), (await names(user)).length]).toEqual([1, 0])
  down = false
  await lab.core.pool.query('update sandbox_receipt set due = now() where workspace_id = $1', [lab.workspace])
  await receipts.tick()
  expect([await waiting(), (await names(user)).length]).toEqual([0, 1])
  await receipts.stop()
})
