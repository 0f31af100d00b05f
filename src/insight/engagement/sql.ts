// Messages of history as a table, one row a message, with all that is known of it by now. Engagement, reach, attribution and
// campaigns all start here, so that they agree. What goes to nobody outside (INTERNAL_CHANNELS) and tests are no messages.
import { INTERNAL_CHANNELS } from '../../messages/model.ts'
import type { Uuid } from '../../platform/ids.ts'
import type { Bound } from '../../rules/sql/bind.ts'
import { filtersSql } from '../../rules/sql/props.ts'
import { MERGED, PERSON } from '../metrics/orders.ts'
import type { Participation } from './model.ts'

export type MessageScope = {
  workspace: Uuid
  /** when it was sent, workspace ms */
  from: number
  to: number
  /** how long after a message something counts as its doing */
  windowMs: number
  participation: Participation
  /** channels whose accounts tell what was delivered (`tellingChannels`); one that has told is one, too */
  tells: readonly string[]
  channels?: readonly string[]
  journeys?: readonly Uuid[]
  /** all but these */
  butJourneys?: readonly Uuid[]
  /** which campaign each journey belongs to (journey.campaign_id), to tell messages apart by it */
  campaigns?: ReadonlyMap<Uuid, Uuid>
  node?: string
  version?: number
  purpose?: string
  module?: string
  /** label of a link: messages of which somebody clicked it, by node and version; clicked means this link */
  cta?: string
}

/** The provider took it, or told of it later. */
export const SENT_FACTS = [
  'message.accepted',
  'message.delivered',
  'message.opened',
  'message.opened_by_machine',
  'message.clicked',
  'message.bounced',
  'message.complained',
  'message.blocked',
] as const
const ALL_FACTS = ['message.intended', ...SENT_FACTS]
/** An intent may wait so long for its hour before it is sent. */
const LOOKBACK_MS = 62 * 86_400_000

const quoted = (names: readonly string[]): string => names.map(n => `'${n}'`).join(', ')
const has = (name: string): string => `countIf(f.name = 'message.${name}') > 0`
const prop = (name: string): string => `JSONExtractString(e.props, '${name}')`

/** What an event `e` says it cost, exact: in ten-thousandths of the smallest unit, so that sums of many are, too. */
export const COST = `(toDecimal64(round(JSONExtractFloat(e.props, 'cost') * 10000), 4) / 10000)`

/** `all_sent`: messages sent since {from}, whoever sent them: message, person, channel, journey, run, node, ver, purpose,
 *  module, at, cost, ctas, and what was told of each. */
function allSent(p: MessageScope, b: Bound): string {
  return `${MERGED},
message_facts as (
  select e.message as message, ${PERSON} as person, e.name as name, e.occurred as occurred, e.channel as channel, e.journey_id as journey,
         e.enrollment_id as run, e.node as node, e.version as version, ${prop('purpose')} as purpose, ${prop('module')} as module, ${prop('origin')} as origin,
         if(e.name = 'message.accepted', ${COST}, 0) as cost,
         if(e.name = 'message.clicked', if(${prop('cta')} <> '', ${prop('cta')}, ${prop('label')}), '') as cta
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'message' and e.name in (${quoted(ALL_FACTS)})
     and not has(${b.texts(INTERNAL_CHANNELS)}, e.channel) and e.occurred >= ${b.moment(p.from - LOOKBACK_MS)}),
all_sent as (
  select f.message as message, any(f.person) as person, any(f.channel) as channel, max(f.journey) as journey, max(f.run) as run,
         max(f.node) as node, max(f.version) as ver, max(f.purpose) as purpose, max(f.module) as module,
         minIf(f.occurred, f.name <> 'message.intended') as at, sum(f.cost) as cost, groupUniqArrayIf(f.cta, f.cta <> '') as ctas,
         ${has('delivered')} as delivered, ${has('opened')} as opened, ${has('opened_by_machine')} as machine, ${has('clicked')} as clicked,
         ${has('bounced')} as bounced, ${has('complained')} as complained, ${has('blocked')} as refused
    from message_facts f group by f.message
   having countIf(f.name <> 'message.intended') > 0 and max(f.origin = 'test') = 0
      and minIf(f.occurred, f.name <> 'message.intended') >= ${b.moment(p.from)})`
}

/** Who blocked a channel within the window after a message, and its last one before: `blocks` (message). */
const blocks = (p: MessageScope, b: Bound): string => `
unfollows as (
  select ${PERSON} as person, e.occurred as occurred, if(${prop('channel')} = '', 'line', ${prop('channel')}) as channel
    from event e left join merged m on e.customer_id = m.loser
   where e.workspace_id = {workspace:UUID} and e.kind = 'event' and e.name = 'contact.unfollowed' and e.occurred >= ${b.moment(p.from)}),
blocks as (
  select distinct s.message as message
    from unfollows u asof join all_sent s on u.person = s.person and u.channel = s.channel and u.occurred >= s.at
   where u.occurred <= addMilliseconds(s.at, ${b.of(p.windowMs, 'Int64')}))`

