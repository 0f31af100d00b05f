// Leaves about what a profile says: attributes, age, tags, identifiers, channels, consent, stage, membership, coupons,
// likes, touch, clocks, other segments, and shares.
import { STAGES, type CustomerState, type TraitValue } from '../../customers/model.ts'
import { addressFor, reachOf } from '../../customers/reach.ts'
import { never } from '../../platform/errors.ts'
import { ageAt } from '../../platform/wall-time.ts'
import type { Rule } from '../model.ts'
import { percentOf } from '../percent.ts'
import type { Found, Subject } from '../subject.ts'
import { spanMs, testDate, testTime, turns } from './times.ts'
import { testBoolean, testList, testNumber, testText } from './values.ts'

type Leaf<Op extends Rule['op']> = Extract<Rule, { op: Op }>

const found = (value: boolean, seen: unknown, until: number | null = null): Found => ({ value, seen, until })

const traitOf = (state: Pick<CustomerState, 'traits'>, name: string): TraitValue | null =>
  Object.hasOwn(state.traits, name) ? state.traits[name]!.v : null

export function trait(rule: Leaf<'trait'>, { state, now, timezone }: Subject): Found {
  const seen = traitOf(state, rule.trait)
  switch (rule.type) {
    case 'text':
      return found(testText(rule.test, typeof seen === 'string' ? seen : null), seen)
    case 'number':
      return found(testNumber(rule.test, typeof seen === 'number' ? seen : null), seen)
    case 'boolean':
      return found(testBoolean(rule.test, typeof seen === 'boolean' ? seen : null), seen)
    case 'date': {
      const { value, until } = testDate(rule.test, seen, now, timezone)
      return found(value, seen, until)
    }
    case 'list': {
      const items: readonly unknown[] | null = Array.isArray(seen) ? seen : null
      const { is, values } = rule.test
      if (items === null) return found(is === 'none', seen)
      return found(
        testList(is, values, item => items.includes(item)),
        seen,
      )
    }
    case 'any':
      return found(seen !== null && seen !== '' && !(Array.isArray(seen) && seen.length === 0), seen)
    default:
      return never(rule)
  }
}

export function age(rule: Leaf<'age'>, { state, now, timezone }: Subject): Found {
  const birthday = traitOf(state, 'birthday')
  const { min = 0, max = Number.POSITIVE_INFINITY } = rule
  const years = ageAt(birthday, timezone, now)?.age ?? null
  // null also for a birthday that is still to come
  if (years === null) return found(false, null, turns(birthday, min, timezone))
  if (years < min) return found(false, years, turns(birthday, min, timezone))
  if (years > max) return found(false, years)
  return found(true, years, max === Number.POSITIVE_INFINITY ? null : turns(birthday, max + 1, timezone))
}

export function tags(rule: Leaf<'tags'>, { state, now }: Subject): Found {
  let until: number | null = null
  const seen: string[] = []
  const has = (name: unknown): boolean => {
    const tag = Object.hasOwn(state.tags, name as string) ? state.tags[name as string] : undefined
    if (tag === undefined || (tag.until !== undefined && tag.until <= now)) return false
    seen.push(name as string)
    return true
  }
  const value = testList(rule.is, rule.tags, has)
  for (const name of rule.tags) {
    const ends = Object.hasOwn(state.tags, name) ? state.tags[name]!.until : undefined
    if (ends !== undefined && ends > now && (until === null || ends < until)) until = ends
  }
  return found(value, seen, until)
}

export function identifier(rule: Leaf<'identifier'>, { state }: Subject): Found {
  const held = state.ids.some(id => id.kind === rule.kind && (id.verified || rule.verified !== true))
  return found(held, held ? rule.kind : null)
}

const NOT_SUPPRESSED: ReadonlyMap<string, string> = new Map()

