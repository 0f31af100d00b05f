// Through which channel people can be reached, and who cannot. Suppressions are read when something is sent. Pure.
import { live, segment } from './model.ts'
import { within } from './params.ts'
import { and, days, happened, holds, last, not, or, reachable } from './rules.ts'

export const reachableByLine = segment({
  key: 'reachable_by_line',
  family: 'reach',
  name: { zh: 'LINE 可觸及', en: 'Reachable by LINE' },
  sentence: {
    zh: '是 LINE 好友，沒有封鎖也沒有拒收',
    en: 'Is a LINE friend who neither blocked nor refused',
  },
  purpose: { zh: 'LINE 群發前看得到真正的人數。', en: 'The true number before a LINE broadcast.' },
  params: {},
  define: () => live(reachable('line')),
})

export const reachableByEmail = segment({
  key: 'reachable_by_email',
  family: 'reach',
  name: { zh: 'Email 可觸及', en: 'Reachable by e-mail' },
  sentence: {
    zh: '有驗證過的電子郵件，並同意 Email 行銷',
    en: 'Has a verified e-mail address and agreed to marketing by e-mail',
  },
  purpose: { zh: '電子報名單。', en: 'Your newsletter’s list.' },
  params: {},
  define: () => live(reachable('email')),
})

export const reachableBySms = segment({
  key: 'reachable_by_sms',
  family: 'reach',
  name: { zh: '簡訊可觸及', en: 'Reachable by SMS' },
  sentence: {
    zh: '有驗證過的手機，並同意簡訊行銷',
    en: 'Has a verified mobile number and agreed to marketing by SMS',
  },
  purpose: { zh: '簡訊要錢，先看看有多少人。', en: 'SMS costs money: see how many there are.' },
  params: {},
  define: () => live(reachable('sms')),
})

export const unreachable = segment({
  key: 'unreachable',
  family: 'reach',
  name: { zh: '完全觸及不到', en: 'Unreachable' },
  sentence: {
    zh: '是會員，但 LINE、Email、簡訊、推播都不能發行銷訊息',
    en: 'A member whom no marketing reaches by LINE, e-mail, SMS or push',
  },
  purpose: { zh: '下次到店或來電時補資料。', en: 'Ask for their details when they next come by.' },
  params: {},
  define: () =>
    live(
      and(
        holds('member_no'),
        not(or(reachable('line'), reachable('email'), reachable('sms'), reachable('push'))),
      ),
    ),
})

export const lineNotBound = segment({
  key: 'line_not_bound',
  family: 'reach',
  name: { zh: '會員未綁 LINE', en: 'Members not bound to LINE' },
  sentence: { zh: '有會員編號，還沒綁定 LINE', en: 'Has a member number and no LINE account bound' },
  purpose: { zh: '綁定邀請的對象。', en: 'Whom to invite to bind.' },
  params: {},
  define: () => live(and(holds('member_no'), not({ op: 'channel', channel: 'line', is: 'bound' }))),
})

export const newFriends = segment({
  key: 'new_friends',
  family: 'reach',
  name: { zh: '新好友', en: 'New LINE friends' },
  sentence: {
    zh: '最近 {days} 天加 LINE 好友（解除封鎖的不算），現在仍可觸及',
    en: 'Became a LINE friend in the last {days} days (unblocking is not counted) and can still be reached',
  },
  purpose: { zh: '歡迎與首購禮。', en: 'Welcome them, with a gift for the first order.' },
  params: { days: within(7) },
  define: p =>
    live(
      and(
        happened('contact.followed', last(days(p.days)), 1, [
          { path: 'is_unblocked', op: 'is_not', value: true },
        ]),
        reachable('line'),
      ),
    ),
})

export const consentUnasked = segment({
  key: 'email_consent_unasked',
  family: 'reach',
  name: { zh: 'Email 同意未表態', en: 'Never asked about e-mail' },
  sentence: {
    zh: '有驗證過的電子郵件，但從沒說過同不同意 Email 行銷',
    en: 'Has a verified e-mail address and never said yes or no to marketing by it',
  },
  purpose: { zh: '補問一次同意，名單就能用。', en: 'Ask once, and the list is yours to use.' },
  params: {},
  define: () =>
    live(
      and(
        { op: 'identifier', kind: 'email', verified: true },
        { op: 'consent', channel: 'email', purpose: 'marketing', is: 'unknown' },
      ),
    ),
})
