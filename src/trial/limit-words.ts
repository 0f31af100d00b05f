// Sentences about the limits that stand for somebody now, with their figures, in both languages.
import type { ChannelName } from '../channels/model.ts'
import { CHANNEL_WORDS } from '../channels/words.ts'
import { money } from '../messages/render.ts'
import { wallClock } from '../platform/wall-time.ts'
import type { Said } from './why-words.ts'

/** What is said; times are workspace ms. */
export type SaidOf =
  | { of: 'stopped' }
  | { of: 'attention'; name: string }
  | { of: 'reason'; reason: string }
  | { of: 'consent'; channel: ChannelName; on: boolean | null; at: number | null; implied: boolean }
  | { of: 'suppressed'; reason: string | null }
  | {
      of: 'person'
      /** null: the workspace's */
      journey: string | null
      used: number
      max: number
      withinMs: number
      until: number | null
    }
  | { of: 'frequency'; rule: Said; used: number; max: number; until: number | null }
  | {
      of: 'shared'
      kind: string
      name: string
      used: number
      max: number
      per: string
      until: number | null
      /** of the quota, kept for a segment that the person is not of */
      kept: number
      waits: boolean
    }

const REASONS: Record<string, Said> = {
  no_account: { zh: '這個渠道還沒有設定帳號。', en: 'The channel has no account.' },
  no_address: {
    zh: '這位顧客沒有這個渠道的已驗證聯絡方式。',
    en: 'The customer has no verified contact for this channel.',
  },
  blocked: { zh: '不是好友，或已封鎖。', en: 'The customer is not a friend, or blocked the account.' },
  preference: {
    zh: '這位顧客要求少收或暫停行銷訊息。',
    en: 'The customer asked for fewer marketing messages, or for none for a while.',
  },
  window: {
    zh: '顧客最後一次來訊已太久，這個渠道現在只能發送核准的範本。',
    en: 'The customer wrote too long ago; this channel now takes approved templates only.',
  },
}

const SUPPRESSED: Record<string, Said> = {
  opt_out: { zh: '已退訂', en: 'opted out' },
  bounced: { zh: '曾退信', en: 'bounced' },
  complained: { zh: '曾檢舉', en: 'complained' },
  blocked: { zh: '已封鎖', en: 'blocked' },
  manual: { zh: '由團隊加入', en: 'added by the team' },
  erasure: { zh: '個資已刪除', en: 'personal data was erased' },
}

const KINDS: Record<string, Said> = {
  quota: { zh: '帳號月額度', en: 'Monthly quota of the account' },
  budget: { zh: '預算', en: 'Budget of' },
  cap: { zh: '進入上限', en: 'Entry cap of' },
  canary: { zh: '試行人數', en: 'Canary of' },
  throttle: { zh: '流量閘門', en: 'Throttle of' },
  pool: { zh: '券池', en: 'Pool of' },
}

const PER: Record<string, Said> = {
  minute: { zh: '每分鐘', en: ' a minute' },
  hour: { zh: '每小時', en: ' an hour' },
  day: { zh: '每天', en: ' a day' },
  month: { zh: '每月', en: ' a month' },
  ever: { zh: '總共', en: ' in all' },
}

const HOUR_MS = 3_600_000
function span(ms: number): Said {
  const [n, zh, en] =
    ms % (24 * HOUR_MS) === 0
      ? [ms / (24 * HOUR_MS), '天', 'day']
      : ms % HOUR_MS === 0
        ? [ms / HOUR_MS, '小時', 'hour']
        : [Math.round(ms / 60_000), '分鐘', 'minute']
  return { zh: `${n} ${zh}`, en: `${n} ${en}${n === 1 ? '' : 's'}` }
}

