// From raw rows to what can be stored: columns to fields, texts to values, rows of one group together, items through the
// intake's own cleaning. What is wrong with a row is said of that row; the others go on. Pure but for the rows it is fed.
import { LRUCache } from 'lru-cache'
import { cleanItem, serverContext } from '../collect/clean.ts'
import type { EventBody } from '../inbox/model.ts'
import { hashId, type Uuid } from '../platform/ids.ts'
import { EXTRA, type Mapping } from './headers.ts'
import type { Cells, ImportContext, ImportField, ImportTarget, Item, Made, RowFault } from './model.ts'
import { rowFault } from './model.ts'
import { BROKEN_LINE, type RawFile, type RawRow } from './read.ts'
import { isNothing, readCell } from './values.ts'

/** One item, ready to be stored under its key. */
export type ReadyItem = { key: Uuid; content: Uuid; event: EventBody; changedAs?: string }
/** Rows that go together; `items` of events, `cells` of a table's row. */
export type ReadyRows = { raw: RawRow[]; items: ReadyItem[]; cells: Cells | null }
export type WrongRow = { raw: RawRow; fault: RowFault }
export type Chunk = {
  /** every row up to this one is in this chunk or one before */
  upTo: number
  rows: number
  ready: ReadyRows[]
  wrong: WrongRow[]
}

const FUTURE_MS = 24 * 3_600_000
/** Keys of a file of which it is remembered how often they came: a person twice in a file is two items. */
const REMEMBERED_KEYS = 50_000
const REMEMBERED_GROUPS = 20_000

/** Fields that are mapped. @throws nothing: unknown columns and fields are left out */
function fieldsByColumn(target: ImportTarget, columns: string[], mapping: Mapping) {
  const byKey = new Map(target.fields.map(f => [f.key, f]))
  const fields: { at: number; field: ImportField }[] = []
  const extras: { at: number; name: string }[] = []
  columns.forEach((column, at) => {
    const key = mapping[column]
    if (key === undefined) return
    if (key.startsWith(EXTRA)) {
      if (target.open && key.length > EXTRA.length) extras.push({ at, name: key.slice(EXTRA.length) })
    } else {
      const field = byKey.get(key)
      if (field) fields.push({ at, field })
    }
  })
  return { fields, extras }
}

/** What a file's settings lack, in words that name the field. Empty: it can be read. */
export function missingFields(
  target: ImportTarget,
  mapping: Mapping,
  constants: Record<string, string>,
): ImportField[][] {
  if (target.kind === 'documents') return []
  const given = new Set([...Object.values(mapping), ...Object.keys(constants)])
  const missing = target.fields.filter(f => f.required && !given.has(f.key)).map(f => [f])
  if (target.oneOf && !target.oneOf.some(key => given.has(key)))
    missing.push(target.fields.filter(f => target.oneOf!.includes(f.key)))
  return missing
}

export type Settings = {
  target: ImportTarget
  mapping: Mapping
  constants: Record<string, string>
  /** field without which a row is left out */
  skipWithout?: string | undefined
}

/** Reads a file whole, chunk by chunk. The same file with the same settings gives the same chunks. */
export async function* chunksOf(
  file: RawFile,
  settings: Settings,
  context: ImportContext,
): AsyncGenerator<Chunk> {
  const { target } = settings
  const { fields, extras } = fieldsByColumn(target, file.columns, settings.mapping)
  const constants = constantCells(target, settings.constants, context.timezone)
  const counts = new LRUCache<string, number>({ max: REMEMBERED_KEYS })
  const closed = new LRUCache<string, true>({ max: REMEMBERED_GROUPS })
  let open: Group | null = null
  let last = 0
  /** keys of this chunk: one statement stores them */
  let taken = new Set<Uuid>()
  let chunk: Chunk = { upTo: 0, rows: 0, ready: [], wrong: [] }

  const refuse = (raw: RawRow[], fault: RowFault): void => {
    chunk.rows += raw.length
    for (const row of raw) chunk.wrong.push({ raw: row, fault })
  }
  const take = (raw: RawRow[], made: Made): void => {
    if ('fault' in made) {
      refuse(raw, made.fault)
      return
    }
    const items: ReadyItem[] = []
    for (const item of made.items) {
      const ready = readyItem(item, context, counts)
      if ('code' in ready) {
        refuse(raw, ready)
        return
      }
      if (!taken.has(ready.key)) items.push(ready)
      taken.add(ready.key)
    }
    chunk.rows += raw.length
    chunk.ready.push({ raw, items, cells: null })
  }
  const close = (): void => {
    if (!open) return
    const { key, raw, cells, extra, fault } = open
    open = null
    closed.set(key, true)
    if (fault) refuse(raw, fault)
    else if (target.kind === 'events') take(raw, target.toItems(cells, extra, context))
  }

  for await (const batch of file.rows) {
    for (const raw of batch) {
      last = raw.no
      if (target.kind === 'documents') {
        const fault = documentFault(raw)
        if (fault) refuse([raw], fault)
        else take([raw], target.fromDocument(raw.doc!, context))
        continue
      }
      const { cells, extra, fault } = cellsOf(raw, fields, extras, constants, context)
      if (settings.skipWithout !== undefined && cells[settings.skipWithout] === undefined) {
        refuse([raw], LEFT_OUT)
        continue
      }
      const key = target.kind === 'events' && target.group ? target.group(cells) : null
      if (open !== null && key === (open as Group).key) {
        const group: Group = open
        group.raw.push(raw)
        group.cells.push(cells)
        group.fault ??= fault
        continue
      }
      close()
      const lacking = fault ? undefined : target.fields.find(f => f.required && cells[f.key] === undefined)
      const wrong: RowFault | null =
        fault ??
        (lacking ? rowFault(lacking.key, 'missing', 'This field is needed and the cell is empty') : null) ??
        (key !== null && closed.has(key) ? SPLIT : null)
      if (key !== null) open = { key, raw: [raw], cells: [cells], extra, fault: wrong }
      else if (wrong) refuse([raw], wrong)
      else if (target.kind === 'table') {
        chunk.rows++
        chunk.ready.push({ raw: [raw], items: [], cells })
      } else take([raw], target.toItems([cells], extra, context))
    }
    if (chunk.rows === 0) continue
    chunk.upTo = open === null ? last : (open as Group).raw[0]!.no - 1
    yield chunk
    taken = new Set()
    chunk = { upTo: 0, rows: 0, ready: [], wrong: [] }
  }
  close()
  chunk.upTo = last
  if (chunk.rows > 0) yield chunk
}

