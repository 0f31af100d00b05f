// What the router must be told about callers. src/team/access.ts knows it; it is passed in, so that platform imports no subject.
import type { Scope } from '../../contract.ts'
import type { Uuid } from '../ids.ts'
import type { Caller, WorkspaceRow } from './handler.ts'

export type Identity =
  | { kind: 'user'; caller: Extract<Caller, { kind: 'user' }>; session: Uint8Array }
  | { kind: 'key'; caller: Extract<Caller, { kind: 'key' }>; workspace: Uuid; scopes: Scope[] }

export type Seat = { workspace: WorkspaceRow; scopes: ReadonlySet<Scope>; caller: Caller }

export type AuditKind = 'saw' | 'changed' | 'exported' | 'published'
/** Counts and names of choices; never personal data. */
export type AuditDetail = Record<string, string | number | boolean>
export type Act = {
  workspace: Uuid | null
  caller: Caller
  action: string
  kind: AuditKind
  target: string | null
  detail: AuditDetail
}

export type Access = {
  /** By the Authorization header when there is one, else by the session cookie. @throws Problem 401 */
  identify(authorization: string | undefined, sessionToken: string | undefined): Promise<Identity>
  /** What the caller may do in the workspace a path names. One that does not exist and one of somebody else look
   *  alike. @throws Problem 404 */
  seatIn(who: Identity, publicWorkspace: string): Promise<Seat>
  /** Writes the audit line of an act. */
  record(act: Act): Promise<void>
}
