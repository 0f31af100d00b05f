// Who is in the ready segments and who is not: cycles, recency, frequency, amounts.
import { type Cases, RFM, buysTimes } from './happens.ts'

export const buying: Record<string, Cases> = {
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
      [
        'who buys every 30 days, within two of their own cycles',
        'active',
        p => p.buys().days(30).buys().days(60, -1),
      ],
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
      [
        'four orders of 4,200 in all, the last less than 60 days ago',
        'champions',
        p => buysTimes(p, 4, 1_050),
        p => p.days(60, -1),
      ],
      ['the same, 60 days ago: loyal', 'loyal', p => buysTimes(p, 4, 1_050), p => p.days(60)],
      ['three orders', 'loyal', p => buysTimes(p, 3, 100)],
      ['one of 8,001', 'big_spenders', p => p.buys(8_001)],
      ['one of 8,000', 'recent', p => p.buys(8_000)],
      ['four orders, 240 days ago', 'cannot_lose', p => buysTimes(p, 4, 100), p => p.days(240)],
      ['three orders, 120 days ago', 'at_risk', p => buysTimes(p, 3, 100), p => p.days(120)],
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
      ['four, 90 days ago', 'long_often', p => buysTimes(p, 4, 100), p => p.days(90)],
    ],
  },
  champions: {
    with: RFM,
    people: [
      ['all three', 'in', p => buysTimes(p, 4, 1_001), p => p.days(60, -1)],
      ['60 days ago', 'out', p => buysTimes(p, 4, 1_001), p => p.days(60)],
      ['three orders', 'out', p => buysTimes(p, 3, 2_000)],
      ['exactly 4,000', 'out', p => buysTimes(p, 4, 1_000)],
    ],
  },
  at_risk: {
    with: RFM,
    people: [
      ['three orders, 120 days ago', 'in', p => buysTimes(p, 3, 100), p => p.days(120)],
      ['a little less', 'out', p => buysTimes(p, 3, 100), p => p.days(120, -1)],
      ['two orders', 'out', p => buysTimes(p, 2, 100), p => p.days(120)],
      ['two orders of 4,002', 'in', p => buysTimes(p, 2, 2_001), p => p.days(120)],
      ['not within the year', 'out', p => buysTimes(p, 3, 100), p => p.days(365)],
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
}
