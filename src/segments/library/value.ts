// Worth of customers: recency, frequency, monetary value (RFM) by the shop's own quintiles, and what follows from it.
// A score is 1 to 5: by how many of the four bounds somebody is better. All of the orders of one window. Pure.
import type { Rule } from '../../rules/model.ts'
import { type BoundsParam, live, type NumberParam, segment, type ShopFigures } from './model.ts'
import { money, within } from './params.ts'
import { and, bought, days, last, not, or, orders } from './rules.ts'

const windowDays: NumberParam = {
  kind: 'number',
  unit: 'days',
  min: 30,
  max: 1_095,
  label: { zh: '看最近幾天的訂單', en: 'Orders of so many days' },
  default: f => f.windowDays,
}
const recency: BoundsParam = {
  kind: 'bounds',
  unit: 'days',
  min: 1,
  max: 1_095,
  label: {
    zh: 'R：距離上次購買的天數界線（五分位）',
    en: 'R: bounds of days since the last order (quintiles)',
  },
  default: f => f.recencyDays,
}
const frequency: BoundsParam = {
  kind: 'bounds',
  unit: 'times',
  min: 0,
  max: 900,
  label: { zh: 'F：購買次數界線（五分位）', en: 'F: bounds of orders (quintiles)' },
  default: f => f.orders,
}
const monetary: BoundsParam = {
  kind: 'bounds',
  unit: 'money',
  min: 0,
  max: 1_000_000_000,
  label: { zh: 'M：消費金額界線（五分位）', en: 'M: bounds of net amount (quintiles)' },
  default: f => f.amounts,
}
const RFM = { windowDays, recency, frequency, monetary } as const

type Scores = { windowDays: number; recency: number[]; frequency: number[]; monetary: number[] }

const recencyInWindow = (p: Pick<Scores, 'windowDays' | 'recency'>) =>
  p.recency.at(-1)! <= p.windowDays
    ? null
    : {
        param: 'recency',
        code: 'beyond_window',
        message: {
          zh: `R 的界線不能超過 ${p.windowDays} 天：更早的訂單不算在內`,
          en: `The bounds of R may not exceed ${p.windowDays} days: older orders do not count`,
        },
      }

/** Rules for "score at least": 5 means better than all four bounds. */
function scores(p: Scores) {
  const window = last(days(p.windowDays))
  return {
    buyer: bought(1, {}, window),
    /** `score` 2 to 5 */
    r: (score: number): Rule =>
      orders({ of: 'last_at', test: { is: 'in_last', span: days(p.recency[5 - score]!) } }),
    f: (score: number): Rule =>
      orders({ of: 'count', test: { is: 'over', value: p.frequency[score - 2]! } }, {}, window),
    m: (score: number): Rule =>
      orders({ of: 'amount', test: { is: 'over', value: p.monetary[score - 2]! } }, {}, window),
  }
}

export const rfm = segment({
  key: 'rfm',
  family: 'value',
  name: { zh: 'RFM 顧客價值', en: 'RFM customer value' },
  sentence: {
    zh: '近 {windowDays} 天的買家依 R（{recency} 天）、F（{frequency} 次）、M（{monetary}）分成最佳、忠誠、大戶、流失風險等群',
    en: 'Buyers of {windowDays} days by R ({recency} days), F ({frequency} orders), M ({monetary}): champions, loyal, big spenders, at risk and so on',
  },
  purpose: {
    zh: '把預算花在值得的人身上：留住最佳、救回快走的、培養新來的。',
    en: 'Spend where it pays: keep the best, save those about to go, raise the new.',
  },
  params: RFM,
  check: recencyInWindow,
  define(p) {
    const { buyer, r, f, m } = scores(p)
    return {
      kind: 'partition',
      groups: [
        { key: 'champions', name: { zh: '最佳顧客', en: 'Champions' }, rule: and(r(4), f(4), m(4)) },
        { key: 'loyal', name: { zh: '忠誠顧客', en: 'Loyal' }, rule: and(r(3), f(3)) },
        { key: 'big_spenders', name: { zh: '大戶', en: 'Big spenders' }, rule: and(r(3), m(5)) },
        {
          key: 'cannot_lose',
          name: { zh: '不能失去', en: 'Cannot lose them' },
          rule: and(buyer, not(r(2)), or(f(4), m(4))),
        },
        { key: 'at_risk', name: { zh: '流失風險', en: 'At risk' }, rule: and(buyer, not(r(3)), f(3)) },
        { key: 'recent', name: { zh: '剛買過', en: 'Recent' }, rule: r(5) },
        { key: 'promising', name: { zh: '有潛力', en: 'Promising' }, rule: r(4) },
        { key: 'needs_attention', name: { zh: '需要關注', en: 'Needs attention' }, rule: r(3) },
        { key: 'about_to_sleep', name: { zh: '快睡著', en: 'About to sleep' }, rule: r(2) },
        { key: 'hibernating', name: { zh: '冬眠中', en: 'Hibernating' }, rule: buyer },
      ],
      rest: { zh: '這段期間沒有購買', en: 'No order in this time' },
    }
  },
})

/** Every other bound of the quintiles' four: low, middle, high. */
const outer = (bounds: number[]): number[] => [bounds[0]!, bounds[3]!]

const grid = (
  bounds: (f: ShopFigures) => number[],
  unit: BoundsParam['unit'],
  min: number,
  max: number,
  zh: string,
  en: string,
): BoundsParam => ({ kind: 'bounds', unit, min, max, label: { zh, en }, default: f => outer(bounds(f)) })

