// Sums that LINE tells: opens and clicks by unit, friends by day. What concerns fewer than 20 people is null.
// Source: line/line-openapi insight.yml.
import type { Account } from '../adapter.ts'
import { askLine } from './account.ts'
import type { LineCall } from './api.ts'

/** Longest span of one question, days. */
export const SPAN_DAYS = 30

const compact = (day: string): string => day.replaceAll('-', '')

export const unitCall = (unit: string, from: string, to: string): LineCall => ({
  method: 'GET',
  path: '/v2/bot/insight/message/event/aggregation',
  query: { customAggregationUnit: unit, from: compact(from), to: compact(to) },
})
export const followersCall = (day: string): LineCall => ({
  method: 'GET',
  path: '/v2/bot/insight/followers',
  query: { date: compact(day) },
})

export type UnitFigures = {
  overview: {
    uniqueImpression: number | null
    uniqueClick: number | null
    uniqueMediaPlayed: number | null
  }
  messages?: Record<string, unknown>[]
  clicks?: Record<string, unknown>[]
}
export async function unitFigures(
  account: Account,
  of: { unit: string; from: string; to: string },
  signal: AbortSignal,
): Promise<UnitFigures> {
  const answer = await askLine(account, unitCall(of.unit, of.from, of.to), signal)
  return JSON.parse(answer.body) as UnitFigures
}

export type Followers = { followers: number; targetedReaches: number | null; blocks: number }
/** null: LINE has not counted that day. */
export async function followersOn(
  account: Account,
  day: string,
  signal: AbortSignal,
): Promise<Followers | null> {
  const said = JSON.parse((await askLine(account, followersCall(day), signal)).body) as {
    status: string
  } & Partial<Followers>
  return said.status === 'ready'
    ? {
        followers: said.followers ?? 0,
        targetedReaches: said.targetedReaches ?? null,
        blocks: said.blocks ?? 0,
      }
    : null
}
