// Whether somebody is a friend of an account. Pure.
import { friendshipWith } from '../customers/line.ts'
import type { CustomerState } from '../customers/model.ts'

export const isFriend = (state: CustomerState, settings: Record<string, string>): boolean =>
  friendshipWith(state, settings.provider ?? '')?.following === true
