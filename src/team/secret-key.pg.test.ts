// Another SECRET_KEY, by the command as a shell runs it; then the product started again with it.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { callApi } from '../../test/http-client.ts'
import { adapters } from '../channels/register.ts'
import { type LinkClaims, newLinkNonce, spendLinkNonce } from '../line/nonces.ts'
import { openMessageLinks, readUnsubscribeToken } from '../messages/link-tokens.ts'
import { hiddenAddress, hideAddresses, isSuppressed } from '../messages/suppression.ts'
import { newId, parseId, publicId } from '../platform/ids.ts'
import { openPool } from '../platform/postgres.ts'
import { openSecrets } from '../platform/secrets.ts'
import { shopApiKey } from '../sandbox/store.ts'
import { signUserToken } from '../collect/token.ts'
import { startWeb } from '../web.ts'
import { SEALED } from './secret-key.ts'

const BIN = fileURLToPath(new URL('../../bin/itinera.mjs', import.meta.url))
let core: TestCore
let dir: string
beforeAll(async () => {
  core = await openTestCore()
  dir = mkdtempSync(join(tmpdir(), 'itinera-key-'))
})
afterAll(() => core.close())

type Ended = { code: number; out: string; err: string }
const rotate = (env: Record<string, string>, ...args: string[]): Promise<Ended> =>
  new Promise(resolve => {
    const given = {
      PATH: process.env.PATH,
      DATA_DIR: dir,
      DATABASE_URL: core.databaseUrl,
      CLICKHOUSE_URL: core.clickhouseUrl,
      ...env,
    }
    execFile(
      process.execPath,
      [BIN, 'secrets', 'rotate', '--json', ...args],
      { env: given, cwd: dir },
      (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    )
  })

/** The product as it starts again under a key. */
const withKey = (secretKey: string): Promise<TestCore> =>
  openTestCore({
    beside: { ...core, secretKey },
  })

test('secrets of all kinds open under the new key only, and links, hidden addresses and tokens go on', async () => {
  const space = await createTestWorkspace(core)
  const ws = publicId('wsp', space.id)
  const message = newId()
  const before = await startWeb(core)
  const put = await callApi(
    core.baseUrl,
    'saveChannel',
    { key: space.apiKey },
    {
      params: { ws, channel: 'line' },
      body: { name: 'LINE', settings: {}, secrets: { accessToken: 'at', channelSecret: 'cs' } },
    },
  )
  expect(put.status).toBe(200)
  const made = await callApi(
    core.baseUrl,
    'createSource',
    { key: space.apiKey, headers: { 'idempotency-key': 'once' } },
    { params: { ws }, body: { name: 'Shop', kind: 'webhook' } },
  )
  expect(made.status).toBe(200)
  const shopKey = await shopApiKey(core, space.id)
  const link = openMessageLinks(core).of(message).unsubscribeUrl.split('/').at(-1)!
  const address = { channel: 'sms', address: '+886912345678' }
  await hideAddresses(core.pool, core.secrets, { workspace: space.id, addresses: [address], at: Date.now() })
  const account = { workspace: space.id, id: parseId('chn', put.body.id as string)! }
  const claims: LinkClaims = { ids: [{ kind: 'member_no', value: 'm-1' }] }
  const nonce = await newLinkNonce(core, account, claims)
  await before.stop()

  writeFileSync(join(dir, 'secret.key'), core.secretKey + '\n', { mode: 0o600 })
  // a process works: nothing is changed
  const works = openPool(core.databaseUrl, { max: 1, name: 'web', onError: () => undefined })
  await works.query('select 1')
  const refused = await rotate({})
  expect(refused).toMatchObject({ code: 4, out: '' })
  expect(JSON.parse(refused.err)).toMatchObject({ code: 'in_use' })
  await works.end()

  const done = await rotate({})
  expect([done.code, done.err]).toEqual([0, ''])
  const { sealed, oldKey } = JSON.parse(done.out) as { sealed: Record<string, number>; oldKey: string }
  const accounts = adapters().filter(a => a.standIn).length
  expect(sealed).toMatchObject({
    workspace: 1,
    channel_account: accounts,
    source: 1,
    http_answer: 1,
    system: 1,
    line_nonce: 1,
  })
  const key = readFileSync(join(dir, 'secret.key'), 'utf8').trim()
  expect(key).not.toBe(core.secretKey)
  expect(readFileSync(oldKey, 'utf8').trim()).toBe(core.secretKey)
  expect([join(dir, 'secret.key'), oldKey].map(path => statSync(path).mode & 0o777)).toEqual([0o600, 0o600])

  // no value anywhere opens with the old key
  const old = openSecrets(core.secretKey)
  for (const { table, column } of await binaryColumns()) {
    const { rows } = await core.pool.query<{ v: Buffer }>(
      `select ${column} as v from ${table} where ${column} is not null`,
    )
    for (const { v } of rows) expect(() => old.open(v), `${table}.${column}`).toThrow()
  }

  await expect(withKey(core.secretKey)).rejects.toThrow('sealed under another key')
  const again = await withKey(key)
  const web = await startWeb(again)
  try {
    expect(await shopApiKey(again, space.id)).toBe(shopKey)
    expect(await spendLinkNonce(again, account, nonce, 'U1')).toEqual(claims)
    expect(readUnsubscribeToken(again.secrets, link)).toBe(message)
    const ask = { workspace: space.id, ...address, consentAt: null, followAt: null }
    const hidden = hiddenAddress(again.secrets, space.id, address.channel, address.address)
    expect(await isSuppressed(again.pool, { ...ask, hidden })).toBe(true)
    // the same write again has its answer, and a person's token is read
    const twice = await callApi(
      again.baseUrl,
      'createSource',
      { key: space.apiKey, headers: { 'idempotency-key': 'once' } },
      { params: { ws }, body: { name: 'Shop', kind: 'webhook' } },
    )
    expect(twice.body).toEqual(made.body)
    const token = await signUserToken(again, space.id, { sub: 'm-1' })
    const sent = await fetch(`${again.baseUrl}/v1/track`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${space.writeKey}:`).toString('base64')}`,
      },
      body: JSON.stringify({ anonymousId: 'a', event: 'Signed In', userToken: token }),
    })
    expect(sent.status).toBe(200)
  } finally {
    await web.stop()
    await again.close()
  }

  // broken off between the database and the files: the next run changes the files
  renameSync(join(dir, 'secret.key'), join(dir, 'secret.key.next'))
  writeFileSync(join(dir, 'secret.key'), core.secretKey + '\n', { mode: 0o600 })
  const finished = await rotate({})
  expect([finished.code, finished.err]).toEqual([0, ''])
  expect(readFileSync(join(dir, 'secret.key'), 'utf8').trim()).toBe(key)
  expect(readdirSync(dir).filter(name => name === 'secret.key.next')).toEqual([])

  // by the environment, and the old one is in wrong hands: links end, hidden addresses stay hidden
  const third = 'c'.repeat(64)
  expect((await rotate({ SECRET_KEY: key }, '--leaked')).code).toBe(2)
  expect((await rotate({ SECRET_KEY: key, NEW_SECRET_KEY: third }, '--leaked')).code).toBe(0)
  const last = await withKey(third)
  expect(readUnsubscribeToken(last.secrets, link)).toBeNull()
  expect(hiddenAddress(last.secrets, space.id, address.channel, address.address)).toBe(
    hiddenAddress(core.secrets, space.id, address.channel, address.address),
  )
  await last.close()
}, 180_000)

/** Binary columns that are nothing sealed: hashes, pictures, what customers sent, and the journal's packed bodies. */
const PLAIN = [
  'team_session.token_hash',
  'sign_in_link.token_hash',
  'api_key.key_hash',
  'journal.body',
  'import.file_hash',
  'picture.bytes',
  'line_content.bytes',
]

async function binaryColumns(): Promise<{ table: string; column: string }[]> {
  const { rows } = await core.pool.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
      where table_schema = 'public' and data_type = 'bytea' order by 1, 2`,
  )
  return rows
}

test('every binary column is known to be sealed or not', async () => {
  const found = (await binaryColumns()).map(c => `${c.table}.${c.column}`)
  const sealed = SEALED.map(([table, column]) => `${table}.${column}`)
  expect(found).toEqual([...sealed, ...PLAIN].sort())
})
