// Friendship with LINE accounts. LINE user ids are a provider's, friendships an account's: what the first account of the default
// provider told is `line`, what others told is kept by their key: the provider's name, and `#oa` behind it for any account
// but the provider's first. Pure.
import type { CustomerState } from './model.ts'

type Friendship = NonNullable<CustomerState['line']>
type Lines = Pick<CustomerState, 'line' | 'lines'>

/** Under which the friends of an account are kept. */
export const friendKey = (provider: string | undefined, oa: string | undefined): string =>
  (provider ?? '') + (oa ? `#${oa}` : '')

/** Whether somebody whom this provider knows is a friend of one of its accounts. */
export const isFriendOf = (state: Lines, provider: string): boolean =>
  friendshipWith(state, provider)?.following === true ||
  Object.entries(state.lines ?? {}).some(([key, l]) => l.following && key.startsWith(`${provider}#`))

export const friendshipWith = (state: Lines, key: string): Friendship | undefined =>
  key === '' ? state.line : state.lines && Object.hasOwn(state.lines, key) ? state.lines[key] : undefined

/** Where no account is named: the newest friendship that stands; else the newest that ended. */
export function friendshipOf(state: Lines): Friendship | undefined {
  let best = state.line
  for (const line of Object.values(state.lines ?? {}))
    if (!best || (line.following === best.following ? line.at > best.at : line.following)) best = line
  return best
}

/** Follows the newest event; at the same moment the block. */
export function setFriendship(state: CustomerState, key: string, next: Friendship): void {
  const held = friendshipWith(state, key)
  if (held && (held.at > next.at || (held.at === next.at && next.following))) return
  if (key === '') state.line = next
  else (state.lines ??= {})[key] = next
}
