// Sentences as they are to be read, at least one of each kind of leaf, in both languages.
import type { Rule } from '../../src/rules/model.ts'

export const GOLDEN: { rule: Rule; zh: string; en: string }[] = [
  {
    rule: {
      op: 'and',
      rules: [
        {
          op: 'event',
          event: 'Product Viewed',
          window: { in: 'last', span: { n: 30, unit: 'day' } },
          measure: { of: 'count', test: { is: 'at_least', value: 2 } },
        },
        { op: 'orders', window: { in: 'ever' }, measure: { of: 'count', test: { is: 'equal', value: 0 } } },
      ],
    },
    zh: '過去 30 天內 「瀏覽商品」 至少 2 次 且 至今 未曾 購買 任何商品',
    en: '“Product Viewed” at least 2 times in the last 30 days and has never bought anything at any time',
  },
  {
    rule: {
      op: 'and',
      rules: [
        { op: 'trait', trait: '性別', type: 'text', test: { is: 'equal', value: '女' } },
        {
          op: 'orders',
          window: { in: 'ever' },
          measure: { of: 'count', test: { is: 'at_least', value: 1 } },
          lines: { by: 'category', values: ['洋裝'] },
          salesChannel: ['online'],
          status: ['paid', 'shipped'],
        },
      ],
    },
    zh: '性別 是 女 且 至今 購買 分類 洋裝，通路 線上，訂單已付款或已出貨 至少 1 筆',
    en: '性別 is 女 and bought category 洋裝, sold Online, order paid or shipped: at least 1 order at any time',
  },
  {
    rule: {
      op: 'orders',
      window: { in: 'days', n: 90 },
      measure: { of: 'amount', test: { is: 'over', value: 10000 } },
    },
    zh: '最近 90 個日曆天 購買 任何商品 金額 超過 NT$10,000',
    en: 'bought anything: amount over NT$10,000 in the last 90 calendar days',
  },
  {
    rule: {
      op: 'orders',
      window: { in: 'ever' },
      measure: { of: 'cycle', onceDays: 45, test: { is: 'between', from: 1, to: 2 } },
    },
    zh: '至今 購買 任何商品 距上次 自己週期的 1 倍 到 自己週期的 2 倍（只買過一次的以 45 天 計）',
    en: 'bought anything: time since the last order 1 × their own cycle to 2 × their own cycle (45 days for those who bought once) at any time',
  },
  {
    rule: {
      op: 'orders',
      window: { in: 'period', period: 'month', ago: 1 },
      measure: { of: 'count', test: { is: 'equal', value: 0 } },
    },
    zh: '上個月 沒有 購買 任何商品',
    en: 'has not bought anything last month',
  },
  {
    rule: {
      op: 'event',
      event: ['Cart Viewed', 'Checkout Started'],
      where: [
        { path: 'price', op: 'at_least', value: 500 },
        { path: 'products.category', op: 'is', value: '茶' },
      ],
      window: { in: 'period', period: 'week', ago: 0 },
      measure: { of: 'distinct', path: 'product_id', test: { is: 'at_least', value: 3 } },
    },
    zh: '本週 「查看購物車」或「開始結帳」（價格 ≥ 500 且 products.category 是 茶） 不同的 商品 至少 3 種',
    en: '“Cart Viewed” or “Checkout Started” (price ≥ 500 and products.category is 茶) with at least 3 different product this week',
  },
  {
    rule: {
      op: 'event',
      event: 'Cart Viewed',
      window: { in: 'ever' },
      measure: { of: 'sum', path: 'price', test: { is: 'at_least', value: 3 } },
    },
    zh: '至今 「查看購物車」 價格 合計 至少 3',
    en: '“Cart Viewed” with a sum of price of at least 3 at any time',
  },
  {
    rule: {
      op: 'event',
      event: 'Store Visited',
      window: { in: 'ever' },
      measure: { of: 'interval', atLeast: 3, test: { is: 'at_most', value: 30 } },
    },
    zh: '至今 「到店」 平均間隔 至多 30 天（至少 3 次）',
    en: '“Store Visited” at most 30 days apart on average (of at least 3) at any time',
  },
  {
    rule: {
      op: 'event',
      event: 'Store Visited',
      window: { in: 'ever' },
      measure: { of: 'last_at', test: { is: 'over_ago', span: { n: 30, unit: 'day' } } },
    },
    zh: '至今 「到店」 最近一次 在 30 天前或更早',
    en: '“Store Visited” for the last time 30 days ago or longer at any time',
  },
  {
    rule: {
      op: 'event',
      event: 'Store Visited',
      window: { in: 'since', at: '2026-01-01' },
      measure: { of: 'last', path: 'store', test: { is: 'one_of', values: ['a', 'b'] } },
    },
    zh: '自 2026-01-01 起 「到店」 最近一次的 門市 是 a或b',
    en: '“Store Visited” whose last store is a or b since 2026-01-01',
  },
  {
    rule: {
      op: 'event',
      event: 'Store Visited',
      window: { in: 'last', span: { n: 1, unit: 'hour' } },
      measure: { of: 'count', test: { is: 'equal', value: 0 } },
    },
    zh: '過去 1 小時內 沒有 「到店」',
    en: 'no “Store Visited” in the last 1 hour',
  },
  {
    rule: {
      op: 'sequence',
      first: { event: 'Product Added' },
      next: { event: 'Order Completed' },
      within: { n: 24, unit: 'hour' },
      is: 'not_followed',
      window: { in: 'last', span: { n: 7, unit: 'day' } },
    },
    zh: '過去 7 天內 「加入購物車」 後 24 小時內 沒有 「完成訂單」',
    en: '“Product Added” not followed by “Order Completed” within 24 hours, in the last 7 days',
  },
  {
    rule: { op: 'clock', clock: 'order', test: { is: 'over_ago', span: { n: 30, unit: 'day' } } },
    zh: '上次下單 在 30 天前或更早',
    en: 'last order 30 days ago or longer',
  },
  {
    rule: { op: 'not', rule: { op: 'segment', segment: 'VIP', group: 'A', is: 'in' } },
    zh: '非（屬於 分眾 VIP 的 A 組）',
    en: 'not (in group A of segment VIP)',
  },
  { rule: { op: 'segment', segment: 'VIP', is: 'out' }, zh: '不屬於 分眾 VIP', en: 'not in segment VIP' },
  {
    rule: { op: 'percent', salt: 'holdout', from: 0, to: 10 },
    zh: '隨機抽樣的 0 % 到 10 %（holdout）',
    en: 'random sample from 0 % to 10 % (holdout)',
  },
  {
    rule: { op: 'likes', of: 'category', values: ['茶', '咖啡'], top: 3 },
    zh: '偏好 分類 茶或咖啡（在前 3 名）',
    en: 'likes category 茶 or 咖啡 (among their top 3)',
  },
  {
    rule: { op: 'touch', which: 'first', field: 'campaign', values: ['spring'] },
    zh: '首次接觸的活動 是 spring',
    en: 'campaign of the first touch is spring',
  },
  {
    rule: { op: 'coupon', expiresIn: { n: 7, unit: 'day' } },
    zh: '持有 任何優惠券，7 天內到期',
    en: 'holds any coupon that expires within 7 days',
  },
  { rule: { op: 'coupon', coupon: 'BDAY' }, zh: '持有 優惠券 BDAY', en: 'holds coupon BDAY' },
  {
    rule: { op: 'points', test: { is: 'at_least', value: 100 } },
    zh: '點數 至少 100 點',
    en: 'points balance at least 100',
  },
  {
    rule: { op: 'tier', is: 'one_of', tiers: ['金卡', '銀卡'] },
    zh: '會員等級 是 金卡或銀卡',
    en: 'membership tier is 金卡 or 銀卡',
  },
  {
    rule: { op: 'stage', is: 'at_least', stage: 'retention' },
    zh: '旅程階段 至少到 留存',
    en: 'lifecycle stage is Retention or later',
  },
  {
    rule: { op: 'consent', channel: 'line', purpose: 'marketing', is: 'granted' },
    zh: 'LINE 行銷 已同意',
    en: 'consent to LINE marketing granted',
  },
  {
    rule: { op: 'channel', channel: 'sms', is: 'reachable' },
    zh: '簡訊 可行銷觸及',
    en: 'reachable by marketing on SMS',
  },
  { rule: { op: 'channel', channel: 'line', is: 'bound' }, zh: 'LINE 已綁定', en: 'linked on LINE' },
  {
    rule: { op: 'identifier', kind: 'email', verified: true },
    zh: '有 已驗證的 Email',
    en: 'has verified E-mail',
  },
  {
    rule: { op: 'tags', is: 'all', tags: ['VIP', '茶'] },
    zh: '同時有標籤 VIP和茶',
    en: 'has all tags VIP and 茶',
  },
  {
    rule: { op: 'tags', is: 'none', tags: ['VIP', '茶'] },
    zh: '沒有標籤 VIP或茶',
    en: 'has no tag VIP or 茶',
  },
  { rule: { op: 'age', min: 25, max: 30 }, zh: '年齡 25 到 30 歲', en: 'aged 25 to 30' },
  { rule: { op: 'age', min: 25 }, zh: '年齡 滿 25 歲', en: 'aged 25 or more' },
  {
    rule: { op: 'trait', trait: 'birthday', type: 'date', test: { is: 'anniversary_in', days: 30 } },
    zh: 'birthday 的週年日在 30 天內',
    en: 'birthday has its anniversary within 30 days',
  },
  {
    rule: { op: 'trait', trait: 'birthday', type: 'date', test: { is: 'month', month: 'this' } },
    zh: 'birthday 的月份是本月',
    en: 'birthday falls in this month of any year',
  },
  {
    rule: { op: 'trait', trait: 'likes', type: 'list', test: { is: 'none', values: ['a', 3] } },
    zh: 'likes 沒有 a或3',
    en: 'likes has no a or 3',
  },
  { rule: { op: 'trait', trait: 'x', type: 'any', test: { is: 'set' } }, zh: 'x 已填', en: 'x is known' },
  {
    rule: { op: 'trait', trait: 'x', type: 'boolean', test: { is: 'equal', value: false } },
    zh: 'x 是 「否」',
    en: 'x is no',
  },
  {
    rule: { op: 'clock', clock: 'order', test: { is: 'never' } },
    zh: '從未 下單',
    en: 'has never ordered',
  },
  {
    rule: { op: 'clock', clock: 'team', test: { is: 'ever' } },
    zh: '曾經 收到團隊的一對一訊息',
    en: 'has been written to by the team',
  },
  {
    rule: {
      op: 'event',
      event: 'Signed Up',
      window: { in: 'ever' },
      measure: { of: 'first_at', test: { is: 'never' } },
    },
    zh: '至今 未曾 「加入會員」',
    en: 'never “Signed Up” at any time',
  },
  {
    rule: {
      op: 'orders',
      window: { in: 'days', n: 30 },
      measure: { of: 'last_at', test: { is: 'ever' } },
    },
    zh: '最近 30 個日曆天 曾經 購買 任何商品',
    en: 'has bought anything in the last 30 calendar days',
  },
]