/** @param place whose times and money it says */
export function sayLimit(said: SaidOf, place: { timezone: string; currency: string }): Said {
  const time = (ms: number) => wallClock(ms, place.timezone).replace('T', ' ')
  const until = (ms: number | null): Said =>
    ms === null ? { zh: '', en: '' } : { zh: `，到 ${time(ms)} 為止`, en: `, until ${time(ms)}` }
  switch (said.of) {
    case 'stopped':
      return {
        zh: '發送已暫停：訊息會等到恢復發送。',
        en: 'Sending is stopped: the message would wait until it is released.',
      }
    case 'attention':
      return {
        zh: `帳號「${said.name}」的憑證被拒絕：訊息會等候再試。`,
        en: `The credentials of the account “${said.name}” were refused: the message would wait.`,
      }
    case 'reason':
      return REASONS[said.reason] ?? { zh: `原因：${said.reason}`, en: `Reason: ${said.reason}` }
    case 'consent':
      return sayConsent(said, time)
    case 'suppressed': {
      const why =
        said.reason === null ? null : (SUPPRESSED[said.reason] ?? { zh: said.reason, en: said.reason })
      return why === null
        ? { zh: '地址不在排除名單中。', en: 'The address is not on the suppression list.' }
        : { zh: `地址在排除名單中（${why.zh}）。`, en: `The address is on the suppression list (${why.en}).` }
    }
    case 'person': {
      const { used, max, journey } = said
      const within = span(said.withinMs)
      const end = until(said.until)
      return {
        zh: `${journey === null ? '每人上限' : `旅程「${journey}」的每人上限`}：${within.zh}內最多 ${max} 則行銷訊息，已有 ${used} 則${end.zh}。`,
        en: `Cap for each person${journey === null ? '' : ` of the journey “${journey}”`}: at most ${max} marketing message${max === 1 ? '' : 's'} within ${within.en}, ${used} counted${end.en}.`,
      }
    }
    case 'frequency': {
      const { rule, used, max } = said
      const end = until(said.until)
      return {
        zh: `頻率預算「${rule.zh}」：已收到 ${used} / ${max} 則${end.zh}。`,
        en: `Frequency budget “${rule.en}”: ${used} of ${max} received${end.en}.`,
      }
    }
    case 'shared':
      return sayShared(said, place.currency, until(said.until))
  }
}

function sayConsent(
  { channel, on, at, implied }: Extract<SaidOf, { of: 'consent' }>,
  time: (ms: number) => string,
): Said {
  const by = CHANNEL_WORDS[channel]
  if (on !== null && at !== null)
    return on
      ? {
          zh: `${by.zh} 行銷同意：${time(at)} 已同意。`,
          en: `Consent to marketing by ${by.en}: given on ${time(at)}.`,
        }
      : {
          zh: `${by.zh} 行銷同意：${time(at)} 已拒絕。`,
          en: `Consent to marketing by ${by.en}: refused on ${time(at)}.`,
        }
  return implied
    ? {
        zh: `${by.zh} 行銷同意：沒有表示過，這個渠道只要沒有拒絕就可以發送。`,
        en: `Consent to marketing by ${by.en}: nothing was said; this channel needs no more than that it was not refused.`,
      }
    : {
        zh: `${by.zh} 行銷同意：沒有表示過，不能發送。`,
        en: `Consent to marketing by ${by.en}: nothing was said, so it may not be sent.`,
      }
}

function sayShared(said: Extract<SaidOf, { of: 'shared' }>, currency: string, end: Said): Said {
  const { kind, name, used, max, kept, waits } = said
  const figure = (n: number, locale: string) =>
    kind === 'budget' ? money(Math.round(n), currency, locale) : new Intl.NumberFormat(locale).format(n)
  const of = KINDS[kind] ?? { zh: kind, en: kind }
  const per = PER[said.per] ?? { zh: '', en: '' }
  return {
    zh: `${of.zh}「${name}」：${per.zh} ${figure(max, 'zh-TW')}，已用 ${figure(used, 'zh-TW')}${end.zh}${
      kept > 0 ? `；另外 ${figure(kept, 'zh-TW')} 則保留給這位顧客不在的分眾` : ''
    }${waits ? '；用完時會等下一段' : ''}。`,
    en: `${of.en} “${name}”: ${figure(max, 'en')}${per.en}, ${figure(used, 'en')} used${end.en}${
      kept > 0 ? `; another ${figure(kept, 'en')} are kept for a segment that the customer is not in` : ''
    }${waits ? '; what is over waits for the next window' : ''}.`,
  }
}
