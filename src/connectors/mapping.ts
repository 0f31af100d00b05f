// From a body of any shape to items, by paths that people write.
import { compile, type JSONPathQuery, type JSONValue } from 'json-p3'
import { LRUCache } from 'lru-cache'
import { Temporal } from 'temporal-polyfill'
import type { Fault } from '../collect/json.ts'
import { isTarget, LINES, type Mapping, type MappingField, type MappingRule } from './model.ts'

const MOST_ITEMS = 1_000
const SECONDS_BELOW = 100_000_000_000

const compiled = new LRUCache<string, JSONPathQuery>({ max: 2_000 })

/** A path ready to be used. Filters are refused: their patterns could be made to run for ever.
 *  @throws Error that says what is wrong with it */
function pathOf(text: string): JSONPathQuery {
  const known = compiled.get(text)
  if (known) return known
  if (text.includes('?')) throw new Error('filters (?) are not taken here')
  const query = compile(text.replace(/^@/, '$'))
  compiled.set(text, query)
  return query
}

export type MappingFault = { path: string; code: string; message: string }

/** What is wrong with a mapping, each with its place. */
export function mappingFaults(mapping: Mapping): MappingFault[] {
  const faults: MappingFault[] = []
  const check = (path: string, text: string) => {
    if (!/^[$@]/.test(text))
      return faults.push({
        path,
        code: 'path_start',
        message: 'a path begins with $ (the body) or @ (the entry)',
      })
    try {
      pathOf(text)
    } catch (error) {
      faults.push({ path, code: 'path_unreadable', message: (error as Error).message })
    }
  }
  mapping.rules.forEach((rule, i) => {
    const at = `mapping.rules.${i}`
    if (rule.when) check(`${at}.when.path`, rule.when.path)
    if (rule.each !== null) check(`${at}.each`, rule.each)
    rule.fields.forEach((field, n) => {
      const here = `${at}.fields.${n}`
      if (!isTarget(field.to))
        faults.push({
          path: `${here}.to`,
          code: 'target_unknown',
          message: `"${field.to}" is no place of an event`,
        })
      if (field.path !== undefined) check(`${here}.path`, field.path)
      else if (field.value === undefined)
        faults.push({ path: here, code: 'source_missing', message: 'give a path or a value' })
    })
    if (rule.type === 'track' && !rule.fields.some(f => f.to === 'event'))
      faults.push({
        path: `${at}.fields`,
        code: 'event_missing',
        message: 'say which event it is: a field "event"',
      })
  })
  return faults
}

type Scope = { body: JSONValue; entry: JSONValue }

/** One value where the path names one place; a list where it may name several. */
function valueAt(path: string, scope: Scope): unknown {
  const query = pathOf(path)
  const found = query.query(path.startsWith('@') ? scope.entry : scope.body).values()
  return query.singularQuery() ? found[0] : found
}

const readField = (field: MappingField, scope: Scope): unknown =>
  field.path === undefined ? field.value : valueAt(field.path, scope)

const listAt = (path: string, scope: Scope): JSONValue[] => {
  const found = valueAt(path, scope)
  return Array.isArray(found)
    ? (found as JSONValue[])
    : found === undefined || found === null
      ? []
      : [found as JSONValue]
}

/** Items of a body under every rule that takes it; `matched` false: no rule does. */
export function applyMapping(
  mapping: Mapping,
  body: JSONValue,
  zone: string,
): { matched: boolean; items: { item: Record<string, unknown>; about: string }[]; fault: Fault | null } {
  const items: { item: Record<string, unknown>; about: string }[] = []
  let matched = false
  for (const [n, rule] of mapping.rules.entries()) {
    const whole: Scope = { body, entry: body }
    if (rule.when && String(valueAt(rule.when.path, whole) ?? '') !== rule.when.is) continue
    matched = true
    const entries = rule.each === null ? [body] : listAt(rule.each, whole)
    for (const [i, entry] of entries.entries()) {
      if (items.length >= MOST_ITEMS) return { matched, items: [], fault: TOO_MANY }
      items.push({ item: itemOf(rule, { body, entry }, zone), about: `${n}.${i}` })
    }
  }
  return { matched, items, fault: null }
}

