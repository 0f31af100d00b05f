// What is true of the demo brand because the model made it so. The model reads these; a test asks ClickHouse in its
// own SQL and must find them again. `tolerance` is absolute.

export type Truth = { planted: number; tolerance: number; says: { zh: string; en: string } }

export const CONVERSION_LINE = 0.2
export const CONVERSION_OTHER = 0.1
export const REPURCHASE_DAYS = 90
export const EVENING_HOURS = [20, 21, 22]

export const TRUTHS = {
  lineConvertsTwice: {
    planted: CONVERSION_LINE / CONVERSION_OTHER,
    tolerance: 0.02,
    says: {
      zh: '從 LINE 來的造訪，成交率是其他來源的兩倍',
      en: 'Visits that come from LINE convert twice as well as all others',
    },
  },
  repurchaseDays: {
    planted: REPURCHASE_DAYS,
    tolerance: 1.5,
    says: {
      zh: '高山烏龍的回購週期是 90 天（中位數）',
      en: 'The repurchase cycle of the oolong is 90 days (median)',
    },
  },
  cartsAbandoned: {
    planted: 0.7,
    tolerance: 0.005,
    says: { zh: '七成的購物車沒有結帳', en: '70 % of carts are left without an order' },
  },
  topDecileRevenue: {
    planted: 0.5,
    tolerance: 0.03,
    says: {
      zh: '前一成的買家貢獻一半的營收',
      en: 'The top tenth of buyers bring half of the revenue',
    },
  },
  refunds: {
    planted: 0.04,
    tolerance: 0.002,
    says: { zh: '每 25 筆訂單有 1 筆退款', en: 'One order in 25 is refunded' },
  },
  eveningOrders: {
    planted: 0.4,
    tolerance: 0.03,
    says: { zh: '四成的訂單在晚上八點到十一點之間', en: '40 % of orders are placed between 8 and 11 pm' },
  },
} satisfies Record<string, Truth>
