// Activity by each person's own purchase cycle (NES / NASLD: new, active, sleeping, lost, deep). Where a person bought
// once, the shop's median interval stands for their cycle. Pure.
import type { NumberTest, Rule } from '../../rules/model.ts'
import { live, type NumberParam, type Params, segment, type ValuesOf } from './model.ts'
import { and, atLeast, bought, neverBought, orders } from './rules.ts'

const onceDays: NumberParam = {
  kind: 'number',
  unit: 'days',
  min: 1,
  max: 730,
  label: { zh: '只買過一次的人，回購週期以幾天計', en: 'Cycle of people who bought once, in days' },
  default: f => f.medianIntervalDays,
}
const cycles = (zh: string, en: string, value: number): NumberParam => ({
  kind: 'number',
  unit: 'cycles',
  min: 0.1,
  max: 20,
  fraction: true,
  label: { zh, en },
  default: value,
})

const PARAMS = {
  onceDays,
  sleeping: cycles('幾個週期沒回購算瞌睡', 'Sleeping from so many cycles without an order', 2),
  lost: cycles('幾個週期沒回購算半睡', 'Lost from so many cycles without an order', 2.5),
  deep: cycles('幾個週期沒回購算沉睡', 'Deep asleep from so many cycles without an order', 3),
} as const satisfies Params
type Bounds = ValuesOf<typeof PARAMS>

const rising = ({ sleeping, lost, deep }: Bounds) =>
  sleeping < lost && lost < deep
    ? null
    : {
        param: 'deep',
        code: 'order',
        message: {
          zh: '三個倍數要由小到大：瞌睡、半睡、沉睡',
          en: 'The three must rise: sleeping, lost, deep',
        },
      }

/** Time since the last order in cycles of one's own. */
const cycle = (test: NumberTest, once: number): Rule => orders({ of: 'cycle', onceDays: once, test })
const under = (value: number): NumberTest => ({ is: 'under', value })
const oneOrder: Rule = orders({ of: 'count', test: { is: 'equal', value: 1 } })

export const nasld = segment({
  key: 'nasld',
  family: 'lifecycle',
  name: { zh: '活躍度模型（NASLD）', en: 'Activity by own purchase cycle (NASLD)' },
  sentence: {
    zh: '依每個人自己的回購週期分成新顧客、主力、瞌睡（{sleeping} 個週期）、半睡（{lost} 個）、沉睡（{deep} 個）；只買過一次的人以 {onceDays} 天計',
    en: 'By each person’s own purchase cycle: new, active, sleeping (from {sleeping} cycles), lost (from {lost}), deep asleep (from {deep}); {onceDays} days for who bought once',
  },
  purpose: {
    zh: '一眼看出誰正在變冷，在他真的離開之前說話。',
    en: 'See at a glance who is going cold, and speak before they are gone.',
  },
  params: PARAMS,
  check: rising,
  define: ({ onceDays: once, sleeping, lost, deep }) => ({
    kind: 'partition',
    groups: [
      { key: 'new', name: { zh: '新顧客', en: 'New' }, rule: and(oneOrder, cycle(under(sleeping), once)) },
      { key: 'active', name: { zh: '主力顧客', en: 'Active' }, rule: cycle(under(sleeping), once) },
      { key: 'sleeping', name: { zh: '瞌睡顧客', en: 'Sleeping' }, rule: cycle(under(lost), once) },
      { key: 'lost', name: { zh: '半睡顧客', en: 'Lost' }, rule: cycle(under(deep), once) },
      { key: 'deep', name: { zh: '沉睡顧客', en: 'Deep asleep' }, rule: cycle(atLeast(deep), once) },
    ],
    rest: { zh: '尚未購買', en: 'Never bought' },
  }),
})

export const newCustomers = segment({
  key: 'new_customers',
  family: 'lifecycle',
  name: { zh: '新顧客', en: 'New customers' },
  sentence: {
    zh: '買過一次，而且還在 {cycles} 個回購週期內（每週期 {onceDays} 天）',
    en: 'Bought once, less than {cycles} purchase cycles of {onceDays} days ago',
  },
  purpose: { zh: '帶他完成第二次購買。', en: 'Bring them to their second order.' },
  params: { onceDays, cycles: cycles('幾個週期以內', 'Within so many cycles', 2) },
  define: p => live(and(oneOrder, cycle(under(p.cycles), p.onceDays))),
})

