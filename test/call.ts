// Calls a handler as the router does: input and output checked against the contract, the workspace read fresh.
import type { z } from 'zod'
import { findWorkspace } from '../src/catalogue/workspace.ts'
import { endpoints, SCOPES, type EndpointName, type Out } from '../src/contract.ts'
import { must } from '../src/platform/errors.ts'
import type { Core } from '../src/platform/core.ts'
import type { Call, Handler } from '../src/platform/http/handler.ts'
import { newId, type Uuid } from '../src/platform/ids.ts'

type Given = { params?: Record<string, string>; query?: unknown; body?: unknown; key?: string }
type Checked = { query?: z.ZodType; body?: z.ZodType; out: z.ZodType }

export async function callHandler<N extends EndpointName>(
  core: Core,
  workspaceId: Uuid,
  name: N,
  handler: Handler<N>,
  given: Given = {},
): Promise<Out<N>> {
  const endpoint: Checked = endpoints[name]
  const workspace = await findWorkspace(core.pool, workspaceId)
  must(workspace, 'the test workspace exists')
  const call = {
    core,
    caller: { kind: 'key', id: newId(), name: 'test' },
    scopes: new Set(SCOPES),
    workspace,
    params: given.params ?? {},
    query: endpoint.query?.parse(given.query ?? {}),
    body: endpoint.body?.parse(given.body),
    idempotencyKey: given.key ?? null,
    note: () => undefined,
    setSession() {
      throw new Error('only sign-in sets a session')
    },
  } as unknown as Call<N>
  return endpoint.out.parse(await handler(call)) as Out<N>
}
