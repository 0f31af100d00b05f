// Leaves that only the state knows, over the newest snapshot `c` of a customer (columns: src/inbox/history-columns.ts).
import { STAGES } from '../../customers/model.ts'
import { never } from '../../platform/errors.ts'
import { spanMs } from '../leaves/times.ts'
import type { Rule } from '../model.ts'
import type { Bound } from './bind.ts'
import type { SqlContext } from './compile.ts'
import { ageSql, dateSql, numberSql, textSql, timeSql } from './tests.ts'

type Leaf<Op extends Rule['op']> = Extract<Rule, { op: Op }>
type StateRule = Exclude<Rule, { op: 'and' | 'or' | 'not' | 'event' | 'orders' | 'sequence' }>

const some = (parts: string[]): string => `(${parts.join(' or ')})`

export function stateSql(rule: StateRule, ctx: SqlContext, b: Bound): string {
  switch (rule.op) {
    case 'trait':
      return traitSql(rule, ctx, b)
    case 'age':
      return ageSql(rule, dateOf('birthday', b), ctx.at, ctx.timezone, b)
    case 'tags':
      return tagsSql(rule, ctx, b)
    case 'identifier':
      return `has(c.identifiers, ${b.text(rule.kind + (rule.verified ? '!' : ''))})`
    case 'channel':
      return `has(${rule.is === 'bound' ? 'c.bound' : 'c.reach'}, ${b.text(rule.channel)})`
    case 'consent':
      return consentSql(rule, b)
    case 'stage':
      return stageSql(rule, b)
    case 'tier': {
      const among = `(c.tier != '' and has(${b.texts(rule.tiers)}, c.tier))`
      return rule.is === 'one_of' ? among : `not ${among}`
    }
    case 'points':
      return numberSql(rule.test, 'assumeNotNull(c.points)', 'isNotNull(c.points)', b)
    case 'coupon':
      return couponSql(rule, ctx, b)
    case 'likes':
      return `hasAny(arraySlice(${rule.of === 'category' ? 'c.likes_categories' : 'c.likes_brands'}, 1, ${b.of(rule.top, 'UInt32')}), ${b.texts(rule.values)})`
    case 'touch': {
      const field = `arrayElement(${rule.which === 'first' ? 'c.touch_first' : 'c.touch_last'}, ${TOUCH.indexOf(rule.field) + 1})`
      return `(${field} != '' and has(${b.texts(rule.values)}, ${field}))`
    }
    case 'clock': {
      const ms = `toUnixTimestamp64Milli(${rule.clock === 'order' ? 'c.last_order' : `c.clock_${rule.clock}`})`
      return timeSql(rule.test, ms, `(${ms} != 0)`, ctx.at, ctx.timezone, b)
    }
    case 'segment':
      return segmentSql(rule, ctx, b)
    case 'percent': {
      const n = `murmurHash3_32(concat(toString(c.customer_id), ':', ${b.text(rule.salt)})) * 100 / 4294967296`
      return `(${n} >= ${b.number(rule.from)} and ${n} < ${b.number(rule.to)})`
    }
    default:
      return never(rule)
  }
}

const TOUCH: Leaf<'touch'>['field'][] = ['kind', 'source', 'medium', 'campaign', 'ad', 'store', 'keyword']

const textOf = (name: string, b: Bound): string =>
  `arrayElement(c.text_values, indexOf(c.text_names, ${b.text(name)}))`
/** '' where it is no date. */
const dateOf = (name: string, b: Bound): string =>
  `arrayElement(c.date_values, indexOf(c.date_names, ${b.text(name)}))`
const hasText = (name: string, b: Bound): string => `has(c.text_names, ${b.text(name)})`

function traitSql(rule: Leaf<'trait'>, ctx: SqlContext, b: Bound): string {
  const name = rule.trait
  switch (rule.type) {
    case 'text':
      return textSql(rule.test, textOf(name, b), hasText(name, b), b)
    case 'number':
      return numberSql(
        rule.test,
        `arrayElement(c.number_values, indexOf(c.number_names, ${b.text(name)}))`,
        `has(c.number_names, ${b.text(name)})`,
        b,
      )
    case 'boolean':
      return `has(c.flags, ${b.text((rule.test.value ? '+' : '-') + name)})`
    case 'date':
      return dateSql(rule.test, dateOf(name, b), ctx.at, ctx.timezone, b)
    case 'list': {
      const items = b.texts(rule.test.values.map(v => `${name}=${JSON.stringify(v)}`))
      if (rule.test.is === 'all') return `hasAll(c.list_items, ${items})`
      return `${rule.test.is === 'none' ? 'not ' : ''}hasAny(c.list_items, ${items})`
    }
    case 'any':
      return some([
        `${textOf(name, b)} != ''`,
        `has(c.number_names, ${b.text(name)})`,
        `hasAny(c.flags, ${b.texts(['+' + name, '-' + name])})`,
        `has(c.list_names, ${b.text(name)})`,
      ])
    default:
      return never(rule)
  }
}

function tagsSql({ is, tags }: Leaf<'tags'>, ctx: SqlContext, b: Bound): string {
  const names = b.texts(tags)
  const left = `arrayFilter(t -> not arrayExists((n, e) -> n = t and e <= ${b.moment(ctx.at)}, c.tag_names, c.tag_ends), c.tags)`
  const test = is === 'all' ? 'hasAll' : 'hasAny'
  // few have tags that end: only of those is the rest worked out
  const holds = `(${test}(c.tags, ${names}) and (empty(c.tag_names) or ${test}(${left}, ${names})))`
  return is === 'none' ? `not ${holds}` : holds
}

function consentSql({ channel, purpose, is }: Leaf<'consent'>, b: Bound): string {
  const key = b.text(`${channel}/${purpose}`)
  if (is === 'granted') return `has(c.consents, ${key})`
  if (is === 'refused') return `has(c.refusals, ${key})`
  return `not (has(c.consents, ${key}) or has(c.refusals, ${key}))`
}

function stageSql({ is, stage }: Leaf<'stage'>, b: Bound): string {
  const asked = STAGES.indexOf(stage)
  const wanted: string[] =
    is === 'exactly' ? [stage] : is === 'at_least' ? STAGES.slice(asked) : STAGES.slice(0, asked + 1)
  if (wanted.includes(STAGES[0])) wanted.push('')
  return `has(${b.texts(wanted)}, c.stage)`
}

function couponSql({ coupon, expiresIn }: Leaf<'coupon'>, ctx: SqlContext, b: Bound): string {
  const tests = [`(toUnixTimestamp64Milli(x.2) = 0 or x.2 > ${b.moment(ctx.at)})`]
  if (coupon !== undefined) tests.push(`x.1 = ${b.text(coupon)}`)
  if (expiresIn !== undefined)
    tests.push(`toUnixTimestamp64Milli(x.2) != 0 and x.2 <= ${b.moment(ctx.at + spanMs(expiresIn))}`)
  return `arrayExists(x -> ${tests.join(' and ')}, c.coupons)`
}

function segmentSql({ segment, group, is }: Leaf<'segment'>, ctx: SqlContext, b: Bound): string {
  const asked = ctx.segment(segment, group)
  const member =
    asked === null
      ? 'false'
      : asked.g === null
        ? `arrayExists(s -> s.1 = ${b.of(asked.n, 'UInt32')}, c.segments)`
        : `arrayExists(s -> s.1 = ${b.of(asked.n, 'UInt32')} and s.2 = ${b.of(asked.g, 'UInt32')}, c.segments)`
  return is === 'in' ? member : `not ${member}`
}