export const activeCustomers = segment({
  key: 'active_customers',
  family: 'lifecycle',
  name: { zh: '主力顧客', en: 'Active customers' },
  sentence: {
    zh: '買過兩次以上，而且距離上次購買不到 {cycles} 個自己的回購週期',
    en: 'Bought twice or more, the last time less than {cycles} own purchase cycles ago',
  },
  purpose: {
    zh: '維持節奏：新品、加購、會員活動先通知他們。',
    en: 'Keep the rhythm: tell them first about what is new.',
  },
  params: { onceDays, cycles: cycles('幾個週期以內', 'Within so many cycles', 2) },
  define: p => live(and(bought(2), cycle(under(p.cycles), p.onceDays))),
})

const between = (from: number, to: number, once: number): Rule =>
  and(cycle(atLeast(from), once), cycle(under(to), once))
const fromBelow = (p: { from: number; to: number }) =>
  p.from < p.to
    ? null
    : {
        param: 'to',
        code: 'order',
        message: { zh: '「到」要大於「從」', en: 'The end must be above the beginning' },
      }

export const sleepingCustomers = segment({
  key: 'sleeping_customers',
  family: 'lifecycle',
  name: { zh: '瞌睡顧客', en: 'Sleeping customers' },
  sentence: {
    zh: '距離上次購買已滿 {from} 個、未滿 {to} 個自己的回購週期',
    en: 'Last order {from} to {to} own purchase cycles ago',
  },
  purpose: { zh: '輕聲提醒，多半還叫得回來。', en: 'A gentle reminder still brings most of them back.' },
  params: {
    onceDays,
    from: cycles('從幾個週期', 'From so many cycles', 2),
    to: cycles('到幾個週期', 'To so many cycles', 2.5),
  },
  check: fromBelow,
  define: p => live(between(p.from, p.to, p.onceDays)),
})

export const lostCustomers = segment({
  key: 'lost_customers',
  family: 'lifecycle',
  name: { zh: '半睡顧客', en: 'Lost customers' },
  sentence: {
    zh: '距離上次購買已滿 {from} 個、未滿 {to} 個自己的回購週期',
    en: 'Last order {from} to {to} own purchase cycles ago',
  },
  purpose: {
    zh: '需要一個理由才會回來：優惠或新品。',
    en: 'They need a reason to return: an offer, or news.',
  },
  params: {
    onceDays,
    from: cycles('從幾個週期', 'From so many cycles', 2.5),
    to: cycles('到幾個週期', 'To so many cycles', 3),
  },
  check: fromBelow,
  define: p => live(between(p.from, p.to, p.onceDays)),
})

export const deepAsleep = segment({
  key: 'deep_asleep',
  family: 'lifecycle',
  name: { zh: '沉睡顧客', en: 'Deep asleep' },
  sentence: {
    zh: '距離上次購買已滿 {cycles} 個自己的回購週期',
    en: 'Last order {cycles} own purchase cycles ago or longer',
  },
  purpose: {
    zh: '最後一次喚回，之後少打擾，別再花訊息費。',
    en: 'One last call; then leave them in peace and save the messages.',
  },
  params: { onceDays, cycles: cycles('幾個週期以上', 'From so many cycles', 3) },
  define: p => live(cycle(atLeast(p.cycles), p.onceDays)),
})

export const dueAgain = segment({
  key: 'due_again',
  family: 'lifecycle',
  name: { zh: '回購期將至', en: 'About to buy again' },
  sentence: {
    zh: '距離上次購買 {from} 到 {to} 個自己的回購週期',
    en: 'Last order {from} to {to} own purchase cycles ago',
  },
  purpose: { zh: '在他正要補貨的時候提醒。', en: 'Remind them just when they run out.' },
  params: {
    onceDays,
    from: cycles('從幾個週期', 'From so many cycles', 0.8),
    to: cycles('到幾個週期', 'To so many cycles', 1.2),
  },
  check: fromBelow,
  define: p => live(between(p.from, p.to, p.onceDays)),
})

export const neverBoughtMembers = segment({
  key: 'members_never_bought',
  family: 'lifecycle',
  name: { zh: '從未購買的會員', en: 'Members who never bought' },
  sentence: { zh: '有會員編號，沒有任何成立的訂單', en: 'Has a member number and no order that stands' },
  purpose: { zh: '首購優惠的對象。', en: 'Whom a first-order offer is for.' },
  params: {},
  define: () => live(and({ op: 'identifier', kind: 'member_no' }, neverBought())),
})