export function channel(rule: Leaf<'channel'>, { state }: Subject): Found {
  if (rule.is === 'bound') {
    const bound = addressFor(state, rule.channel)?.verified === true
    return found(bound, bound ? 'bound' : null)
  }
  const { reachable, reason } = reachOf(state, rule.channel, NOT_SUPPRESSED)
  return found(reachable, reason ?? 'reachable')
}

export function consent(rule: Leaf<'consent'>, { state }: Subject): Found {
  const key = `${rule.channel}/${rule.purpose}`
  const on = Object.hasOwn(state.consent, key) ? state.consent[key]!.on : undefined
  const seen = on === undefined ? 'unknown' : on ? 'granted' : 'refused'
  return found(seen === rule.is, seen)
}

export function stage(rule: Leaf<'stage'>, { state }: Subject): Found {
  const now = state.stage?.s ?? 1
  const asked = STAGES.indexOf(rule.stage) + 1
  const value = rule.is === 'exactly' ? now === asked : rule.is === 'at_least' ? now >= asked : now <= asked
  return found(value, STAGES[now - 1])
}

export function tier(rule: Leaf<'tier'>, { state }: Subject): Found {
  const held = state.tier?.v ?? null
  const among = held !== null && rule.tiers.includes(held)
  return found(among === (rule.is === 'one_of'), held)
}

export function points(rule: Leaf<'points'>, { state }: Subject): Found {
  const held = state.points?.v ?? null
  return found(testNumber(rule.test, held), held)
}

export function coupon(rule: Leaf<'coupon'>, { state, now }: Subject): Found {
  const span = rule.expiresIn === undefined ? null : spanMs(rule.expiresIn)
  let until: number | null = null
  let seen: string | null = null
  for (const held of Object.values(state.coupons ?? {})) {
    const { kind, ends } = held
    if (held.gone || (rule.coupon !== undefined && kind !== rule.coupon)) continue
    if (ends !== undefined && ends <= now) continue
    const from = span === null ? null : ends === undefined ? Number.POSITIVE_INFINITY : ends - span
    const holds = from === null || from <= now
    if (holds) seen ??= kind
    const next = holds ? ends : from!
    if (next !== undefined && next !== Number.POSITIVE_INFINITY && (until === null || next < until))
      until = next
  }
  return found(seen !== null, seen, until)
}

export function likes(rule: Leaf<'likes'>, { state }: Subject): Found {
  const scores = state.likes?.[rule.of === 'category' ? 'c' : 'b'] ?? {}
  const top = Object.entries(scores)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, rule.top)
    .map(([name]) => name)
  return found(
    rule.values.some(v => top.includes(v)),
    top,
  )
}

const TOUCH_FIELDS = {
  kind: 'k',
  source: 's',
  medium: 'm',
  campaign: 'c',
  ad: 'ad',
  store: 'st',
  keyword: 'kw',
} as const

export function touch(rule: Leaf<'touch'>, { state }: Subject): Found {
  const seen = rule.which === 'first' ? state.touch?.f : (state.touch?.l ?? state.touch?.f)
  const value = seen?.[TOUCH_FIELDS[rule.field]] ?? null
  return found(value !== null && rule.values.includes(value), value)
}

const CLOCKS = { customer: 'c', marketing: 'm', team: 't' } as const

export function clock(rule: Leaf<'clock'>, { state, now, timezone }: Subject): Found {
  const at = (rule.clock === 'order' ? state.orders?.lastAt : state.clk?.[CLOCKS[rule.clock]]) ?? null
  const { value, until } = testTime(rule.test, at, now, timezone)
  return found(value, at, until)
}

export function segment(rule: Leaf<'segment'>, { member }: Subject): Found {
  const held = member?.(rule.segment, rule.group) === true
  return found(held === (rule.is === 'in'), held)
}

export function percent(rule: Leaf<'percent'>, { state }: Subject): Found {
  const seen = percentOf(state.id, rule.salt)
  return found(seen >= rule.from && seen < rule.to, seen)
}
