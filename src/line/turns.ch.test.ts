// LINE's limits of calls that are no messages: kept over all processes, and a 429 waits as long as LINE says, or longer each
// time; nothing that waits is given up for it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestCore } from '../../test/harness.ts'
import { openStage, type Stage } from '../../test/stage.ts'
import { lineText, openSendLab, type SendLab } from '../../test/send-lab.ts'
import { anyAccount, loadAccounts, type LoadedAccount } from '../channels/accounts.ts'
import { profileOf } from '../channels/line/account.ts'
import { startBulk } from '../channels/line/bulk.ts'
import { followersOn } from '../channels/line/insight.ts'
import { lineLimit } from '../channels/line/turns.ts'
import { newId } from '../platform/ids.ts'
import { openReceipts } from '../sandbox/receipts.ts'
import { setStandInFault } from '../sandbox/stand-in.ts'
import { findObject, putObject } from '../sandbox/stand-ins/objects.ts'
import { standInAct } from '../sandbox/stand-ins/register.ts'
import { want } from './menus/people.ts'
import { openLineWorker } from './worker.ts'

let lab: SendLab
let stage: Stage
let account: LoadedAccount

beforeAll(async () => {
  lab = await openSendLab()
  account = (await loadAccounts(lab.core, lab.core.pool, [lab.workspace])).get(`${lab.workspace}:line`)![0]!
  stage = openStage(lab.core, [openReceipts(lab.core), await lab.deliverer(), openLineWorker(lab.core)])
  await stage.settle()
})
afterAll(async () => {
  await stage.close()
  await lab.close()
})

const signal = () => AbortSignal.timeout(20_000)
const tooOften = (times: number) =>
  setStandInFault(lab.core.pool, lab.workspace, { adapter: 'line', kind: 'calls_429', times })
/** The wait is over: of the endpoint's line, and of what waits for it. */
const waited = async () => {
  await lab.core.pool.query(
    `update rate_line set free_at = clock_timestamp() - interval '1 min' where account_id = $1 and key like '%/v2/%'`,
    [account.id],
  )
  for (const table of ['line_menu_user', 'line_profile'])
    await lab.core.pool.query(
      `update ${table} set due = clock_timestamp() where account_id = $1 and due is not null`,
      [account.id],
    )
  await lab.core.pool.query('update line_unit set again_at = null where account_id = $1', [account.id])
}
const lineOf = async (key: string) =>
  (
    await lab.core.pool.query<{ refused: number; ms: number }>(
      `select refused, (extract(epoch from free_at - clock_timestamp()) * 1000)::float8 as ms from rate_line
        where account_id = $1 and key = $2`,
      [account.id, key],
    )
  ).rows[0]

test('R4-04 broadcasts stay under LINE’s 60 an hour over two processes: half at once, then one in two minutes', async () => {
  const other = await openTestCore({ beside: lab.core, baseUrl: lab.core.baseUrl })
  try {
    const beside = (await anyAccount(other, other.pool, account.id))!
    expect(beside.turns).not.toBe(account.turns)
    const started = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        startBulk(
          i % 2 ? beside : account,
          { kind: 'broadcast', messages: [{ type: 'text', text: `${i}` }] },
          newId(),
          signal(),
        ),
      ),
    )
    const waits = started.flatMap(s => (s.kind === 'retryable' ? [s.retryAfterMs!] : []))
    expect(started.filter(s => s.kind === 'started')).toHaveLength(30)
    expect(waits).toHaveLength(10)
    for (const ms of waits) {
      expect(ms).toBeGreaterThan(100_000)
      expect(ms).toBeLessThanOrEqual(121_000)
    }
    // another endpoint has a line of its own
    expect(await followersOn(account, '2026-01-01', signal())).not.toBe(undefined)
  } finally {
    await other.close()
  }
})

test('a 429 without a time makes the endpoint’s line wait longer each time; the next answer ends it; nobody else calls meanwhile', async () => {
  const person = await lab.person()
  const { key } = lineLimit('GET', `/v2/bot/profile/${person.line}`)
  expect(key).toBe('GET /v2/bot/profile/*')
  const waits: number[] = []
  await tooOften(3)
  for (let i = 0; i < 3; i++) {
    await profileOf(account, person.line, signal()).catch((e: { againMs: number }) => waits.push(e.againMs))
    if (i === 2) break
    await waited()
  }
  expect(waits).toEqual([1_000, 4_000, 16_000])
  // the fault is used up, but the line waits: no call leaves
  await expect(profileOf(account, person.line, signal())).rejects.toMatchObject({
    kind: 'retryable',
    status: 429,
    againMs: expect.any(Number),
  })
  expect(await lineOf(key)).toMatchObject({ refused: 3 })
  await waited()
  expect(await profileOf(account, person.line, signal())).toMatchObject({ displayName: 'Ming' })
  expect(await lineOf(key)).toMatchObject({ refused: 0 })
})

test('menus, profiles and sums that LINE puts off are asked for again, however often; none is given up', async () => {
  const address = 'U' + newId().replaceAll('-', '')
  await standInAct(lab.core, lab.workspace, { channel: 'line', address, act: 'follow', name: '阿美' })
  const person = await lab.person()
  const journey = newId()
  await lab.intend(person, lineText('新品'), { journey })
  await stage.settle()
  const where = { workspace: lab.workspace, account: account.id }
  await putObject(lab.core.pool, lab.workspace, 'line_menu', 'richmenu-1', { richMenuId: 'richmenu-1' })
  await putObject(lab.core.pool, lab.workspace, 'line_menu_picture', 'richmenu-1', {})
  await want(lab.core.pool, where, [{ address, menu: 'richmenu-1' }])
  await lab.core.pool.query('update workspace set clock_offset_ms = 86400000 where id = $1', [lab.workspace])
  await lab.core.pool.query(
    `insert into line_profile (workspace_id, account_id, address, event, at, due)
     values ($1, $2, $3, 'again', now(), clock_timestamp())`,
    [lab.workspace, account.id, person.line],
  )
  const due = async () => {
    const { rows } = await lab.core.pool.query<{ profiles: number; menus: number; units: number }>(
      `select (select count(*)::int from line_profile where account_id = $1 and address = $2) as profiles,
              (select count(*)::int from line_menu_user where account_id = $1 and due is not null) as menus,
              (select count(*)::int from line_unit where account_id = $1 and pulled_day is null) as units`,
      [account.id, person.line],
    )
    return rows[0]
  }
  for (let i = 0; i < 12; i++) {
    await tooOften(50)
    await waited()
    await stage.settle()
    expect((await due())!.units).toBe(1)
  }
  expect(await due()).toEqual({ profiles: 1, menus: 1, units: 1 })
  await tooOften(0)
  await waited()
  await stage.settle()
  expect(await due()).toEqual({ profiles: 0, menus: 0, units: 0 })
  expect(await findObject(lab.core.pool, lab.workspace, 'line_user_menu', address)).toMatchObject({
    body: { menu: 'richmenu-1' },
  })
})
