// Who is in the ready segments and who is not: reach, membership, source, data.
import { DAY } from '../reducer.ts'
import { type Cases, look, email, phone, lineUid, holds, follows, agrees, coupon } from './happens.ts'

export const profile: Record<string, Cases> = {
  reachable_by_line: {
    people: [
      ['a friend', 'in', p => follows(p)],
      ['who refused', 'out', p => follows(p), p => agrees(p, 'line', false)],
      [
        'who blocked',
        'out',
        p => follows(p),
        p => p.told('contact.unfollowed', { channel: 'line' }, { proof: 'provider', ids: [lineUid] }),
      ],
    ],
  },
  reachable_by_email: {
    people: [
      ['agreed', 'in', p => holds(p, email), p => agrees(p, 'email')],
      ['was not asked', 'out', p => holds(p, email)],
      ['refused', 'out', p => holds(p, email), p => agrees(p, 'email', false)],
    ],
  },
  reachable_by_sms: {
    people: [
      ['agreed', 'in', p => holds(p, phone), p => agrees(p, 'sms')],
      ['agreed to e-mail', 'out', p => holds(p, phone), p => agrees(p, 'email')],
    ],
  },
  unreachable: {
    people: [
      ['a member', 'in', p => p.join()],
      ['a friend', 'out', p => follows(p.join())],
      ['by e-mail', 'out', p => holds(p.join(), email), p => agrees(p, 'email')],
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
      [
        'blocked since',
        'out',
        p =>
          follows(p).told('contact.unfollowed', { channel: 'line' }, { proof: 'provider', ids: [lineUid] }),
      ],
    ],
  },
  email_consent_unasked: {
    people: [
      ['verified', 'in', p => holds(p, email)],
      ['agreed', 'out', p => holds(p, email), p => agrees(p, 'email')],
      ['refused', 'out', p => holds(p, email), p => agrees(p, 'email', false)],
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
      [
        'not gold any more',
        'out',
        p => p.told('tier.changed', { tier: 'gold' }).days(1),
        p => p.told('tier.changed', { tier: 'silver' }),
      ],
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
      [
        'spring',
        'in',
        p => p.does('Page Viewed', { campaign: { source: 'ig', name: 'spring' } }, { type: 'page' }),
      ],
      [
        'autumn first',
        'out',
        p =>
          p
            .does('Page Viewed', { campaign: { source: 'ig', name: 'autumn' } }, { type: 'page' })
            .days(1)
            .does('Page Viewed', { campaign: { source: 'ig', name: 'spring' } }, { type: 'page' }),
      ],
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
      [
        'by search',
        'out',
        p => p.does('Page Viewed', { referrer: 'https://www.google.com/' }, { type: 'page' }),
      ],
    ],
  },
  from_search: {
    people: [
      [
        'by search',
        'in',
        p => p.does('Page Viewed', { referrer: 'https://www.google.com/' }, { type: 'page' }),
      ],
      ['by an ad', 'out', p => p.does('Page Viewed', { ad_id: 'A1' }, { type: 'page' })],
    ],
  },
  data_incomplete: {
    people: [
      ['a member', 'in', p => p.join()],
      [
        'whole',
        'out',
        p => p.join().is({ name: '王小明', gender: 'male', birthday: '1990-01-01' }),
        p => holds(p, email, phone),
      ],
      [
        'no mobile',
        'in',
        p => p.join().is({ name: '王小明', gender: 'male', birthday: '1990-01-01' }),
        p => holds(p, email),
      ],
      ['a visitor', 'out', p => look(p)],
    ],
  },
}