const STEPS = {
  recency: [
    { key: 'recent', zh: '最近', en: 'Recent' },
    { key: 'while', zh: '一陣子', en: 'A while ago' },
    { key: 'long', zh: '很久', en: 'Long ago' },
  ],
  frequency: [
    { key: 'often', zh: '常買', en: 'often' },
    { key: 'sometimes', zh: '偶爾', en: 'sometimes' },
    { key: 'seldom', zh: '少買', en: 'seldom' },
  ],
} as const

export const rfmGrid = segment({
  key: 'rfm_grid',
  family: 'value',
  name: { zh: 'RF 九宮格', en: 'RF grid of nine' },
  sentence: {
    zh: '近 {windowDays} 天的買家依上次購買（{recency} 天）與次數（{frequency} 次）分成九格',
    en: 'Buyers of {windowDays} days in nine cells by last order ({recency} days) and orders ({frequency})',
  },
  purpose: {
    zh: '兩個問題看全店：多久沒來、來了幾次。',
    en: 'The shop by two questions: how long ago, how often.',
  },
  params: {
    windowDays,
    recency: grid(
      f => f.recencyDays,
      'days',
      1,
      1_095,
      '距離上次購買的兩個天數界線',
      'Two bounds of days since the last order',
    ),
    frequency: grid(f => f.orders, 'times', 0, 900, '購買次數的兩個界線', 'Two bounds of orders'),
  },
  check: recencyInWindow,
  define(p) {
    const window = last(days(p.windowDays))
    const within = (i: number): Rule[] =>
      i < 2 ? [orders({ of: 'last_at', test: { is: 'in_last', span: days(p.recency[i]!) } })] : []
    const over = (i: number): Rule =>
      i < 2
        ? orders({ of: 'count', test: { is: 'over', value: p.frequency[1 - i]! } }, {}, window)
        : bought(1, {}, window)
    return {
      kind: 'partition',
      groups: STEPS.recency.flatMap((r, i) =>
        STEPS.frequency.map((f, k) => ({
          key: `${r.key}_${f.key}`,
          name: { zh: `${r.zh}・${f.zh}`, en: `${r.en}, ${f.en}` },
          rule: and(...within(i), over(k)),
        })),
      ),
      rest: { zh: '這段期間沒有購買', en: 'No order in this time' },
    }
  },
})

export const champions = segment({
  key: 'champions',
  family: 'value',
  name: { zh: '最佳顧客', en: 'Champions' },
  sentence: {
    zh: '近 {windowDays} 天的 R、F、M 都在前 40%（界線：{recency} 天、{frequency} 次、{monetary}）',
    en: 'Among the best 40 % by R, F and M of {windowDays} days (bounds: {recency} days, {frequency} orders, {monetary})',
  },
  purpose: { zh: '先體驗、邀請推薦、專人服務。', en: 'First to try, asked to recommend, served in person.' },
  params: RFM,
  check: recencyInWindow,
  define(p) {
    const { r, f, m } = scores(p)
    return live(and(r(4), f(4), m(4)))
  },
})

export const atRisk = segment({
  key: 'at_risk',
  family: 'value',
  name: { zh: '流失風險', en: 'At risk' },
  sentence: {
    zh: '近 {windowDays} 天常買（F：{frequency} 次）或花得多（M：{monetary}），但 R 落在後 40%（{recency} 天）',
    en: 'Bought often (F: {frequency}) or much (M: {monetary}) in {windowDays} days, but is among the last 40 % by R ({recency} days)',
  },
  purpose: { zh: '還記得你，趁現在挽回。', en: 'They still remember you: win them back now.' },
  params: RFM,
  check: recencyInWindow,
  define(p) {
    const { buyer, r, f, m } = scores(p)
    return live(and(buyer, not(r(3)), or(f(3), m(4))))
  },
})

const topAmount = money('消費滿多少', 'Spent at least', f => f.topFifthSpent)

export const bigSpenders = segment({
  key: 'big_spenders',
  family: 'value',
  name: { zh: '高消費顧客', en: 'Big spenders' },
  sentence: {
    zh: '近 {windowDays} 天消費滿 {amount}（扣除退款）',
    en: 'Spent at least {amount} in {windowDays} days, net of refunds',
  },
  purpose: {
    zh: '消費最高的一群：專屬禮遇與新品預購。',
    en: 'Those who spend most: give them something of their own.',
  },
  params: { windowDays, amount: topAmount },
  define: p =>
    live(orders({ of: 'amount', test: { is: 'at_least', value: p.amount } }, {}, last(days(p.windowDays)))),
})

export const sleepingVip = segment({
  key: 'sleeping_vip',
  family: 'value',
  name: { zh: '沉睡 VIP', en: 'Sleeping VIPs' },
  sentence: {
    zh: '累計消費滿 {amount}，但已經 {days} 天沒買',
    en: 'Spent at least {amount} in all, and nothing for {days} days',
  },
  purpose: { zh: '少數人，值得親自打一通電話。', en: 'Few, and worth a personal call.' },
  params: {
    amount: topAmount,
    days: within(f => Math.round(f.medianIntervalDays * 2), '幾天沒買', 'No order for so many days'),
  },
  define: p =>
    live(
      and(
        orders({ of: 'amount', test: { is: 'at_least', value: p.amount } }),
        orders({ of: 'last_at', test: { is: 'over_ago', span: days(p.days) } }),
      ),
    ),
})
