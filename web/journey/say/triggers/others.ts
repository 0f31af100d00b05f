// Words of all other kinds of triggers, one line each.
import type { Trigger } from '../../../../src/journeys/model.ts'
import type { Say } from '../../../use.ts'
import { sayWhere } from '../../../rules/phrases.ts'
import { word } from '../../../i18n.ts'
import type { TriggerSay } from './model.ts'

type Kind = Exclude<Trigger['kind'], 'event' | 'date'>
type Match = { is: 'is' | 'starts_with' | 'contains' | 'like'; value: string }

const sayMatch = (m: Match, { t }: Say): string => t(`triggerSay.match_${m.is}`, { v: m.value })

export const sayTimes = (times: { n: number; withinMs: number } | undefined, say: Say): string =>
  times ? say.t('triggerSay.times', { n: times.n, time: say.duration(times.withinMs) }) : ''

const sayList = (values: readonly unknown[], say: Say): string => say.list(values.map(String))

const sayOffset = (n: number, { t }: Say): string =>
  n === 0 ? t('triggerSay.onDay') : n < 0 ? t('triggerSay.before', { n: -n }) : t('triggerSay.after', { n })

export const others: { [K in Kind]: TriggerSay<K> } = {
  page: (g, say) => say.t('triggerSay.page', { match: sayMatch(g.page, say) }) + sayTimes(g.times, say),
  dwell: (g, say) =>
    g.page
      ? say.t('triggerSay.dwellOn', { n: g.seconds, match: sayMatch(g.page, say) })
      : say.t('triggerSay.dwell', { n: g.seconds }),
  product: (g, say, names) =>
    say.t('triggerSay.product', {
      v: g.by === 'product_id' ? names.product('product', g.value) : names.product(g.by, g.value),
    }) + sayTimes(g.times, say),
  segment: (g, { t }, names) =>
    t(`triggerSay.segment_${g.on}`, {
      v: names.segment(g.segment) + (g.group ? ` ${names.group(g.segment, g.group)}` : ''),
    }),
  tag: (g, say) => say.t(`triggerSay.tag_${g.on}`, { v: sayList(g.tags, say) }),
  trait: (g, say, names) =>
    say.t(`triggerSay.trait_${g.on}`, { v: names.trait(g.trait) }) +
    (g.from ? say.t('triggerSay.from', { v: sayList(g.from, say) }) : '') +
    (g.to ? say.t('triggerSay.to', { v: sayList(g.to, say) }) : '') +
    (g.way ? say.t(`triggerSay.${g.way}`) : ''),
  identifier: (g, { t }) =>
    t('triggerSay.identifier', { v: t(`fields_trigger_identifier.identifier_${g.identifier}`) }),
  completeness: (g, say, names) =>
    say.t('triggerSay.completeness', {
      v: sayList(
        g.fields.map(f =>
          f.startsWith('contact.') ? word('channel', f.slice('contact.'.length)) : names.trait(f),
        ),
        say,
      ),
    }),
  contact: (g, { t }) => t(`triggerSay.contact_${g.on}`),
  message: (g, say) =>
    g.words
      ? say.t('triggerSay.messageWords', {
          match: sayMatch({ is: g.is ?? 'is', value: sayList(g.words, say) }, say),
        })
      : say.t('triggerSay.message'),
  postback: (g, say) => say.t('triggerSay.postback', { match: sayMatch(g.data, say) }),
  broadcast: (g, { t }, names) =>
    g.segment
      ? t('triggerSay.broadcast', {
          v: names.segment(g.segment) + (g.group ? ` ${names.group(g.segment, g.group)}` : ''),
        })
      : t('triggerSay.broadcastAll'),
  link: (g, { t }) => t(`triggerSay.link_${g.on}`, { v: g.link }),
  form: (g, say, names) => say.t('triggerSay.form', { v: g.form }) + sayWhere(g.where, say, names),
  coupon: (g, { t }, names) =>
    t(`triggerSay.coupon_${g.on}`, { n: g.days ?? 0 }) +
    (g.coupon ? t('triggerSay.named', { v: names.coupon(g.coupon) }) : ''),
  points: ({ days }, { t }) =>
    days === undefined ? t('triggerSay.points') : t('triggerSay.pointsDays', { n: days }),
  tier: (g, say, names) =>
    say.t(`triggerSay.tier_${g.on}`) +
    (g.to ? say.t('triggerSay.to', { v: sayList(g.to.map(names.tier), say) }) : ''),
  stage: (g, say) =>
    say.t('triggerSay.stage') +
    (g.to
      ? say.t('triggerSay.to', {
          v: sayList(
            g.to.map(s => say.t(`stage.${s}`)),
            say,
          ),
        })
      : '') +
    (g.way ? say.t(`triggerSay.${g.way}`) : ''),
  order: (g, say, names) => {
    const { lines, amount, on } = g
    const money = (n: number) => say.money(n, amount?.currency ?? names.currency)
    return [
      say.t(`triggerSay.order_${on}`),
      lines
        ? say.t('triggerSay.named', {
            v: sayList(
              lines.values.map(v => names.product(lines.by, v)),
              say,
            ),
          })
        : '',
      amount?.min === undefined ? '' : say.t('triggerSay.atLeast', { v: money(amount.min) }),
      amount?.max === undefined ? '' : say.t('triggerSay.atMost', { v: money(amount.max) }),
    ].join('')
  },
  cart: (g, say) => say.t('triggerSay.cart', { time: say.duration(g.idleMs) }),
  repurchase: (g, { t }) => t('triggerSay.repurchase', { n: g.leadDays, time: g.time }),
  launch: (g, say) =>
    say.t(`triggerSay.launch_${g.who}`) +
    (g.only ? say.t('triggerSay.named', { v: sayList(g.only, say) }) : ''),
  calendar: (g, say, names) =>
    say.t('triggerSay.calendar', {
      v: say.t(`holiday.${g.holiday}`),
      offset: sayOffset(g.offsetDays, say),
      time: g.time,
    }) + (g.segment ? say.t('triggerSay.within', { v: names.segment(g.segment) }) : ''),
  campaign: (g, say, names) =>
    say
      .t(`triggerSay.campaign_${g.at}`, {
        v: names.campaign(g.campaign),
        offset: sayOffset(g.offsetDays, say),
        time: g.time ?? '',
      })
      .trim() + (g.segment ? say.t('triggerSay.within', { v: names.segment(g.segment) }) : ''),
  schedule: (g, say, names) =>
    (g.rrule
      ? say.t('triggerSay.schedule', { at: g.start.replace('T', ' '), rule: g.rrule })
      : say.t('triggerSay.scheduleOnce', { at: g.start.replace('T', ' ') })) +
    (g.segment ? say.t('triggerSay.within', { v: names.segment(g.segment) }) : ''),
  api: (_, { t }) => t('triggerSay.api'),
  webhook: (g, say, names) =>
    say.t('triggerSay.webhook', { source: g.source, v: names.event(g.event) }) +
    sayWhere(g.where, say, names),
  journey: (g, { t }, names) => t('triggerSay.journey', { v: names.journey(g.journey) }),
}
