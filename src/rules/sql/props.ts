// Filters over an event's properties as SQL, over the column `props`: what src/rules/match.ts says. Values come out as
// raw JSON texts. Lists within lists are followed three deep.
import { never } from '../../platform/errors.ts'
import type { PropFilter, Scalar } from '../model.ts'
import type { Bound } from './bind.ts'

const isIndex = (name: string): boolean => /^\d+$/.test(name)

const flat = (list: string): string =>
  `arrayFlatten(arrayMap(x -> if(startsWith(x, '['), JSONExtractArrayRaw(x), [x]), ${list}))`
const flatter = (list: string): string => flat(flat(flat(list)))

const known = (list: string): string => `arrayFilter(x -> x not in ('', 'null'), ${list})`

/** Properties whose values are a column of `event`, the list that `valuesSql` makes of `props`. */
const COLUMNS: ReadonlyMap<string, string> = new Map(
  ['product_id', 'sku', 'category'].map(name => [name, `prop_${name}`]),
)

/** The raw values at a path, without nulls. */
export function valuesSql(path: string, b: Bound): string {
  const column = COLUMNS.get(path)
  if (column) return column
  const [first, ...rest] = path.split('.')
  const raw = `JSONExtractRaw(props, ${b.text(first!)})`
  // mostly it is one value, and no list
  if (rest.length === 0)
    return `if(startsWith(${raw}, '['), ${known(flatter(`[${raw}]`))}, if(${raw} in ('', 'null'), [], [${raw}]))`
  let list = `[${raw}]`
  for (const name of rest)
    list = isIndex(name)
      ? `arrayMap(x -> if(startsWith(x, '['), JSONExtractRaw(x, ${b.of(Math.min(Number(name) + 1, 1e9), 'Int64')}), JSONExtractRaw(x, ${b.text(name)})), ${list})`
      : `arrayMap(x -> if(startsWith(x, '{'), JSONExtractRaw(x, ${b.text(name)}), ''), ${flatter(list)})`
  return known(flatter(list))
}

export const isTextSql = (raw: string): string => `startsWith(${raw}, '"')`
/** A number begins with a digit or a minus. */
export const isNumberSql = (raw: string): string => `(${raw} < ':' and ${raw} >= '-')`
export const textOfSql = (raw: string): string => `JSONExtractString(${raw})`
export const numberOfSql = (raw: string): string => `toFloat64OrZero(${raw})`

function equalSql(raw: string, value: Scalar, b: Bound): string {
  if (typeof value === 'string') return `${isTextSql(raw)} and ${textOfSql(raw)} = ${b.text(value)}`
  if (typeof value === 'number') return `${isNumberSql(raw)} and ${numberOfSql(raw)} = ${b.number(value)}`
  return `${raw} = '${value ? 'true' : 'false'}'`
}

/** Properties are written by JSON.stringify: a text that must be among them is found before they are parsed. */
function mustMention(filter: PropFilter, b: Bound): string | null {
  const { op, value } = filter
  if (COLUMNS.has(filter.path)) return null
  const mentions = (text: string): string => `position(props, ${b.text(text)}) > 0`
  if (op === 'is_not' || typeof value === 'boolean') return null
  if (typeof value === 'number') return op === 'is' ? mentions(JSON.stringify(value)) : null
  if (value === undefined || value === '') return null
  if (op === 'is') return mentions(JSON.stringify(value))
  return op === 'contains' || op === 'starts_with' ? mentions(JSON.stringify(value).slice(1, -1)) : null
}

/** The pattern as `like` has it. */
const likeOf = (pattern: string): string => pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')

function filterSql(filter: PropFilter, b: Bound): string {
  const { op, value } = filter
  const values = valuesSql(filter.path, b)
  const some = (test: string): string => `arrayExists(v -> ${test}, ${values})`
  // a text as ClickHouse writes it in a column
  const same = (): string =>
    typeof value === 'string' && COLUMNS.has(filter.path)
      ? `has(${values}, JSONExtractRaw(${b.text(JSON.stringify({ v: value }))}, 'v'))`
      : some(equalSql('v', value!, b))
  switch (op) {
    case 'is':
      return same()
    case 'is_not':
      return `not ${same()}`
    case 'is_set':
      return some(`v != '""'`)
    case 'contains':
      return typeof value === 'string'
        ? some(`${isTextSql('v')} and position(${textOfSql('v')}, ${b.text(value)}) > 0`)
        : 'false'
    case 'starts_with':
      return typeof value === 'string'
        ? some(`${isTextSql('v')} and startsWith(${textOfSql('v')}, ${b.text(value)})`)
        : 'false'
    case 'like':
      return typeof value === 'string'
        ? some(`${isTextSql('v')} and ${textOfSql('v')} like ${b.text(likeOf(value))}`)
        : 'false'
    case 'at_least':
    case 'at_most': {
      const sign = op === 'at_least' ? '>=' : '<='
      if (typeof value === 'number')
        return some(`${isNumberSql('v')} and ${numberOfSql('v')} ${sign} ${b.number(value)}`)
      return typeof value === 'string'
        ? some(`${isTextSql('v')} and ${textOfSql('v')} ${sign} ${b.text(value)}`)
        : 'false'
    }
    default:
      return never(op)
  }
}

/** All hold; null when there are none. */
export function filtersSql(where: PropFilter[] | undefined, b: Bound): string | null {
  if (where === undefined || where.length === 0) return null
  return where.flatMap(filter => [mustMention(filter, b) ?? [], filterSql(filter, b)].flat()).join(' and ')
}
