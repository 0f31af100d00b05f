// Friendship with LINE accounts. LINE user ids and friendships are a provider's: what the default provider's account
// told is `line`, what others told is kept by the provider's name. Pure.
import type { CustomerState } from './model.ts'

type Friendship = NonNullable<CustomerState['line']>
type Lines = Pick<CustomerState, 'line' | 'lines'>

export const friendshipWith = (state: Lines, provider: string): Friendship | undefined =>
  provider === ''
    ? state.line
    : state.lines && Object.hasOwn(state.lines, provider)
      ? state.lines[provider]
      : undefined

/** Where no account is named: the newest friendship that stands; else the newest that ended. */
export function friendshipOf(state: Lines): Friendship | undefined {
  let best = state.line
  for (const line of Object.values(state.lines ?? {}))
    if (!best || (line.following === best.following ? line.at > best.at : line.following)) best = line
  return best
}

/** Follows the newest event; at the same moment the block. */
export function setFriendship(state: CustomerState, provider: string, next: Friendship): void {
  const held = friendshipWith(state, provider)
  if (held && (held.at > next.at || (held.at === next.at && next.following))) return
  if (provider === '') state.line = next
  else (state.lines ??= {})[provider] = next
}
