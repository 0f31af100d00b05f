// Imports as people and programs meet them: over HTTP, on real engines, with the worker threads of the product. What is exported
// as `let` is of the test that runs.
import { unpackState } from '../src/customers/pack.ts'
import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { serveApp } from './collect-server.ts'
import { createTestWorkspace, openTestCore, type TestCore } from './harness.ts'
import { type Answer, callApi } from './http-client.ts'
import type * as samples from './import-samples.ts'
import { openStage, type Stage } from './stage.ts'
import { collectApp } from '../src/collect/routes.ts'
import type { EndpointName, Out } from '../src/contract.ts'
import type { CustomerState } from '../src/customers/model.ts'
import { apiRouter, type HttpEnv } from '../src/platform/http/router.ts'
import { newId, publicId, type Uuid } from '../src/platform/ids.ts'
import { openAccess } from '../src/team/access.ts'
import { handlers } from '../src/web.ts'
import { importApp } from '../src/imports/transfer.ts'
import { openImports, type Imports } from '../src/imports/workers.ts'

type Space = Awaited<ReturnType<typeof createTestWorkspace>>
export type Import = Out<'startImport'>
export type Detail = Out<'import'>

export let core: TestCore
export let server: Awaited<ReturnType<typeof serveApp>>
export let imports: Imports
export let stage: Stage
export let space: Space

/** Sets up a product with its worker threads for the calling file, and a workspace for each of its tests. */
export function setUpImportLab(): void {
  beforeAll(async () => {
    core = await openTestCore()
    const app = new Hono<HttpEnv>()
    app.use((c, next) => {
      c.set('requestId', newId())
      return next()
    })
    const access = openAccess(core)
    app.route('/', importApp(core, access))
    app.route('/api', apiRouter(core, access, handlers))
    app.route('/', collectApp(core))
    server = await serveApp(app as unknown as Hono)
    imports = openImports(core)
    stage = openStage(core)
  })
  afterAll(async () => {
    await stage.close()
    await imports.stop()
    await server.close()
    await core.close()
  })
  beforeEach(async () => {
    space = await createTestWorkspace(core)
  })
}

/** From here on `space` is this one, as for a test that moves between two. */
export function workIn(of: Space): void {
  space = of
}

export const ws = (of: Space = space): string => publicId('wsp', of.id)

export async function upload(
  sample: samples.Sample,
  query: Record<string, string> = {},
  key = space.apiKey,
  of = space,
): Promise<Answer> {
  const response = await fetch(
    `${server.url}/api/w/${ws(of)}/import-files?${new URLSearchParams({ name: sample.name, ...query })}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: new Uint8Array(sample.bytes),
    },
  )
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  }
}

export async function act<N extends EndpointName>(
  name: N,
  params: Record<string, string> = {},
  more: { body?: unknown; query?: Record<string, string>; key?: string } = {},
): Promise<Out<N>> {
  const { key = space.apiKey, ...given } = more
  const answer = await callApi(server.url, name, { key }, { params: { ws: ws(), ...params }, ...given })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as Out<N>
}

/** Uploads, runs to the end, and folds what it brought. */
export async function run(sample: samples.Sample, query: Record<string, string> = {}): Promise<Import> {
  const { status, body } = await upload(sample, { ...query, start: '1' })
  expect(status, JSON.stringify(body)).toBe(201)
  const id = body.id as string
  // a worker that lost its connection (a loaded machine) leaves the import to the next one
  do expect(await imports.tick()).toBe(true)
  while ((await act('import', { import: id })).status === 'running')
  await stage.settle()
  return act('import', { import: id })
}

export const bulkRows = async (workspace: Uuid = space.id): Promise<number> =>
  (
    await core.pool.query<{ n: number }>('select count(*)::int n from bulk where workspace_id = $1', [
      workspace,
    ])
  ).rows[0]!.n

export async function customers(workspace: Uuid = space.id): Promise<CustomerState[]> {
  const { rows } = await core.pool.query<{ state: string }>(
    "select state from customer where workspace_id = $1 and merged_into is null and state <> '{}'",
    [workspace],
  )
  return rows.map(r => unpackState(r.state))
}
export const holder = async (kind: string, value: string): Promise<CustomerState> =>
  (await customers()).find(c => c.ids.some(i => i.kind === kind && i.value === value))!

export async function download(
  path: string,
  key = space.apiKey,
  of = space,
): Promise<{ status: number; bytes: Buffer; headers: Headers }> {
  const response = await fetch(`${server.url}/api/w/${ws(of)}/${path}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return {
    status: response.status,
    bytes: Buffer.from(await response.arrayBuffer()),
    headers: response.headers,
  }
}

export const csv = (name: string, text: string): samples.Sample => ({
  name,
  bytes: Buffer.from(text),
  rows: 0,
})
