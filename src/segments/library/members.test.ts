// Who is in each ready segment, and who is not: people made by what happens to them, through the reducer, with the
// boundary of each parameter.
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, id, uuid } from '../../../test/reducer.ts'
import { published, Shopper } from '../../../test/segment-people.ts'
import { installable } from './install.ts'
import { NO_FIGURES, readValues, type ShopFigures } from './model.ts'
import { LIBRARY } from './register.ts'

const FIGURES: ShopFigures = {
  ...NO_FIGURES,
  categories: ['茶葉', '茶器'],
  brands: ['霧丘'],
  tiers: ['gold'],
  campaigns: ['spring'],
}

/** Something happens to a shopper; the group they are then in, 'out' for none. */
type Case = [who: string, is: string, (p: Shopper) => unknown]
type Cases = { with?: Record<string, unknown>; people: Case[] }

const HOURS = (n: number, ms = 0) => (n * HOUR + ms) / DAY
const viewed = { name: 'Product Viewed', props: { product_id: 'P1', category: '茶葉', brand: '霧丘', price: 500 } }
const look = (p: Shopper, category = '茶葉', times = 1) => {
  for (let i = 0; i < times; i++) p.does(viewed.name, { ...viewed.props, category })
}
const line = (category: string, quantity = 1) => ({ sku: `${category}-1`, category, price: 500, quantity })
const email = id('email', 'ming@example.com')
const phone = id('phone', '+886900000001')
const lineUid = id('line_uid', 'U' + '1'.repeat(32))
const holds = (p: Shopper, ...ids: (typeof email)[]) => p.does('Seen', {}, { ids })
const follows = (p: Shopper, unblocked = false) =>
  p.told('contact.followed', { channel: 'line', is_unblocked: unblocked }, { proof: 'provider', ids: [lineUid] })
const agrees = (p: Shopper, channel: string, on = true) =>
  p.told(on ? 'consent.granted' : 'consent.refused', { channel, purpose: 'marketing' })
const message = (p: Shopper, state: 'accepted' | 'opened' | 'clicked', n = 1, purpose = 'marketing') =>
  p.fold({
    kind: 'outcome',
    now: p.now,
    received: p.now,
    body: {
      message: uuid(0x900 + n),
      enrollment: null,
      node: null,
      journey: null,
      channel: 'email',
      state,
      outcome: state === 'accepted' ? 'accepted' : null,
      reason: null,
      at: p.now,
      purpose,
    } as never,
  })

const RFM = { recency: [30, 60, 120, 240], frequency: [1, 2, 3, 5], monetary: [1_000, 2_000, 4_000, 8_000] }

