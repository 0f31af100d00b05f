// From a parsed request to stored events: clean each item, refuse the bad ones one by one, append the others.
import { LRUCache } from 'lru-cache'
import type { IdRef } from '../customers/model.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { knownAliases } from './alias.ts'
import type { AppendGroup } from './append-group.ts'
import { cleanItem, timeOf, type CleanContext, type Cleaned } from './clean.ts'
import { LIMITS, text, type Fault } from './json.ts'
import { type Dict, isDict } from '../platform/values.ts'
import type { Source } from './keys.ts'
import { recordReceipts } from '../messages/receipts.ts'
import { tapsIn } from '../messages/taps.ts'
import { recordRejected, type Rejected } from './rejected.ts'
import { verifyUserToken, type UserClaims } from './token.ts'

export type IntakeResult = { stored: number; refused: { index: number; fault: Fault }[] }

/** What a request asks for: a single call's type, or null where each item names its own; and whether it is a history
 *  that is taken over. */
export type Asked = { type: string | null; past?: boolean }

export type Intaker = {
  /** `bytes`: at least the size of the request, so that small ones need no measuring of their events */
  take(source: Source, asked: Asked, items: unknown[], outer: Dict, bytes: number): Promise<IntakeResult>
}

/** `group` takes what happens now, `bulk` what waits until the inbox is nearly empty. */
export function openIntaker(core: Core, group: AppendGroup, bulk: AppendGroup): Intaker {
  const tokens = new LRUCache<string, { claims: UserClaims; expiresAt: number }>({ max: 5_000 })

  async function claimsOf(source: Source, token: unknown): Promise<UserClaims | Fault | null> {
    if (token === undefined || token === null || token === '') return null
    if (typeof token !== 'string')
      return badToken('bad_token', 'The user token is not a text', 'Send the signed JWT.')
    const key = source.workspace + token
    const known = tokens.get(key)
    if (known && known.expiresAt > Date.now()) return known.claims
    try {
      const verified = await verifyUserToken(source.tokenSecret, token)
      tokens.set(key, verified)
      return verified.claims
    } catch (error) {
      if (error instanceof Problem) return badToken(error.code, error.message, error.action)
      throw error
    }
  }

  async function clean(
    source: Source,
    asked: Asked,
    item: unknown,
    outer: Dict,
    clocks: Pick<CleanContext, 'sentAt' | 'receivedAt'>,
    measure: boolean,
    aliases: Map<string, IdRef[]>,
  ): Promise<Cleaned> {
    if (measure && Buffer.byteLength(JSON.stringify(item) ?? '') > LIMITS.event) {
      return {
        fault: {
          code: 'event_too_large',
          path: null,
          detail: `The event has more than ${LIMITS.event} bytes`,
          action: 'Send less with it, or several events.',
        },
      }
    }
    let claims: UserClaims | null = null
    const token = tokenIn(item) ?? tokenIn(outer)
    if (token !== undefined) {
      const result = await claimsOf(source, token)
      if (result && 'code' in result) return { fault: result }
      claims = result
    }
    const context: CleanContext = {
      proof: source.proof,
      src: source.name,
      demandToken: source.demandToken,
      region: source.region,
      claims,
      ...clocks,
      ...asked,
    }
    if (isDict(item)) {
      if (isDict(outer.context) && item.context === undefined) item.context = outer.context
      if (claims === null && aliases.size > 0) context.previous = aliases.get(text(item.previousId) ?? '')
    }
    return cleanItem(item, context)
  }

  return {
    async take(source, asked, items, outer, bytes) {
      const clocks = {
        sentAt: outer.sentAt === undefined ? null : timeOf(outer.sentAt),
        receivedAt: Date.now(),
      }
      const measure = bytes > LIMITS.event
      const aliases =
        source.proof === 'server'
          ? await knownAliases(core, source.workspace, asked.type, items)
          : new Map<string, IdRef[]>()
      const events: EventBody[] = []
      const indexOf: number[] = []
      const refused: IntakeResult['refused'] = []
      const record: Rejected[] = []
      for (const [index, item] of items.entries()) {
        const cleaned = await clean(source, asked, item, outer, clocks, measure, aliases)
        if ('fault' in cleaned) {
          refused.push({ index, fault: cleaned.fault })
          record.push({ fault: cleaned.fault, item })
        } else {
          events.push(cleaned.event)
          indexOf.push(index)
          for (const note of cleaned.notes) record.push({ fault: note, item })
        }
      }
      if (events.length > 0) {
        const results = await (asked.past ? bulk : group).submit(
          events.map(event => ({ workspace: source.workspace, event })),
        )
        for (const [i, fault] of results.entries()) {
          if (!fault) continue
          refused.push({ index: indexOf[i]!, fault })
          record.push({ fault, item: items[indexOf[i]!] })
        }
        if (!asked.past) await recordReceipts(core, source.workspace, tapsIn(events, Date.now()))
      }
      if (record.length > 0) {
        await recordRejected(core.pool, source.workspace, source.name, record)
        core.signals.emit('live', `${source.workspace}:events`)
      }
      refused.sort((a, b) => a.index - b.index)
      return { stored: items.length - refused.length, refused }
    },
  }
}

const badToken = (code: string, detail: string, action: string): Fault => ({
  code,
  path: 'userToken',
  detail,
  action,
})

function tokenIn(item: unknown): unknown {
  if (!isDict(item)) return undefined
  return item.userToken ?? (isDict(item.context) ? item.context.userToken : undefined) ?? undefined
}
