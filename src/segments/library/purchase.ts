// What people bought, how often, where: orders that stand (not cancelled, nor refunded or returned in full). Pure.
import { live, type NamesParam, segment } from './model.ts'
import { categories, money, times, within } from './params.ts'
import { and, bought, days, last, neverBought, orders } from './rules.ts'

const online: NamesParam = {
  kind: 'names',
  of: 'sales_channel',
  most: 10,
  label: { zh: '線上通路', en: 'Online sales channels' },
  default: () => ['online'],
}
const offline: NamesParam = {
  kind: 'names',
  of: 'sales_channel',
  most: 10,
  label: { zh: '門市通路', en: 'Store sales channels' },
  default: () => ['store'],
}

export const firstOrderOnly = segment({
  key: 'first_order_only',
  family: 'purchase',
  name: { zh: '只買過一次', en: 'One order only' },
  sentence: {
    zh: '只有一筆訂單，而且已經 {days} 天沒再買',
    en: 'Has one order and bought nothing more for {days} days',
  },
  purpose: {
    zh: '第二次購買是成為常客的門檻，推他一把。',
    en: 'The second order makes a regular: give them a push.',
  },
  params: { days: within(30, '幾天沒再買', 'Nothing more for so many days') },
  define: p =>
    live(
      and(
        orders({ of: 'count', test: { is: 'equal', value: 1 } }),
        orders({ of: 'last_at', test: { is: 'over_ago', span: days(p.days) } }),
      ),
    ),
})

export const repeatBuyers = segment({
  key: 'repeat_buyers',
  family: 'purchase',
  name: { zh: '回購顧客', en: 'Repeat buyers' },
  sentence: { zh: '買過 {times} 次以上', en: 'Bought {times} times or more' },
  purpose: { zh: '適合會員推薦、訂閱與組合購。', en: 'Right for referrals, subscriptions, bundles.' },
  params: { times: times(2) },
  define: p => live(bought(p.times)),
})

export const highOrderValue = segment({
  key: 'high_order_value',
  family: 'purchase',
  name: { zh: '客單價高', en: 'High order value' },
  sentence: { zh: '平均客單價超過 {amount}', en: 'Average order value above {amount}' },
  purpose: { zh: '推薦高單價新品與禮盒。', en: 'Show them the finer things.' },
  params: {
    amount: money('客單價超過', 'Average above', f => f.averageOrder),
  },
  define: p => live(orders({ of: 'average', test: { is: 'over', value: p.amount } })),
})

export const recentBuyers = segment({
  key: 'recent_buyers',
  family: 'purchase',
  name: { zh: '最近買過', en: 'Recent buyers' },
  sentence: { zh: '最近 {days} 天買過', en: 'Bought in the last {days} days' },
  purpose: {
    zh: '邀請評價、教他怎麼用；也常拿來從促銷名單排除。',
    en: 'Ask for a review, show how to use it; often left out of promotions.',
  },
  params: { days: within(14) },
  define: p => live(bought(1, {}, last(days(p.days)))),
})

export const categoryBuyers = segment({
  key: 'category_buyers',
  family: 'purchase',
  name: { zh: '買過某分類（未退）', en: 'Bought a category and kept it' },
  sentence: {
    zh: '買過{categories}並已付款，沒有整筆退掉',
    en: 'Bought {categories}, paid, and did not return or refund it all',
  },
  purpose: { zh: '推薦同分類的新品或搭配。', en: 'Recommend what is new in it, or goes with it.' },
  params: { categories },
  define: p =>
    live(
      bought(1, {
        lines: { by: 'category', values: p.categories },
        status: ['paid', 'shipped', 'ready', 'picked_up'],
      }),
    ),
})

export const categoryDue = segment({
  key: 'category_due',
  family: 'purchase',
  name: { zh: '某分類該補貨了', en: 'Due to buy a category again' },
  sentence: {
    zh: '買過{categories}，但已經 {days} 天沒再買這些分類',
    en: 'Bought {categories}, but none of it for {days} days',
  },
  purpose: { zh: '消耗品的補貨提醒。', en: 'A refill reminder for what is used up.' },
  params: {
    categories,
    days: within(f => f.medianIntervalDays, '幾天沒再買', 'None for so many days'),
  },
  define: p =>
    live(
      orders(
        { of: 'last_at', test: { is: 'over_ago', span: days(p.days) } },
        { lines: { by: 'category', values: p.categories } },
      ),
    ),
})

export const omnichannelShoppers = segment({
  key: 'omnichannel_shoppers',
  family: 'purchase',
  name: { zh: '全通路消費者', en: 'Omnichannel shoppers' },
  sentence: {
    zh: '在{online}和{offline}都買過',
    en: 'Bought by both kinds of sales channel: {online} and {offline}',
  },
  purpose: {
    zh: '線上線下都熟，最適合到店取貨、門市活動。',
    en: 'At home in both: right for pick-up and store events.',
  },
  params: { online, offline },
  define: p => live(and(bought(1, { salesChannel: p.online }), bought(1, { salesChannel: p.offline }))),
})

export const onlineOnly = segment({
  key: 'online_only',
  family: 'purchase',
  name: { zh: '只在線上買', en: 'Online only' },
  sentence: {
    zh: '在{online}買過，沒在{offline}買過',
    en: 'Bought by the sales channel {online}, never by {offline}',
  },
  purpose: { zh: '邀請到附近門市走走。', en: 'Invite them to the store nearby.' },
  params: { online, offline },
  define: p => live(and(bought(1, { salesChannel: p.online }), neverBought({ salesChannel: p.offline }))),
})

export const storeOnly = segment({
  key: 'store_only',
  family: 'purchase',
  name: { zh: '只在門市買', en: 'Store only' },
  sentence: {
    zh: '在{offline}買過，沒在{online}買過',
    en: 'Bought by the sales channel {offline}, never by {online}',
  },
  purpose: { zh: '引導綁定帳號、線上首購。', en: 'Have them link their account and try online.' },
  params: { online, offline },
  define: p => live(and(bought(1, { salesChannel: p.offline }), neverBought({ salesChannel: p.online }))),
})

export const oftenReturned = segment({
  key: 'often_returned',
  family: 'purchase',
  name: { zh: '常退貨', en: 'Returns often' },
  sentence: {
    zh: '最近 {days} 天有 {times} 筆以上訂單整筆退貨或退款',
    en: 'Had {times} orders or more returned or refunded in full in {days} days',
  },
  purpose: { zh: '先了解原因，再談促銷。', en: 'Ask why before offering more.' },
  params: { days: within(180), times: times(2) },
  define: p => live(bought(p.times, { status: ['returned', 'refunded'] }, last(days(p.days)))),
})

export const unpaidOrders = segment({
  key: 'unpaid_orders',
  family: 'purchase',
  name: { zh: '有訂單未付款', en: 'Has an unpaid order' },
  sentence: {
    zh: '最近 {days} 天有訂單還沒付款',
    en: 'Has an order of the last {days} days that is not paid',
  },
  purpose: { zh: '提醒付款，避免訂單取消。', en: 'Remind them to pay before the order lapses.' },
  params: { days: within(7) },
  define: p => live(bought(1, { status: ['unpaid'] }, last(days(p.days)))),
})
