// What an import target is: the fields a file may bring, and what a row of them becomes. One file for each target in
// src/imports/targets/, one line in register.ts. The same fields are the columns of its template and of its export.
import type { EventBody, NoteBody } from '../inbox/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'

export type Words = { zh: string; en: string }

/** What a cell is read as, and what `Cells` then hold.
 *  text: as written, trimmed · code: text with full-width letters and digits made plain · name: a person's name
 *  number, whole, money: number (money: '1,280', 'NT$1,280') · yes_no: boolean · date: 'YYYY-MM-DD', ROC years too
 *  time: RFC 3339 UTC (a time without a zone is of the workspace's zone) · email, phone: their one written form
 *  list: texts parted by , ; 、 | or line breaks */
export type FieldType =
  | 'text'
  | 'code'
  | 'name'
  | 'number'
  | 'whole'
  | 'money'
  | 'yes_no'
  | 'date'
  | 'time'
  | 'email'
  | 'phone'
  | 'list'

export type CellValue = string | number | boolean | (string | number | boolean)[]
/** One row after mapping and reading, by field key. What was empty is absent. */
export type Cells = Record<string, CellValue>

export type ImportField = {
  /** column name of templates and exports, snake_case, for ever */
  key: string
  label: Words
  type: FieldType
  required?: boolean
  /** other headers that mean it, in either language; compared without case, spaces and punctuation */
  synonyms?: readonly string[]
  /** of `text` and `code`: the values allowed; what files write for each */
  choices?: Readonly<Record<string, readonly string[]>>
  /** shown in the template */
  example?: string
}

/** What is known of the import while its rows are made into items. */
export type ImportContext = {
  workspace: Uuid
  timezone: string
  currency: string
  /** name of the source, as the user gave it ('POS Taipei'); the `src` of what it brings */
  source: string
  /** workspace time of the import's start, ms */
  now: number
}

/** An item as a client would post it to /v1/batch (type, userId, traits, event, properties, timestamp …), which goes
 *  through the intake's own cleaning with proof 'server'. `key`: what it is about for ever (`order:A1001:placed`),
 *  within its source: the same content under the same key adds nothing, another content is taken as a change. */
export type Item = {
  key: string
  item: Record<string, unknown>
  /** what the event is called when its content has changed since the last import; it then happened now */
  changedAs?: string
  /** the key is one event: a second time in the same file it is the same one. Else (a state, such as a customer's) the
   *  second row of a file is a further one, which again adds nothing when the file comes again. */
  once?: true
}

/** Why rows were refused; `field` names the cell. `value`: what the cell says. `skip`: nothing is wrong with the row, it is about nobody (a sale to
 *  somebody unknown). */
export type RowFault = { field: string | null; code: string; detail: string; value?: string; skip?: true }

export type Made = { items: Item[] } | { fault: RowFault }

/** What storing one row did. */
export type RowOutcome = 'new' | 'changed' | 'same' | RowFault

/** What an export may be narrowed to; a target says in `filters` which of them it knows. */
export type ExportFilter = { tag?: string; from?: number; to?: number; store?: string }

/** What an export reads from. */
export type ExportSource = { pool: Sql; workspace: Uuid; timezone: string; currency: string }

export type ToldContext = ImportContext & { actor: string }

type Common = {
  name: string
  label: Words
  /** one sentence: what it is for and what a row is */
  hint: Words
  fields: readonly ImportField[]
  /** at least one of these must be mapped and filled in each row */
  oneOf?: readonly string[]
  /** further columns may become attributes of the customer or properties of the event, under names of the user */
  open?: 'traits' | 'properties'
  /** Rows of an export in the columns of `fields`, newest or smallest first, read page by page: never all in memory. */
  read?(source: ExportSource, filter: ExportFilter): AsyncIterable<Cells>
  filters?: readonly (keyof ExportFilter)[]
}

/** Brings what happens to customers: events, attributes, consents, tags. */
export type EventTarget = Common & {
  kind: 'events'
  /** Rows that follow each other with the same group are one (the lines of an order); null: a row of its own. */
  group?(cells: Cells): string | null
  /** `rows`: one row, or all of one group. `extra`: further columns by the user's names. Pure. */
  toItems(rows: Cells[], extra: Cells, context: ImportContext): Made
  /** Rows are about people who must be known already: what each of them is told, instead of an event that happened. One
   *  answer for each event, in their order; the same row of a second file is told again. */
  tell?(sql: Sql, events: EventBody[], context: ToldContext): Promise<(NoteBody | RowFault)[]>
}

/** Brings rows of the catalogue (products, stores, staff). */
export type TableTarget = Common & {
  kind: 'table'
  /** Inserts or updates by natural key, in the caller's transaction, in the given order. One outcome for each row. */
  put(sql: Sql, rows: Cells[], context: ImportContext): Promise<RowOutcome[]>
}

/** Brings documents of a known shape, one JSON object a line: nothing to map. */
export type DocumentTarget = Common & {
  kind: 'documents'
  /** Pure. */
  fromDocument(doc: Record<string, unknown>, context: ImportContext): Made
}

export type ImportTarget = EventTarget | TableTarget | DocumentTarget

export const rowFault = (field: string | null, code: string, detail: string): RowFault => ({
  field,
  code,
  detail,
})
