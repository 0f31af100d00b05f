// What people do on the site, in the app and in stores, and have not bought yet. Pure.
import type { Rule } from '../../rules/model.ts'
import { live, segment } from './model.ts'
import { forHours, hoursWithin, times, within } from './params.ts'
import { and, bought, days, event, happened, hours, last, not, or } from './rules.ts'

const quiet = forHours(1, 720, '幾小時沒有動作', 'Nothing more for so many hours')
const boughtNothing = (n: number): Rule => not(bought(1, {}, last(days(n))))
/** It happened within so many days, the last time so many hours ago. */
const leftAlone = (name: string, p: { days: number; hours: number }): Rule =>
  and(
    happened(name, last(days(p.days))),
    event(name, { of: 'last_at', test: { is: 'over_ago', span: hours(p.hours) } }, { in: 'ever' }),
  )

export const cartNotPaid = segment({
  key: 'cart_not_paid',
  family: 'behaviour',
  name: { zh: '購物車未結', en: 'Abandoned cart' },
  sentence: {
    zh: '最近 {days} 天加過購物車，已經 {hours} 小時沒再加，這 {days} 天沒有訂單',
    en: 'Added to the cart in the last {days} days, nothing more for {hours} h, and no order in those {days} days',
  },
  purpose: { zh: '最接近成交的一群，提醒一次就好。', en: 'Closest to buying: one reminder will do.' },
  params: { days: within(3), hours: quiet },
  check: hoursWithin,
  define: p => live(and(leftAlone('Product Added', p), boughtNothing(p.days))),
})

export const checkoutNotPaid = segment({
  key: 'checkout_not_paid',
  family: 'behaviour',
  name: { zh: '結帳到一半', en: 'Left at the checkout' },
  sentence: {
    zh: '最近 {days} 天開始結帳，已經 {hours} 小時沒動靜，這 {days} 天沒有訂單',
    en: 'Began a checkout in the last {days} days, nothing for {hours} h, and no order in those {days} days',
  },
  purpose: {
    zh: '多半卡在運費或付款，客服協助最有效。',
    en: 'Most stumble at shipping or payment: offer help.',
  },
  params: { days: within(3), hours: quiet },
  check: hoursWithin,
  define: p => live(and(leftAlone('Checkout Started', p), boughtNothing(p.days))),
})

export const viewedNotBought = segment({
  key: 'viewed_not_bought',
  family: 'behaviour',
  name: { zh: '看過沒買', en: 'Viewed, not bought' },
  sentence: {
    zh: '最近 {days} 天看過商品，這 {days} 天沒有訂單',
    en: 'Viewed a product in the last {days} days and ordered nothing in them',
  },
  purpose: { zh: '再行銷的基本名單。', en: 'The basic list for retargeting.' },
  params: { days: within(7) },
  define: p => live(and(happened('Product Viewed', last(days(p.days))), boughtNothing(p.days))),
})

export const viewedOften = segment({
  key: 'viewed_often_not_bought',
  family: 'behaviour',
  name: { zh: '看了好幾次還沒買', en: 'Viewed again and again, not bought' },
  sentence: {
    zh: '最近 {days} 天看商品 {times} 次以上，這 {days} 天沒有訂單',
    en: 'Viewed products {times} times or more in the last {days} days and ordered nothing in them',
  },
  purpose: { zh: '很有興趣，只差臨門一腳。', en: 'Keen; all that is missing is a nudge.' },
  params: { days: within(7), times: times(3) },
  define: p => live(and(happened('Product Viewed', last(days(p.days)), p.times), boughtNothing(p.days))),
})

export const wishlist = segment({
  key: 'wishlist_not_bought',
  family: 'behaviour',
  name: { zh: '收藏了還沒買', en: 'On the wishlist, not bought' },
  sentence: {
    zh: '最近 {days} 天收藏過商品，這 {days} 天沒有訂單',
    en: 'Put something on the wishlist in the last {days} days and ordered nothing in them',
  },
  purpose: { zh: '降價或到貨通知的對象。', en: 'Whom a price drop is news for.' },
  params: { days: within(30) },
  define: p => live(and(happened('Product Added to Wishlist', last(days(p.days))), boughtNothing(p.days))),
})

export const engagedVisitors = segment({
  key: 'engaged_visitors',
  family: 'behaviour',
  name: { zh: '近期認真逛的訪客', en: 'Recent engaged visitors' },
  sentence: {
    zh: '最近 {days} 天有 {times} 次以上互動造訪',
    en: 'Had {times} engaged visits or more in the last {days} days',
  },
  purpose: { zh: '現在就在考慮的人。', en: 'People who are thinking about it now.' },
  params: { days: within(14), times: times(2) },
  define: p => live(happened('visit.engaged', last(days(p.days)), p.times)),
})

export const storeVisitors = segment({
  key: 'store_visitors',
  family: 'behaviour',
  name: { zh: '最近到過門市', en: 'Visited a store' },
  sentence: { zh: '最近 {days} 天到過門市', en: 'Visited a store in the last {days} days' },
  purpose: { zh: '到店後的感謝與線上接續。', en: 'Thank them, and go on online.' },
  params: { days: within(30) },
  define: p => live(happened('Store Visited', last(days(p.days)))),
})

/** Any two of them. */
const pairs = (rules: Rule[]): Rule[] => rules.flatMap((a, i) => rules.slice(i + 1).map(b => and(a, b)))

export const highPotential = segment({
  key: 'high_potential',
  family: 'behaviour',
  name: { zh: '高潛力顧客', en: 'High potential' },
  sentence: {
    zh: '最近 {days} 天沒買，但有兩個以上訊號：造訪 {visits} 次、看商品 {views} 次、加購物車或收藏、打開或點過訊息',
    en: 'Bought nothing for {days} days, but shows two signals or more: {visits} visits, {views} products viewed, added to the cart or wishlist, opened or clicked a message',
  },
  purpose: {
    zh: '互動熱絡但還沒下單，最值得投入的一群。',
    en: 'Lively and not yet buying: where effort pays most.',
  },
  params: {
    days: within(30),
    visits: times(3, '造訪幾次', 'So many visits'),
    views: times(5, '看商品幾次', 'So many product views'),
  },
  define(p) {
    const window = last(days(p.days))
    const signals = [
      happened('visit.started', window, p.visits),
      happened('Product Viewed', window, p.views),
      happened(['Product Added', 'Product Added to Wishlist'], window),
      happened(['message.opened', 'message.clicked'], window),
    ]
    return live(and(boughtNothing(p.days), or(...pairs(signals))))
  },
})
