// Who is behind a figure, page by page: rows (person, value) of history with the customers they are today.
import type { CustomerRow } from '../../customers/present.ts'
import { rowsById } from '../../customers/list.ts'
import { askHistory, type History } from '../../platform/clickhouse.ts'
import type { Core } from '../../platform/core.ts'
import { readCursor, writeCursor } from '../../platform/cursor.ts'
import type { WorkspaceRow } from '../../platform/http/handler.ts'
import type { Uuid } from '../../platform/ids.ts'

export type PersonValue = { person: Uuid; value: number }
/** Rows (person, value), several of a person are added up. */
export type PeopleSql = { sql: string; params: Record<string, unknown> }
/** The largest value first, from a place in that order. */
export type ReadPeople = (skip: number, limit: number) => Promise<PersonValue[]>

export const readSql =
  (history: History, { sql, params }: PeopleSql): ReadPeople =>
  (skip, limit) =>
    askHistory(
      history,
      `select person, toFloat64(sum(value)) as value from (${sql}) group by person
        order by value desc, person limit {limit:UInt32} offset {skip:UInt32}`,
      { ...params, skip, limit },
    )

/** Of people worked out whole. */
export const readMap =
  (people: ReadonlyMap<Uuid, number>): ReadPeople =>
  async (skip, limit) =>
    [...people]
      .map(([person, value]) => ({ person, value }))
      .sort((a, b) => b.value - a.value || (a.person < b.person ? -1 : 1))
      .slice(skip, skip + limit)

/** Each with its customer, in the order given; who was forgotten meanwhile is left out. */
export async function withCustomers<Row extends { person: Uuid }>(
  core: Core,
  workspace: WorkspaceRow,
  found: Row[],
): Promise<(Omit<Row, 'person'> & { customer: CustomerRow })[]> {
  const rows = await rowsById(
    core.pool,
    workspace,
    found.map(f => f.person),
  )
  return found.flatMap(({ person, ...rest }) => {
    const customer = rows.get(person)
    return customer ? [{ ...rest, customer }] : []
  })
}

/** The place of a person in a list by value: the value, and who it is. */
export const isValuePlace = (p: unknown): p is [number, Uuid] =>
  Array.isArray(p) && p.length === 2 && typeof p[0] === 'number' && typeof p[1] === 'string'

const isPlace = (p: unknown): p is number => Number.isInteger(p) && Number(p) >= 0

/** @throws Problem 400 `bad_cursor` */
export async function peoplePage(
  core: Core,
  workspace: WorkspaceRow,
  { cursor, limit }: { cursor?: string; limit: number },
  read: ReadPeople,
) {
  const skip = readCursor(cursor, isPlace) ?? 0
  const found = await read(skip, limit + 1)
  return {
    items: await withCustomers(core, workspace, found.slice(0, limit)),
    next: found.length > limit ? writeCursor(skip + limit) : null,
  }
}
