// What a handler of an endpoint of src/contract.ts is given and must give back.
import type { z } from 'zod'
import type { endpoints, EndpointName, Out, Role, Scope } from '../../contract.ts'
import type { Core } from '../core.ts'
import type { Uuid } from '../ids.ts'
import type { AuditDetail } from './access.ts'

export type Caller =
  | { kind: 'user'; id: Uuid; email: string; name: string; role: Role | null }
  | { kind: 'key'; id: Uuid; name: string }

/** How the audit trail and commands name the caller. */
export const actorOf = (caller: Caller): string =>
  caller.kind === 'user' ? caller.email : 'key ' + caller.name

export type WorkspaceRow = {
  id: Uuid
  name: string
  kind: 'live' | 'sandbox'
  timezone: string
  locale: string
  currency: string
  clockOffsetMs: number
  clockTarget: Date | null
  settings: Record<string, unknown>
  version: number
}

type Parsed<N extends EndpointName, K extends 'body' | 'query'> = (typeof endpoints)[N] extends {
  [P in K]: infer Z extends z.ZodType
}
  ? z.output<Z>
  : undefined

export type Call<N extends EndpointName> = {
  core: Core
  /** Endpoints of scope 'public': throws when read */
  caller: Caller
  /** scopes the caller has in this workspace */
  scopes: ReadonlySet<Scope>
  /** the workspace of a path with {ws}: it exists and the caller may see it. Others: throws when read */
  workspace: WorkspaceRow
  /** path parameters as written (public ids) */
  params: Record<string, string>
  query: Parsed<N, 'query'>
  body: Parsed<N, 'body'>
  idempotencyKey: string | null
  requestId: string
  /** hash of this session's token; null for API keys and public endpoints */
  session: Uint8Array | null
  /** address of the caller's socket, for rate limits */
  remoteAddress: string
  /** another 2xx than 200: 202 for what is not decided yet */
  setStatus(status: number): void
  /** adds to this call's line in the audit log: counts and choices, never personal data */
  note(detail: AuditDetail): void
  /** sets or clears the session cookie; only sign-in and sign-out use it */
  setSession(token: string | null): void
}

export type Handler<N extends EndpointName> = (call: Call<N>) => Promise<Out<N>>
/** A subject's routes.ts exports one object of these: `export const customerRoutes = {...} satisfies Handlers`. */
export type Handlers = { [N in EndpointName]?: Handler<N> }
/** What the server needs: none is missing. */
export type AllHandlers = { [N in EndpointName]: Handler<N> }
