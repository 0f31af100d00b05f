// All ready segments: a line each; the order is the gallery's.
import * as behaviour from './behaviour.ts'
import * as data from './data.ts'
import * as engagement from './engagement.ts'
import * as lifecycle from './lifecycle.ts'
import * as member from './member.ts'
import type { LibrarySegment } from './model.ts'
import * as preference from './preference.ts'
import * as purchase from './purchase.ts'
import * as reach from './reach.ts'
import * as source from './source.ts'
import * as value from './value.ts'

export const LIBRARY: readonly LibrarySegment[] = [
  lifecycle.nasld,
  lifecycle.newCustomers,
  lifecycle.activeCustomers,
  lifecycle.sleepingCustomers,
  lifecycle.lostCustomers,
  lifecycle.deepAsleep,
  lifecycle.dueAgain,
  lifecycle.neverBoughtMembers,
  value.rfm,
  value.rfmGrid,
  value.champions,
  value.atRisk,
  value.bigSpenders,
  value.sleepingVip,
  purchase.firstOrderOnly,
  purchase.repeatBuyers,
  purchase.recentBuyers,
  purchase.highOrderValue,
  purchase.categoryBuyers,
  purchase.categoryDue,
  purchase.omnichannelShoppers,
  purchase.onlineOnly,
  purchase.storeOnly,
  purchase.unpaidOrders,
  purchase.oftenReturned,
  preference.favouriteCategory,
  preference.categoryLovers,
  preference.brandLovers,
  preference.likesNotBought,
  behaviour.highPotential,
  behaviour.cartNotPaid,
  behaviour.checkoutNotPaid,
  behaviour.viewedNotBought,
  behaviour.viewedOften,
  behaviour.wishlist,
  behaviour.engagedVisitors,
  behaviour.storeVisitors,
  engagement.activeLately,
  engagement.openedOrClicked,
  engagement.silentReaders,
  engagement.notContacted,
  engagement.waitingForReply,
  reach.reachableByLine,
  reach.reachableByEmail,
  reach.reachableBySms,
  reach.unreachable,
  reach.lineNotBound,
  reach.newFriends,
  reach.consentUnasked,
  member.birthdayThisMonth,
  member.anniversarySoon,
  member.newMembers,
  member.ofTier,
  member.tierGap,
  member.couponExpiring,
  member.couponUnused,
  member.pointsToSpend,
  source.fromCampaign,
  source.fromStoreQr,
  source.fromAds,
  source.fromSearch,
  data.dataIncomplete,
  data.holdout,
]
