// What people edit has a version. It travels in the body, or as HTTP has it: answers carry it as ETag, a write names it in
// If-Match, and is refused with 412 when somebody else was faster.
import { z } from 'zod'
import { endpoints } from '../../contract.ts'
import { Problem } from '../errors.ts'

type Shape = { method: string; path: string; body?: z.ZodType }

/** Its body names the version that the change was made on. */
export const takesVersion = ({ body }: Pick<Shape, 'body'>): boolean =>
  body instanceof z.ZodObject && 'version' in body.shape

/** Paths of what is edited by version: their answers carry an ETag. */
const EDITED = new Set(
  Object.values(endpoints as Record<string, Shape>).flatMap(e =>
    takesVersion(e) && ['put', 'patch'].includes(e.method) ? [e.path] : [],
  ),
)

/** The body with the version that If-Match names.
 *  @throws Problem 400 `if_match` when it is no version of ours, names another than the body, or means nothing here */
export function withIfMatch(endpoint: Shape, ifMatch: string | undefined, body: unknown): unknown {
  if (ifMatch === undefined) return body
  const wrong = (title: string, action: string) =>
    new Problem(400, 'if_match', title, { path: 'If-Match', action })
  if (!takesVersion(endpoint))
    throw wrong('If-Match means nothing here: this is not edited by version', 'Leave the header out.')
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(ifMatch.trim())?.[1]
  if (version === undefined)
    throw wrong('If-Match is not a version', 'Send the ETag of the last answer, such as "3", as it was.')
  if (typeof body !== 'object' || body === null) return body
  const said = (body as { version?: unknown }).version
  if (said !== undefined && said !== Number(version))
    throw wrong('If-Match and the version in the body differ', 'Send one of them, or the same in both.')
  return { ...body, version: Number(version) }
}

/** The ETag of an answer; null for what is not edited. */
export function etagOf(endpoint: Shape, json: string): string | null {
  if (!EDITED.has(endpoint.path)) return null
  const { version } = JSON.parse(json) as { version?: unknown }
  return typeof version === 'number' ? `"${version}"` : null
}

/** A conflict of versions, where the caller said it by If-Match. */
export function asPrecondition(error: unknown, ifMatch: string | undefined): unknown {
  if (ifMatch === undefined || !(error instanceof Problem) || error.code !== 'version_conflict') return error
  const { message, action, path } = error
  return new Problem(412, 'version_conflict', message, { action, ...(path !== undefined && { path }) })
}