const CASES: Record<string, Cases> = {
  nasld: {
    with: { onceDays: 60 },
    people: [
      ['who never bought', 'rest', p => p.join()],
      ['who bought once, until two cycles are over', 'new', p => p.buys().days(120, -1)],
      ['from the very moment they are over', 'sleeping', p => p.buys().days(120)],
      ['until two and a half', 'sleeping', p => p.buys().days(150, -1)],
      ['from then on', 'lost', p => p.buys().days(150)],
      ['until three', 'lost', p => p.buys().days(180, -1)],
      ['from then on for good', 'deep', p => p.buys().days(180)],
      ['who buys every 30 days, within two of their own cycles', 'active', p => p.buys().days(30).buys().days(60, -1)],
      ['who buys every 30 days, after them', 'sleeping', p => p.buys().days(30).buys().days(60)],
      ['who buys again when asleep: 200 days are now the cycle', 'active', p => p.buys().days(200).buys()],
      ['whose only order came back', 'rest', p => p.buys().returns()],
    ],
  },
  new_customers: {
    with: { onceDays: 60 },
    people: [
      ['bought once', 'in', p => p.buys().days(120, -1)],
      ['two cycles ago', 'out', p => p.buys().days(120)],
      ['bought twice', 'out', p => p.buys().days(10).buys()],
      ['never bought', 'out', p => p.join()],
    ],
  },
  active_customers: {
    with: { onceDays: 60 },
    people: [
      ['within two own cycles', 'in', p => p.buys().days(30).buys().days(60, -1)],
      ['two own cycles ago', 'out', p => p.buys().days(30).buys().days(60)],
      ['bought once', 'out', p => p.buys()],
    ],
  },
  sleeping_customers: {
    with: { onceDays: 60 },
    people: [
      ['just before', 'out', p => p.buys().days(120, -1)],
      ['from two cycles', 'in', p => p.buys().days(120)],
      ['to just before two and a half', 'in', p => p.buys().days(150, -1)],
      ['two and a half', 'out', p => p.buys().days(150)],
    ],
  },
  lost_customers: {
    with: { onceDays: 60 },
    people: [
      ['just before', 'out', p => p.buys().days(150, -1)],
      ['from two and a half cycles', 'in', p => p.buys().days(150)],
      ['three', 'out', p => p.buys().days(180)],
    ],
  },
  deep_asleep: {
    with: { onceDays: 60 },
    people: [
      ['just before', 'out', p => p.buys().days(180, -1)],
      ['from three cycles', 'in', p => p.buys().days(180)],
      ['bought again', 'out', p => p.buys().days(180).buys()],
    ],
  },
  due_again: {
    with: { onceDays: 60 },
    people: [
      ['just before 0.8 cycles', 'out', p => p.buys().days(48, -1)],
      ['from 0.8', 'in', p => p.buys().days(48)],
      ['to just before 1.2', 'in', p => p.buys().days(72, -1)],
      ['1.2', 'out', p => p.buys().days(72)],
    ],
  },
  members_never_bought: {
    people: [
      ['a member', 'in', p => p.join()],
      ['a member who bought', 'out', p => p.join().buys()],
      ['a member whose order came back', 'in', p => p.join().buys().returns()],
      ['a visitor', 'out', p => p.does('Page Viewed')],
    ],
  },
  rfm: {
    with: RFM,
    people: [
      ['never bought', 'rest', p => p.join()],
      ['four orders of 4,200 in all, the last less than 60 days ago', 'champions', p => (buysTimes(p, 4, 1_050), p.days(60, -1))],
      ['the same, 60 days ago: loyal', 'loyal', p => (buysTimes(p, 4, 1_050), p.days(60))],
      ['three orders', 'loyal', p => buysTimes(p, 3, 100)],
      ['one of 8,001', 'big_spenders', p => p.buys(8_001)],
      ['one of 8,000', 'recent', p => p.buys(8_000)],
      ['four orders, 240 days ago', 'cannot_lose', p => (buysTimes(p, 4, 100), p.days(240))],
      ['three orders, 120 days ago', 'at_risk', p => (buysTimes(p, 3, 100), p.days(120))],
      ['one order', 'recent', p => p.buys(500).days(30, -1)],
      ['30 days ago', 'promising', p => p.buys(500).days(30)],
      ['60 days ago', 'needs_attention', p => p.buys(500).days(60)],
      ['120 days ago', 'about_to_sleep', p => p.buys(500).days(120)],
      ['240 days ago', 'hibernating', p => p.buys(500).days(240)],
      ['365 days ago', 'rest', p => p.buys(500).days(365)],
    ],
  },
  rfm_grid: {
    with: { recency: [30, 90], frequency: [1, 3] },
    people: [
      ['never bought', 'rest', p => p.join()],
      ['four orders', 'recent_often', p => buysTimes(p, 4, 100)],
      ['three', 'recent_sometimes', p => buysTimes(p, 3, 100)],
      ['one', 'recent_seldom', p => p.buys()],
      ['30 days ago', 'while_seldom', p => p.buys().days(30)],
      ['90 days ago', 'long_seldom', p => p.buys().days(90)],
      ['four, 90 days ago', 'long_often', p => (buysTimes(p, 4, 100), p.days(90))],
    ],
  },
  champions: {
    with: RFM,
    people: [
      ['all three', 'in', p => (buysTimes(p, 4, 1_001), p.days(60, -1))],
      ['60 days ago', 'out', p => (buysTimes(p, 4, 1_001), p.days(60))],
      ['three orders', 'out', p => buysTimes(p, 3, 2_000)],
      ['exactly 4,000', 'out', p => buysTimes(p, 4, 1_000)],
    ],
  },
  at_risk: {
    with: RFM,
    people: [
      ['three orders, 120 days ago', 'in', p => (buysTimes(p, 3, 100), p.days(120))],
      ['a little less', 'out', p => (buysTimes(p, 3, 100), p.days(120, -1))],
      ['two orders', 'out', p => (buysTimes(p, 2, 100), p.days(120))],
      ['two orders of 4,002', 'in', p => (buysTimes(p, 2, 2_001), p.days(120))],
      ['not within the year', 'out', p => (buysTimes(p, 3, 100), p.days(365))],
    ],
  },
  big_spenders: {
    with: { amount: 5_000 },
    people: [
      ['5,000', 'in', p => p.buys(5_000)],
      ['4,999', 'out', p => p.buys(4_999)],
      ['returned', 'out', p => p.buys(5_000).returns()],
      ['a year ago', 'out', p => p.buys(5_000).days(365)],
    ],
  },
  sleeping_vip: {
    with: { amount: 5_000, days: 90 },
    people: [
      ['90 days ago', 'in', p => p.buys(5_000).days(90)],
      ['a little less', 'out', p => p.buys(5_000).days(90, -1)],
      ['4,999', 'out', p => p.buys(4_999).days(90)],
    ],
  },
  first_order_only: {
    people: [
      ['30 days ago', 'in', p => p.buys().days(30)],
      ['a little less', 'out', p => p.buys().days(30, -1)],
      ['two', 'out', p => p.buys().buys().days(30)],
      ['none', 'out', p => p.join().days(30)],
    ],
  },
  repeat_buyers: {
    people: [
      ['two', 'in', p => p.buys().buys()],
      ['one', 'out', p => p.buys()],
      ['two, one came back', 'out', p => p.buys().buys().returns()],
    ],
  },
  recent_buyers: {
    people: [
      ['just under 14 days ago', 'in', p => p.buys().days(14, -1)],
      ['14 days ago', 'out', p => p.buys().days(14)],
    ],
  },
  high_order_value: {
    with: { amount: 1_000 },
    people: [
      ['1,001 on average', 'in', p => p.buys(2_000).buys(2)],
      ['1,000 on average', 'out', p => p.buys(1_999).buys(1)],
      ['no orders', 'out', p => p.join()],
    ],
  },
  category_buyers: {
    with: { categories: ['洋裝'] },
    people: [
      ['bought and paid', 'in', p => p.buys(500, { products: [line('洋裝')] })],
      ['not paid yet', 'out', p => p.buys(500, { products: [line('洋裝')], payment_status: 'unpaid' })],
      ['returned', 'out', p => p.buys(500, { products: [line('洋裝')] }).returns()],
      ['only this line returned', 'out', p => returnsLine(p.buys(1_000, { products: [line('洋裝'), line('鞋子')] }), '洋裝')],
      ['only the other line returned', 'in', p => returnsLine(p.buys(1_000, { products: [line('洋裝'), line('鞋子')] }), '鞋子')],
      ['another category', 'out', p => p.buys(500, { products: [line('鞋子')] })],
    ],
  },
  category_due: {
    with: { categories: ['茶葉'], days: 60 },
    people: [
      ['60 days ago', 'in', p => p.buys(500, { products: [line('茶葉')] }).days(60)],
      ['a little less', 'out', p => p.buys(500, { products: [line('茶葉')] }).days(60, -1)],
      ['something else since', 'in', p => p.buys(500, { products: [line('茶葉')] }).days(50).buys(500, { products: [line('茶器')] }).days(10)],
      ['never', 'out', p => p.buys(500, { products: [line('茶器')] }).days(60)],
    ],
  },
  omnichannel_shoppers: {
    people: [
      ['both', 'in', p => p.buys(1, { sales_channel: 'online' }).buys(1, { sales_channel: 'store' })],
      ['online', 'out', p => p.buys(1, { sales_channel: 'online' })],
      ['both, the store’s came back', 'out', p => p.buys(1, { sales_channel: 'online' }).buys(1, { sales_channel: 'store' }).returns()],
    ],
  },
  online_only: {
    people: [
      ['online', 'in', p => p.buys(1, { sales_channel: 'online' })],
      ['no channel said: online', 'in', p => p.buys(1)],
      ['both', 'out', p => p.buys(1, { sales_channel: 'online' }).buys(1, { sales_channel: 'store' })],
      ['store', 'out', p => p.buys(1, { sales_channel: 'store' })],
    ],
  },
  store_only: {
    people: [
      ['store', 'in', p => p.buys(1, { sales_channel: 'store' })],
      ['both', 'out', p => p.buys(1, { sales_channel: 'store' }).buys(1, { sales_channel: 'online' })],
      ['online', 'out', p => p.buys(1, { sales_channel: 'online' })],
    ],
  },
  unpaid_orders: {
    people: [
      ['not paid', 'in', p => p.buys(1, { payment_status: 'unpaid' }).days(7, -1)],
      ['7 days ago', 'out', p => p.buys(1, { payment_status: 'unpaid' }).days(7)],
      ['paid', 'out', p => p.buys(1)],
    ],
  },
  often_returned: {
    people: [
      ['two', 'in', p => p.buys().returns().buys().returns()],
      ['one', 'out', p => p.buys().returns()],
      ['placed 180 days ago', 'out', p => p.buys().returns().buys().returns().days(180)],
    ],
  },
  favourite_category: {
    with: { categories: ['茶葉', '茶器'] },
    people: [
      ['looks at leaf tea', 'c1', p => look(p)],
      ['looks at ware most', 'c2', p => (look(p), look(p, '茶器', 2))],
      ['looks at neither', 'rest', p => look(p, '禮盒')],
      ['did nothing of the kind', 'rest', p => p.join()],
    ],
  },
  category_lovers: {
    with: { categories: ['茶葉'], top: 2 },
    people: [
      ['second favourite', 'in', p => (look(p), look(p, '茶器', 2))],
      ['third favourite', 'out', p => (look(p), look(p, '茶器', 2), look(p, '禮盒', 2))],
      ['nothing', 'out', p => p.join()],
    ],
  },
  brand_lovers: {
    people: [
      ['its brand', 'in', p => look(p)],
      ['another', 'out', p => p.does('Product Viewed', { product_id: 'P', brand: '別家' })],
    ],
  },
  likes_not_bought: {
    with: { categories: ['茶葉'] },
    people: [
      ['likes it', 'in', p => look(p)],
      ['likes and bought it', 'out', p => (look(p), p.buys(500, { products: [line('茶葉')] }))],
      ['bought it and gave it back', 'in', p => (look(p), p.buys(500, { products: [line('茶葉')] }).returns())],
      ['likes another', 'out', p => look(p, '茶器')],
    ],
  },
  high_potential: {
    with: { visits: 3, views: 5 },
    people: [
      ['five views and a cart', 'in', p => (look(p, '茶葉', 5), p.does('Product Added', { product_id: 'P1' }))],
      ['four views and a cart', 'out', p => (look(p, '茶葉', 4), p.does('Product Added', { product_id: 'P1' }))],
      ['three visits and a wish', 'in', p => (look(p), p.days(1), look(p), p.days(1), look(p), p.does('Product Added to Wishlist', { product_id: 'P1' }))],
      ['two visits and a wish', 'out', p => (look(p), p.days(1), look(p), p.does('Product Added to Wishlist', { product_id: 'P1' }))],
      ['a click and a cart', 'in', p => (p.does('Product Added', { product_id: 'P1' }), message(p, 'clicked'))],
      ['a click alone', 'out', p => (p.join(), message(p, 'clicked'))],
      ['who bought', 'out', p => (look(p, '茶葉', 5), p.does('Product Added', { product_id: 'P1' }).buys())],
      ['30 days later', 'out', p => (look(p, '茶葉', 5), p.does('Product Added', { product_id: 'P1' }).days(30))],
    ],
  },
  cart_not_paid: {
    people: [
      ['an hour ago', 'in', p => p.does('Product Added', { product_id: 'P1' }).days(HOURS(1))],
      ['a little less', 'out', p => p.does('Product Added', { product_id: 'P1' }).days(HOURS(1, -1))],
      ['three days ago', 'out', p => p.does('Product Added', { product_id: 'P1' }).days(3)],
      ['ordered', 'out', p => p.does('Product Added', { product_id: 'P1' }).days(HOURS(1)).buys()],
    ],
  },
  checkout_not_paid: {
    people: [
      ['an hour ago', 'in', p => p.does('Checkout Started').days(HOURS(1))],
      ['a little less', 'out', p => p.does('Checkout Started').days(HOURS(1, -1))],
      ['ordered', 'out', p => p.does('Checkout Started').buys().days(HOURS(1))],
    ],
  },
  viewed_not_bought: {
    people: [
      ['within 7 days', 'in', p => (look(p), p.days(7, -1))],
      ['7 days ago', 'out', p => (look(p), p.days(7))],
      ['bought', 'out', p => (look(p), p.buys())],
    ],
  },
  viewed_often_not_bought: {
    people: [
      ['three times', 'in', p => look(p, '茶葉', 3)],
      ['twice', 'out', p => look(p, '茶葉', 2)],
      ['bought', 'out', p => (look(p, '茶葉', 3), p.buys())],
    ],
  },
  wishlist_not_bought: {
    people: [
      ['within 30 days', 'in', p => p.does('Product Added to Wishlist', { product_id: 'P1' }).days(30, -1)],
      ['30 days ago', 'out', p => p.does('Product Added to Wishlist', { product_id: 'P1' }).days(30)],
      ['bought', 'out', p => p.does('Product Added to Wishlist', { product_id: 'P1' }).buys()],
    ],
  },
  engaged_visitors: {
    people: [
      ['two engaged visits', 'in', p => (visit(p), p.days(1), visit(p))],
      ['one', 'out', p => visit(p)],
      ['14 days ago', 'out', p => (visit(p), visit(p.days(1)), p.days(14))],
    ],
  },
  store_visitors: {
    people: [
      ['within 30 days', 'in', p => p.does('Store Visited', { store: 'TPE01' }).days(30, -1)],
      ['30 days ago', 'out', p => p.does('Store Visited', { store: 'TPE01' }).days(30)],
    ],
  },
  active_lately: {
    people: [
      ['within 30 days', 'in', p => (look(p), p.days(30, -1))],
      ['30 days ago', 'out', p => (look(p), p.days(30))],
      ['only spoken of', 'out', p => agrees(p.join(), 'email')],
    ],
  },
  opened_or_clicked: {
    people: [
      ['opened', 'in', p => (p.join(), message(p, 'opened'), p.days(30, -1))],
      ['clicked', 'in', p => (p.join(), message(p, 'clicked'))],
      ['30 days ago', 'out', p => (p.join(), message(p, 'opened'), p.days(30))],
      ['sent only', 'out', p => (p.join(), message(p, 'accepted'))],
    ],
  },
  sent_not_opened: {
    people: [
      ['three', 'in', p => (p.join(), message(p, 'accepted', 1), message(p, 'accepted', 2), message(p, 'accepted', 3))],
      ['two', 'out', p => (p.join(), message(p, 'accepted', 1), message(p, 'accepted', 2))],
      ['opened one', 'out', p => (p.join(), message(p, 'accepted', 1), message(p, 'accepted', 2), message(p, 'accepted', 3), message(p, 'opened', 3))],
    ],
  },
  not_contacted: {
    people: [
      ['never', 'in', p => p.join()],
      ['14 days ago', 'in', p => (p.join(), message(p, 'accepted'), p.days(14))],
      ['a little less', 'out', p => (p.join(), message(p, 'accepted'), p.days(14, -1))],
    ],
  },
  waiting_for_reply: {
    people: [
      ['for 4 hours', 'in', p => (writes(p), p.days(HOURS(4)))],
      ['a little less', 'out', p => (writes(p), p.days(HOURS(4, -1)))],
      ['answered', 'out', p => (writes(p), p.days(HOURS(5)), replies(p))],
      ['wrote again after the answer', 'in', p => (writes(p), p.days(HOURS(1)), replies(p), p.days(HOURS(1)), writes(p), p.days(HOURS(4)))],
      ['7 days ago', 'out', p => (writes(p), p.days(7))],
    ],
  },
  reachable_by_line: {
    people: [
      ['a friend', 'in', p => follows(p)],
      ['who refused', 'out', p => (follows(p), agrees(p, 'line', false))],
      ['who blocked', 'out', p => (follows(p), p.told('contact.unfollowed', { channel: 'line' }, { proof: 'provider', ids: [lineUid] }))],
    ],
  },
  reachable_by_email: {
    people: [
      ['agreed', 'in', p => (holds(p, email), agrees(p, 'email'))],
      ['was not asked', 'out', p => holds(p, email)],
      ['refused', 'out', p => (holds(p, email), agrees(p, 'email', false))],
    ],
  },
  reachable_by_sms: {
    people: [
      ['agreed', 'in', p => (holds(p, phone), agrees(p, 'sms'))],
      ['agreed to e-mail', 'out', p => (holds(p, phone), agrees(p, 'email'))],
    ],
  },
  unreachable: {
    people: [
      ['a member', 'in', p => p.join()],
      ['a friend', 'out', p => follows(p.join())],
      ['by e-mail', 'out', p => (holds(p.join(), email), agrees(p, 'email'))],
      ['a visitor', 'out', p => look(p)],
    ],
  },
  line_not_bound: {
    people: [
      ['a member', 'in', p => p.join()],
      ['bound', 'out', p => follows(p.join())],
      ['a visitor', 'out', p => look(p)],
    ],
  },
  new_friends: {
    people: [
      ['within 7 days', 'in', p => follows(p).days(7, -1)],
      ['7 days ago', 'out', p => follows(p).days(7)],
      ['unblocked', 'out', p => follows(p, true)],
      ['blocked since', 'out', p => follows(p).told('contact.unfollowed', { channel: 'line' }, { proof: 'provider', ids: [lineUid] })],
    ],
  },
  email_consent_unasked: {
    people: [
      ['verified', 'in', p => holds(p, email)],
      ['agreed', 'out', p => (holds(p, email), agrees(p, 'email'))],
      ['refused', 'out', p => (holds(p, email), agrees(p, 'email', false))],
      ['no address', 'out', p => p.join()],
    ],
  },
  birthday_this_month: {
    people: [
      ['the last day of the month', 'in', p => p.is({ birthday: '1990-03-31' })],
      ['of the next month', 'out', p => p.is({ birthday: '1990-04-01' })],
      // START is 2 March 10:00 in Taipei: the month ends after 29 days and 14 hours
      ['a month later, to the millisecond', 'out', p => p.is({ birthday: '1990-03-31' }).days(29 + 14 / 24)],
      ['and just before', 'in', p => p.is({ birthday: '1990-03-31' }).days(29 + 14 / 24, -1)],
      ['unknown', 'out', p => p.join()],
    ],
  },
  anniversary_soon: {
    people: [
      ['in 30 days', 'in', p => p.is({ birthday: '1990-04-01' })],
      ['in 31 days', 'out', p => p.is({ birthday: '1990-04-02' })],
      ['today', 'in', p => p.is({ birthday: '1990-03-02' })],
      ['yesterday', 'out', p => p.is({ birthday: '1990-03-01' })],
      ['in 31 days, from midnight on', 'in', p => p.is({ birthday: '1990-04-02' }).days(14 / 24)],
    ],
  },
  new_members: {
    people: [
      ['within 30 days', 'in', p => p.join().does('Signed Up').days(30, -1)],
      ['30 days ago', 'out', p => p.join().does('Signed Up').days(30)],
    ],
  },
  of_tier: {
    people: [
      ['gold', 'in', p => p.told('tier.changed', { tier: 'gold' })],
      ['silver', 'out', p => p.told('tier.changed', { tier: 'silver' })],
      ['not gold any more', 'out', p => (p.told('tier.changed', { tier: 'gold' }).days(1), p.told('tier.changed', { tier: 'silver' }))],
      ['none', 'out', p => p.join()],
    ],
  },
  tier_gap: {
    with: { threshold: 10_000, gap: 1_000, days: 365 },
    people: [
      ['9,000', 'in', p => p.buys(9_000)],
      ['8,999', 'out', p => p.buys(8_999)],
      ['9,999', 'in', p => p.buys(9_999)],
      ['10,000', 'out', p => p.buys(10_000)],
      ['gold already', 'out', p => p.buys(9_000).told('tier.changed', { tier: 'gold' })],
    ],
  },
  coupon_expiring: {
    people: [
      ['in just under 7 days', 'in', p => coupon(p, 7 * DAY - 1)],
      ['in over 7 days', 'out', p => coupon(p, 7 * DAY + 1)],
      ['expired', 'out', p => coupon(p, DAY).days(1)],
      ['used', 'out', p => coupon(p, DAY).told('coupon.redeemed', { coupon: 'WELCOME', code: 'C-1' })],
    ],
  },
  coupon_unused: {
    people: [
      ['holds one', 'in', p => coupon(p, DAY)],
      ['expired', 'out', p => coupon(p, DAY).days(1)],
      ['used', 'out', p => coupon(p, DAY).told('coupon.redeemed', { coupon: 'WELCOME', code: 'C-1' })],
      ['none', 'out', p => p.join()],
    ],
  },
  points_to_spend: {
    people: [
      ['100', 'in', p => p.told('points.changed', { balance: 100 })],
      ['99', 'out', p => p.told('points.changed', { balance: 99 })],
      ['unknown', 'out', p => p.join()],
    ],
  },
  from_campaign: {
    people: [
      ['spring', 'in', p => p.does('Page Viewed', { campaign: { source: 'ig', name: 'spring' } }, { type: 'page' })],
      ['autumn first', 'out', p => p.does('Page Viewed', { campaign: { source: 'ig', name: 'autumn' } }, { type: 'page' }).days(1).does('Page Viewed', { campaign: { source: 'ig', name: 'spring' } }, { type: 'page' })],
    ],
  },
  from_store_qr: {
    people: [
      ['by the code', 'in', p => p.does('Page Viewed', { store: 'TPE01' }, { type: 'page' })],
      ['walked in', 'out', p => p.does('Store Visited', { store: 'TPE01' })],
    ],
  },
  from_ads: {
    people: [
      ['by an ad', 'in', p => p.does('Page Viewed', { ad_id: 'A1' }, { type: 'page' })],
      ['by search', 'out', p => p.does('Page Viewed', { referrer: 'https://www.google.com/' }, { type: 'page' })],
    ],
  },
  from_search: {
    people: [
      ['by search', 'in', p => p.does('Page Viewed', { referrer: 'https://www.google.com/' }, { type: 'page' })],
      ['by an ad', 'out', p => p.does('Page Viewed', { ad_id: 'A1' }, { type: 'page' })],
    ],
  },
  data_incomplete: {
    people: [
      ['a member', 'in', p => p.join()],
      ['whole', 'out', p => (p.join().is({ name: '王小明', gender: 'male', birthday: '1990-01-01' }), holds(p, email, phone))],
      ['no mobile', 'in', p => (p.join().is({ name: '王小明', gender: 'male', birthday: '1990-01-01' }), holds(p, email))],
      ['a visitor', 'out', p => look(p)],
    ],
  },
  holdout: { people: [] },
}

