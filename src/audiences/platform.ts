// The contract of an advertising platform: one file beside this, and one line in platforms.ts.
import type { SendResult } from '../channels/adapter.ts'
import { STAND_IN } from '../channels/stand-in.ts'
import type { Core } from '../platform/core.ts'
import type { Hashes } from './model.ts'
import type { AudienceRow } from './store.ts'

export type Purchase = { id: string; at: number; currency: string; value: number; order: string }

export type Platform = {
  /** people that one request names */
  batch: number
  /** What must be filled in before it can be told of anybody; null: nothing is missing. */
  missing(given: Given): { path: string; what: string } | null
  /** Adding and removing may both be repeated: what is not known is told again. */
  tell(
    core: Core,
    of: AudienceRow,
    how: 'add' | 'remove',
    people: Hashes[],
    signal: AbortSignal,
  ): Promise<SendResult>
  /** tells a purchase back, under an id by which the platform knows a repeat */
  purchase?(
    core: Core,
    of: AudienceRow,
    buyer: Hashes,
    purchase: Purchase,
    signal: AbortSignal,
  ): Promise<SendResult>
  /** Nobody can be taken out there: a new one is made without who left. Deletes what is in use no more. */
  drop?(core: Core, of: AudienceRow, remote: string, signal: AbortSignal): Promise<SendResult>
}

export type Given = { settings: Record<string, string>; account: boolean; secret: boolean }

export type Access = { baseUrl: string | undefined; secret: string; trusted: boolean }

/** Where it is and by which secret; a sandbox's is our own stand-in. */
export function accessOf(core: Core, of: AudienceRow, standInPath: string): Access {
  const secrets = of.secrets ? (JSON.parse(core.secrets.open(of.secrets)) as Record<string, string>) : {}
  const { baseUrl } = of.settings
  const own = baseUrl === STAND_IN
  return {
    baseUrl: own ? `${core.baseUrl}${standInPath}` : baseUrl,
    secret: secrets.accessToken ?? '',
    trusted: own || core.config.allowPrivateUrls,
  }
}