/** Rows of one group, such as the lines of an order: one wrong row refuses them all. */
type Group = { key: string; raw: RawRow[]; cells: Cells[]; extra: Cells; fault: RowFault | null }

const SPLIT = rowFault(
  null,
  'group_split',
  'Other rows of the same number stand earlier in the file: sort it by number',
)
const LEFT_OUT: RowFault = {
  field: null,
  code: 'left_out',
  detail: 'The row belongs to the one above',
  skip: true,
}
const BAD_LINE = rowFault(null, 'bad_json', 'The line is not one JSON object')

const documentFault = (raw: RawRow): RowFault | null => {
  if (!raw.doc) return rowFault(null, 'bad_json', 'This import needs JSON lines, one object a line')
  return BROKEN_LINE in raw.doc ? BAD_LINE : null
}

/** The first value for every row that no field takes, and why. */
export function constantFault(
  target: ImportTarget,
  constants: Record<string, string>,
  zone: string,
): { key: string; field: ImportField | null; wrong: string } | null {
  for (const [key, text] of Object.entries(constants)) {
    const field = target.fields.find(f => f.key === key) ?? null
    if (field === null) return { key, field, wrong: 'there is no such field' }
    const reading = isNothing(text) ? null : readCell(field, text, zone)
    if (reading && 'wrong' in reading) return { key, field, wrong: reading.wrong }
  }
  return null
}

function constantCells(target: ImportTarget, constants: Record<string, string>, zone: string): Cells {
  const cells: Cells = {}
  for (const field of target.fields) {
    const text = constants[field.key]
    if (text === undefined || isNothing(text)) continue
    const reading = readCell(field, text, zone)
    if ('value' in reading) cells[field.key] = reading.value
  }
  return cells
}

function cellsOf(
  raw: RawRow,
  fields: { at: number; field: ImportField }[],
  extras: { at: number; name: string }[],
  constants: Cells,
  context: ImportContext,
): { cells: Cells; extra: Cells; fault: RowFault | null } {
  const cells: Cells = { ...constants }
  const filled = new Set<string>()
  let fault: RowFault | null = raw.doc && BROKEN_LINE in raw.doc ? BAD_LINE : null
  for (const { at, field } of fields) {
    const text = unmarked(raw.values[at])
    if (text === undefined || isNothing(text) || filled.has(field.key)) continue
    if (text.includes('\ufffd')) {
      fault ??= rowFault(
        field.key,
        'bad_characters',
        'The text cannot be read in the encoding chosen for this file',
      )
      continue
    }
    const reading = readCell(field, text, context.timezone)
    if ('wrong' in reading) {
      fault ??= {
        ...rowFault(field.key, 'bad_' + field.type, reading.wrong),
        value: text.trim().slice(0, 60),
      }
      continue
    }
    cells[field.key] = reading.value
    filled.add(field.key)
  }
  const extra: Cells = {}
  for (const { at, name } of extras) {
    const text = unmarked(raw.values[at])
    if (text !== undefined && !isNothing(text)) extra[name] = scalarOf(text.trim())
  }
  return { cells, extra, fault }
}

/** Without the mark that tells a spreadsheet that a text is no formula: exports carry it. */
const unmarked = (text: string | undefined): string | undefined =>
  text !== undefined && /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text

/** A further column's value: numbers that are written as such, else the text. Leading zeros are part of a code. */
function scalarOf(text: string): string | number | boolean {
  if (/^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$/.test(text)) return Number(text)
  return text === 'true' ? true : text === 'false' ? false : text
}

function readyItem(
  { key, item, changedAs, once }: Item,
  context: ImportContext,
  counts: LRUCache<string, number>,
): ReadyItem | RowFault {
  // its message id is made when it is stored; any spares the making of a random one
  const cleaned = cleanItem({ messageId: 'import', ...item }, serverContext(context.source, context.timezone))
  if ('fault' in cleaned) {
    const { code, path, detail, action } = cleaned.fault
    return rowFault(path, code, `${detail}. ${action}`)
  }
  const { event, notes } = cleaned
  const note = notes.find(n => n.code.startsWith('bad_'))
  if (note) return rowFault(note.path, note.code, note.detail)
  if (event.at !== undefined && event.at > context.now + FUTURE_MS)
    return rowFault(null, 'in_future', `${new Date(event.at).toISOString()} has not come yet`)
  const before = once ? 0 : (counts.get(key) ?? 0)
  if (!once) counts.set(key, before + 1)
  if (event.at === undefined) {
    event.at = context.now
    delete event.agoMs
  }
  const ready: ReadyItem = {
    key: hashId(context.source, key, before),
    content: hashId(JSON.stringify(item)),
    event,
  }
  if (changedAs !== undefined) ready.changedAs = changedAs
  return ready
}
