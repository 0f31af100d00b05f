// Members: birthdays, tiers, points and coupons, as far as trusted sources told of them. Pure.
import { live, type NamesParam, segment } from './model.ts'
import { money, within } from './params.ts'
import { and, days, happened, last, orders } from './rules.ts'

const tiers: NamesParam = {
  kind: 'names',
  of: 'tier',
  most: 20,
  label: { zh: '會員等級', en: 'Tiers' },
  default: f => f.tiers.slice(0, 1),
}

export const birthdayThisMonth = segment({
  key: 'birthday_this_month',
  family: 'member',
  name: { zh: '本月壽星', en: 'Birthday this month' },
  sentence: { zh: '生日在這個月', en: 'Has their birthday this month' },
  purpose: { zh: '生日禮每月一次發完。', en: 'All birthday gifts of the month at once.' },
  params: {},
  define: () => live({ op: 'trait', trait: 'birthday', type: 'date', test: { is: 'month', month: 'this' } }),
})

export const anniversarySoon = segment({
  key: 'anniversary_soon',
  family: 'member',
  name: { zh: '紀念日將至', en: 'Anniversary coming up' },
  sentence: {
    zh: '{attribute}的週年在 {days} 天內（含今天）',
    en: 'The anniversary of {attribute} is today or within {days} days',
  },
  purpose: { zh: '生日、入會日、結婚紀念日前送上祝福。', en: 'A greeting ahead of the day.' },
  params: {
    attribute: {
      kind: 'names',
      of: 'date_attribute',
      most: 1,
      label: { zh: '日期屬性', en: 'Date attribute' },
      default: () => ['birthday'],
    },
    days: { ...within(30, '幾天內', 'Within so many days'), max: 366 },
  },
  define: p =>
    live({
      op: 'trait',
      trait: p.attribute[0]!,
      type: 'date',
      test: { is: 'anniversary_in', days: p.days },
    }),
})

export const newMembers = segment({
  key: 'new_members',
  family: 'member',
  name: { zh: '新會員', en: 'New members' },
  sentence: { zh: '最近 {days} 天註冊會員', en: 'Signed up in the last {days} days' },
  purpose: { zh: '入會前三十天決定去留。', en: 'The first thirty days decide who stays.' },
  params: { days: within(30, '最近幾天', 'In so many days') },
  define: p => live(happened('Signed Up', last(days(p.days)))),
})

export const ofTier = segment({
  key: 'of_tier',
  family: 'member',
  name: { zh: '某等級會員', en: 'Members of a tier' },
  sentence: { zh: '會員等級是{tiers}', en: 'Their tier is {tiers}' },
  purpose: { zh: '等級專屬權益與活動。', en: 'What is for this tier alone.' },
  params: { tiers },
  define: p => live({ op: 'tier', is: 'one_of', tiers: p.tiers }),
})

export const tierGap = segment({
  key: 'tier_gap',
  family: 'member',
  name: { zh: '快要升等', en: 'Close to the next tier' },
  sentence: {
    zh: '最近 {days} 天消費離 {threshold} 只差 {gap} 以內，還不是{tiers}',
    en: 'Spent up to {gap} less than {threshold} in {days} days and is not {tiers} yet',
  },
  purpose: { zh: '「再買一點就升等」最有說服力。', en: '“Just a little more” persuades best.' },
  params: {
    tiers: { ...tiers, label: { zh: '下一個等級', en: 'The next tier' } },
    threshold: money('升等門檻', 'What the next tier asks for', f => f.topFifthSpent),
    gap: money('還差多少以內', 'Missing at most', f => Math.max(1, Math.round(f.averageOrder))),
    days: within(365, '看最近幾天', 'Orders of so many days'),
  },
  check: p =>
    p.gap < p.threshold
      ? null
      : {
          param: 'gap',
          code: 'beyond_threshold',
          message: { zh: '差額要小於升等門檻', en: 'What is missing must be less than the threshold' },
        },
  define: p =>
    live(
      and(
        { op: 'tier', is: 'none_of', tiers: p.tiers },
        orders(
          { of: 'amount', test: { is: 'at_least', value: p.threshold - p.gap } },
          {},
          last(days(p.days)),
        ),
        orders({ of: 'amount', test: { is: 'under', value: p.threshold } }, {}, last(days(p.days))),
      ),
    ),
})

export const couponExpiring = segment({
  key: 'coupon_expiring',
  family: 'member',
  name: { zh: '優惠券快到期', en: 'Coupon about to expire' },
  sentence: {
    zh: '有還沒用的優惠券，{days} 天內到期',
    en: 'Holds an unused coupon that expires within {days} days',
  },
  purpose: { zh: '到期前提醒，兌換率最高。', en: 'A reminder before the end is used most.' },
  params: { days: within(7, '幾天內', 'Within so many days') },
  define: p => live({ op: 'coupon', expiresIn: days(p.days) }),
})

export const couponUnused = segment({
  key: 'coupon_unused',
  family: 'member',
  name: { zh: '有優惠券沒用', en: 'Holds an unused coupon' },
  sentence: { zh: '手上有還沒用的優惠券', en: 'Holds a coupon that is not used' },
  purpose: { zh: '推薦可以折抵的商品。', en: 'Show what it can be spent on.' },
  params: {},
  define: () => live({ op: 'coupon' }),
})

export const pointsToSpend = segment({
  key: 'points_to_spend',
  family: 'member',
  name: { zh: '點數可以兌換', en: 'Points to spend' },
  sentence: { zh: '點數餘額 {points} 點以上', en: 'Has {points} points or more' },
  purpose: { zh: '提醒點數可以換什麼。', en: 'Tell them what their points are good for.' },
  params: {
    points: {
      kind: 'number',
      unit: 'points',
      min: 1,
      max: 100_000_000,
      label: { zh: '至少幾點', en: 'At least so many points' },
      default: 100,
    },
  },
  define: p => live({ op: 'points', test: { is: 'at_least', value: p.points } }),
})
