// Files of the web build as a browser gets them.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openStatic } from './static.ts'

const root = mkdtempSync(join(tmpdir(), 'itinera-static-'))
mkdirSync(join(root, 'web', 'assets'), { recursive: true })
const script = 'console.log("x")\n'.repeat(200)
writeFileSync(join(root, 'web', 'assets', 'main-abc.js'), script)
writeFileSync(
  join(root, 'web', 'index.html'),
  '<html><script>one()</script><script src="/a.js"></script></html>',
)
writeFileSync(join(root, 'secret.txt'), 'secret')
const files = openStatic(join(root, 'web'))
const get = (path: string, acceptEncoding = '', ifNoneMatch = '') =>
  files.serve(path, { acceptEncoding, ifNoneMatch })

test('hashed assets are kept for ever, the page is asked for each time', async () => {
  expect((await get('/assets/main-abc.js'))!.headers.get('cache-control')).toContain('immutable')
  expect((await get('/index.html'))!.headers.get('cache-control')).toBe('no-cache')
})

test('compressed as the browser accepts, with one etag', async () => {
  const plain = (await get('/assets/main-abc.js'))!
  expect(await plain.text()).toBe(script)
  const br = (await get('/assets/main-abc.js', 'gzip, br'))!
  expect(br.headers.get('content-encoding')).toBe('br')
  expect(brotliDecompressSync(Buffer.from(await br.arrayBuffer())).toString()).toBe(script)
  const gz = (await get('/assets/main-abc.js', 'gzip'))!
  expect(gunzipSync(Buffer.from(await gz.arrayBuffer())).toString()).toBe(script)
  const known = (await get('/assets/main-abc.js', '', gz.headers.get('etag')!))!
  expect(known.status).toBe(304)
})

test('nothing outside of the build is served', async () => {
  for (const path of ['/../secret.txt', '/assets/../../secret.txt', '/assets', '/', '/none.js'])
    expect(await get(path)).toBeNull()
})

test('the policy allows the inline scripts of the page, by hash, and no others', async () => {
  expect(await files.inlineScripts()).toEqual(["'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4='"])
})