/** Identifiers that an item names in a list of their own, by their type there. */
const EXTERNAL: Record<string, string> = { cardNo: 'card_no', carrier: 'carrier' }

const TOO_MANY: Fault = {
  code: 'too_many_items',
  path: null,
  detail: `One body gives more than ${MOST_ITEMS} events`,
  action: 'Have the sender cut it into smaller ones.',
}

function itemOf(rule: MappingRule, scope: Scope, zone: string): Record<string, unknown> {
  const item: Record<string, unknown> = { type: rule.type }
  const who: Record<string, unknown> = {}
  const externalIds: { id: string; type: string }[] = []
  const traits: Record<string, unknown> = {}
  const properties: Record<string, unknown> = {}
  for (const field of rule.fields) {
    if (field.to.startsWith(LINES)) continue
    const value = readField(field, scope)
    if (value === undefined || value === null || value === '') continue
    const { to } = field
    if (to === 'email' || to === 'phone') who[to] = value
    else if (to === 'lineUid') who.line_uid = value
    else if (EXTERNAL[to]) externalIds.push({ id: String(value), type: EXTERNAL[to] })
    else if (to === 'timestamp') item.timestamp = timeOf(value, zone)
    else if (to.startsWith('properties.')) put(properties, to.slice('properties.'.length), value)
    else if (to.startsWith('traits.')) put(traits, to.slice('traits.'.length), value)
    else item[to] = typeof value === 'number' ? String(value) : value
  }
  const lines = linesOf(rule.fields, scope)
  if (lines) properties.products = lines
  item.context = { traits: who, ...(externalIds.length > 0 ? { externalIds } : {}) }
  if (rule.type === 'identify') item.traits = { ...traits, ...who }
  else item.properties = properties
  return item
}

/** Lines of an order: `properties.products` names the list, `properties.products[].sku` what each line says. */
function linesOf(fields: MappingField[], scope: Scope): Record<string, unknown>[] | null {
  const list = fields.find(f => f.to === 'properties.products')
  const parts = fields.filter(f => f.to.startsWith(LINES))
  if (list?.path === undefined || parts.length === 0) return null
  return listAt(list.path, scope).map(entry => {
    const line: Record<string, unknown> = {}
    for (const part of parts) {
      const value = readField(part, { body: scope.body, entry })
      if (value !== undefined && value !== null && value !== '') put(line, part.to.slice(LINES.length), value)
    }
    return line
  })
}

function put(into: Record<string, unknown>, path: string, value: unknown): void {
  const parts = path.split('.')
  let at = into
  for (const part of parts.slice(0, -1)) {
    const inner = at[part]
    at = (
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : (at[part] = {})
    ) as Record<string, unknown>
  }
  at[parts.at(-1)!] = value
}

/** RFC 3339 of what senders write: with a zone as it is, without one in the workspace's; seconds or milliseconds since
 *  1970. What is none of these is left as it is, for the cleaning to say so. */
function timeOf(value: unknown, zone: string): unknown {
  const number = typeof value === 'number' ? value : /^\d{9,14}$/.test(String(value)) ? Number(value) : null
  if (number !== null) return new Date(number < SECONDS_BELOW ? number * 1000 : number).toISOString()
  const text = String(value).trim()
  if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text)) return text
  try {
    return Temporal.PlainDateTime.from(text.replaceAll('/', '-').replace(' ', 'T'))
      .toZonedDateTime(zone)
      .toInstant()
      .toString()
  } catch (error) {
    if (error instanceof RangeError) return text
    throw error
  }
}

/** Every place of a body that holds a value, as paths to choose from. Lists show their first entry. */
export function pathsOf(body: unknown, most = 300): { path: string; sample: string }[] {
  const found: { path: string; sample: string }[] = []
  const walk = (value: unknown, path: string, depth: number): void => {
    if (found.length >= most || depth > 8) return
    if (Array.isArray(value)) {
      found.push({ path: `${path}[*]`, sample: `[${value.length}]` })
      if (value.length > 0) walk(value[0], `${path}[0]`, depth + 1)
    } else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value))
        walk(
          inner,
          /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`,
          depth + 1,
        )
    else if (value !== null) found.push({ path, sample: String(value).slice(0, 60) })
  }
  walk(body, '$', 0)
  return found
}