function buysTimes(p: Shopper, times: number, total: number): void {
  for (let i = 0; i < times; i++) p.buys(total)
}
function returnsLine(p: Shopper, category: string): void {
  const [no] = Object.keys(p.facts)
  p.does('Order Returned', { order_id: no!.slice('order:'.length), products: [line(category)] })
}
function visit(p: Shopper): void {
  p.does('Page Viewed', {}, { type: 'page' }).days(HOURS(0, 60_000))
  p.does('Page Viewed', {}, { type: 'page' })
}
const writes = (p: Shopper) =>
  p.told('line.message', { type: 'text', id: '1', text: '請問' }, { proof: 'provider', ids: [lineUid] })
const replies = (p: Shopper) => p.told('conversation.replied', { channel: 'line', staff: 'S001' })
const coupon = (p: Shopper, ms: number): Shopper =>
  p.told('coupon.issued', { coupon: 'WELCOME', code: 'C-1', expires_at: new Date(p.now + ms).toISOString() })

test('every ready segment has its people', () => {
  expect(Object.keys(CASES).sort()).toEqual(LIBRARY.map(s => s.key).sort())
  for (const [key, { people }] of Object.entries(CASES))
    if (key !== 'holdout') expect(new Set(people.map(c => c[1])).size).toBeGreaterThan(1)
})

const publishedOf = (key: string, given: Record<string, unknown> = {}) => {
  const s = LIBRARY.find(l => l.key === key)!
  const read = readValues(s, given, FIGURES)
  if ('misfits' in read) throw new Error(JSON.stringify(read.misfits))
  const { kind, definition } = installable(s, read.values, { locale: 'zh-TW', currency: 'TWD' })
  return published(1, definition.groups as never, { kind })
}

describe.each(Object.entries(CASES))('%s', (key, { with: given, people }) => {
  test.each(people)('%s: %s', (_, expected, happens) => {
    const p = new Shopper([publishedOf(key, given)])
    happens(p)
    expect(p.group(1) ?? 'out').toBe(expected)
  })
})

test('the holdout is a tenth, always the same', () => {
  const segment = publishedOf('holdout')
  const inside = (n: number) => new Shopper([segment], n).join().group(1) === 'in'
  const members = Array.from({ length: 2_000 }, (_, n) => inside(n + 1))
  const share = members.filter(Boolean).length / members.length
  expect(share).toBeGreaterThan(0.08)
  expect(share).toBeLessThan(0.12)
  expect(members.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, n) => inside(n + 1)))
})
