// Pictures of products over the real API: known by their content, bounded, and served so that nothing in them runs.
import { deflateSync, crc32 } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestWorkspace, openTestCore, type TestCore } from '../../test/harness.ts'
import { publicId } from '../platform/ids.ts'
import { startWeb, type Web } from '../web.ts'
import { insertKey } from './keys.ts'

let core: TestCore
let web: Web
let space: Awaited<ReturnType<typeof createTestWorkspace>>
beforeAll(async () => {
  core = await openTestCore()
  web = await startWeb(core)
  space = await createTestWorkspace(core)
})
afterAll(async () => {
  await web.stop()
  await core.close()
})

/** A PNG of one grey level, as the format says (RFC 2083). */
function png(width: number, height: number, grey = 0x80): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(type), data])
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(named))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, named, sum])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 8 // bits a sample, and no colour
  const rows = Buffer.alloc((width + 1) * height, grey)
  for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

type Told = { url: string; type: string; width: number; height: number; code: string; status: number }
async function upload(body: Buffer | string, key = space.apiKey): Promise<Told> {
  const answer = await fetch(`${core.baseUrl}/api/w/${publicId('wsp', space.id)}/pictures?name=tea.exe`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'text/html' },
    body: new Uint8Array(Buffer.from(body)),
  })
  return { ...((await answer.json()) as Told), status: answer.status }
}

test('R0-35 a picture is taken by its content whatever it is called, and shown to everybody as a picture', async () => {
  const bytes = png(4, 3)
  const told = await upload(bytes)
  expect([told.status, told.type, told.width, told.height]).toEqual([201, 'png', 4, 3])
  const shown = await fetch(told.url)
  expect(Buffer.from(await shown.arrayBuffer()).equals(bytes)).toBe(true)
  expect(Object.fromEntries(shown.headers)).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=31536000, immutable',
  })
  // the same again is the same; the address of another type is nobody's
  expect((await upload(bytes)).url).toBe(told.url)
  const { rows } = await core.pool.query('select id from picture where workspace_id = $1', [space.id])
  expect(rows).toHaveLength(1)
  expect((await fetch(told.url.replace(/png$/, 'gif'))).status).toBe(404)
  expect((await fetch(told.url.replace(/pic_..../, 'pic_0000'))).status).toBe(404)
})

test('what is no picture, may hold scripts, or is too large is refused with what to do', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><script>alert(1)</script></svg>'
  expect(await upload(svg)).toMatchObject({ status: 400, code: 'no_picture', path: 'body' })
  expect(await upload('<html><script>alert(1)</script></html>')).toMatchObject({
    status: 400,
    code: 'no_picture',
  })
  expect(await upload('')).toMatchObject({ status: 400, code: 'no_picture' })
  expect(await upload(png(4, 4).subarray(0, 12))).toMatchObject({ status: 400, code: 'no_picture' })
  expect(await upload(png(8_001, 1))).toMatchObject({ status: 400, code: 'picture_too_large' })
  const heavy = Buffer.concat([png(2, 2), Buffer.alloc(5 * 1024 * 1024)])
  expect(await upload(heavy)).toMatchObject({ status: 413, code: 'picture_too_large' })
})

test('only who may change the catalogue uploads; a workspace that is full says so', async () => {
  const reader = await insertKey(core.pool, space.id, {
    kind: 'api',
    name: 'reader',
    scopes: ['catalogue:read'],
    demandToken: false,
  })
  expect(await upload(png(1, 1), reader.key)).toMatchObject({ status: 403, code: 'scope_missing' })
  await core.pool.query('update picture set size = 1073741823 where workspace_id = $1', [space.id])
  expect(await upload(png(1, 1, 7))).toMatchObject({ status: 409, code: 'pictures_full' })
})
