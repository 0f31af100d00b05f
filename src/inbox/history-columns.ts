// What rules ask of a customer's snapshot (src/rules/sql), in columns that are read alone. Zero times and empty texts
// stand for "none"; arrays of names go with arrays of values.
import type { CustomerState, Touch } from '../customers/model.ts'
import { dayOfDate } from '../platform/zone-days.ts'
import { CHANNEL_NAMES } from '../channels/model.ts'
import { addressFor } from '../customers/reach.ts'

export type RuleColumns = {
  text_names: string[]
  text_values: string[]
  date_names: string[]
  date_values: string[]
  number_names: string[]
  number_values: number[]
  flags: string[]
  list_names: string[]
  list_items: string[]
  tag_names: string[]
  tag_ends: number[]
  bound: string[]
  refusals: string[]
  tier: string
  points: number | null
  coupons: [kind: string, ends: number][]
  likes_categories: string[]
  likes_brands: string[]
  touch_first: string[]
  touch_last: string[]
  clock_customer: number
  clock_marketing: number
  clock_team: number
}

const TOUCH = ['k', 's', 'm', 'c', 'ad', 'st', 'kw'] as const
const touchOf = (touch: Touch | undefined): string[] => (touch ? TOUCH.map(name => touch[name] ?? '') : [])
const ranked = (scores: Record<string, number> | undefined): string[] =>
  Object.entries(scores ?? {})
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name]) => name)

export function ruleColumns(state: Partial<CustomerState>): RuleColumns {
  const known = { ids: [], traits: {}, ...state }
  const ending = Object.entries(state.tags ?? {}).filter(([, tag]) => tag.until !== undefined)
  return {
    ...traitColumns(known.traits),
    tag_names: ending.map(([name]) => name),
    tag_ends: ending.map(([, tag]) => tag.until!),
    bound: CHANNEL_NAMES.filter(channel => addressFor(known, channel)?.verified === true),
    refusals: Object.entries(state.consent ?? {}).flatMap(([key, c]) => (c.on ? [] : [key])),
    tier: state.tier?.v ?? '',
    points: state.points?.v ?? null,
    coupons: Object.values(state.coupons ?? {}).flatMap(c => (c.gone ? [] : [[c.kind, c.ends ?? 0]])),
    likes_categories: ranked(state.likes?.c),
    likes_brands: ranked(state.likes?.b),
    touch_first: touchOf(state.touch?.f),
    touch_last: touchOf(state.touch?.l ?? state.touch?.f),
    clock_customer: state.clk?.c ?? 0,
    clock_marketing: state.clk?.m ?? 0,
    clock_team: state.clk?.t ?? 0,
  }
}

function traitColumns(traits: CustomerState['traits']) {
  const columns = {
    text_names: [] as string[],
    text_values: [] as string[],
    date_names: [] as string[],
    date_values: [] as string[],
    number_names: [] as string[],
    number_values: [] as number[],
    flags: [] as string[],
    list_names: [] as string[],
    list_items: [] as string[],
  }
  for (const [name, { v }] of Object.entries(traits)) {
    if (typeof v === 'string') {
      columns.text_names.push(name)
      columns.text_values.push(v)
      if (dayOfDate(v) !== null) {
        columns.date_names.push(name)
        columns.date_values.push(v.slice(0, 10))
      }
    } else if (typeof v === 'number') {
      columns.number_names.push(name)
      columns.number_values.push(v)
    } else if (typeof v === 'boolean') columns.flags.push((v ? '+' : '-') + name)
    else if (v.length > 0) {
      columns.list_names.push(name)
      for (const item of v) columns.list_items.push(`${name}=${JSON.stringify(item)}`)
    }
  }
  return columns
}
