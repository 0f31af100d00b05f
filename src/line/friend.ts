// Whether somebody is a friend of an account. Pure.
import { friendKey, friendshipWith } from '../customers/line.ts'
import type { CustomerState } from '../customers/model.ts'

export const isFriend = (state: CustomerState, settings: Record<string, string>): boolean =>
  friendshipWith(state, friendKey(settings.provider, settings.oa))?.following === true