/** Opt-outs that say by which message: `opt_outs` (message). */
const optOuts = (p: MessageScope, b: Bound): string => `
opt_outs as (
  select distinct toUUIDOrZero(JSONExtractString(props, 'message')) as message from event
   where workspace_id = {workspace:UUID} and kind = 'event' and name = 'consent.refused' and occurred >= ${b.moment(p.from)})`

/** What counts as taking part: `acts` (message) of answers and clicks, or (person, occurred) of events. */
function acts(p: MessageScope, b: Bound): string {
  const { participation } = p
  if (participation === null)
    return `
took_part as (
  select distinct toUUIDOrZero(splitByChar(':', JSONExtractString(props, 'data'))[2]) as message from event
   where workspace_id = {workspace:UUID} and kind = 'event' and name = 'line.postback' and occurred >= ${b.moment(p.from)}
     and startsWith(JSONExtractString(props, 'data'), 'ask:')
  union distinct select message from all_sent where clicked)`
  const some = participation.events.map(({ event, where }) => {
    const filters = filtersSql(where, b)
    return `(name = ${b.text(event)}${filters ? ` and ${filters}` : ''})`
  })
  const { from = p.from, to } = participation
  return `
acts as (
  select ${PERSON} as person, e.occurred as occurred
    from (select * from event where workspace_id = {workspace:UUID} and (${some.join(' or ') || 'false'})
             and occurred >= ${b.moment(Math.max(from, p.from))}${to === undefined ? '' : ` and occurred < ${b.moment(to)}`}) e
    left join merged m on e.customer_id = m.loser),
took_part as (
  select distinct s.message as message from all_sent s join acts a on a.person = s.person
   where a.occurred >= s.at and a.occurred <= addMilliseconds(s.at, ${b.of(p.windowMs, 'Int64')}))`
}

/** `messages`: those of the scope, one row a message, each figure of FIGURES as a Boolean of that name. Needs the parameter
 *  `workspace`. reached: delivered, or told of by what comes later; of channels that do not tell: accepted, and neither come
 *  back nor known as blocked. A receipt counts whenever it came. */
export function messagesSql(p: MessageScope, b: Bound): string {
  const only = [
    `s.at < ${b.moment(p.to)}`,
    ...(p.channels ? [`has(${b.texts(p.channels)}, s.channel)`] : []),
    ...(p.journeys ? [`has(${b.of(p.journeys, 'Array(UUID)')}, s.journey)`] : []),
    ...(p.butJourneys ? [`not has(${b.of(p.butJourneys, 'Array(UUID)')}, s.journey)`] : []),
    ...(p.node === undefined ? [] : [`s.node = ${b.text(p.node)}`]),
    ...(p.version === undefined ? [] : [`s.ver = ${b.of(p.version, 'UInt32')}`]),
    ...(p.purpose === undefined ? [] : [`s.purpose = ${b.text(p.purpose)}`]),
    ...(p.module === undefined ? [] : [`s.module = ${b.text(p.module)}`]),
  ].join(' and ')
  const cta = p.cta === undefined ? null : `has(s.ctas, ${b.text(p.cta)})`
  const had =
    cta === null
      ? ''
      : ` and (s.journey, s.node, s.ver) in (select s.journey, s.node, s.ver from all_sent s where ${only} and ${cta})`
  const clicked = cta ?? 's.clicked'
  return `${allSent(p, b)},${blocks(p, b)},${optOuts(p, b)},${acts(p, b)},
telling as (select distinct channel from all_sent where delivered),
messages as (
  select s.message as message, s.person as person, s.channel as channel, s.journey as journey, s.run as run, s.node as node, s.ver as ver,
         s.purpose as purpose, s.module as module, s.at as at, s.cost as cost, s.ctas as ctas, true as sent, s.delivered as delivered,
         s.opened as opened, s.machine as machine, ${clicked} as clicked, s.bounced as bounced, s.complained as complained,
         has(${b.texts(p.tells)}, s.channel) or s.channel in telling as tells,
         s.delivered or s.opened or s.machine or s.clicked or s.complained or not (tells or s.bounced or s.refused) as reached,
         reached and s.message in took_part${cta === null ? '' : ` and ${cta}`} as participated,
         s.refused or s.message in blocks as blocked, s.message in opt_outs as unsubscribed
    from all_sent s where ${only}${had})`
}
