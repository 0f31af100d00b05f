// What a fold transaction is given to think about, and what comes of it.
import type { CustomerState } from '../customers/model.ts'
import type { Uuid } from '../platform/ids.ts'
import type { CommandBody, Facts, FoldEffect, IncomingInput } from './model.ts'
import type { CustomerRow, InboxRow, Mail } from './read.ts'
import type { Worlds } from './worlds.ts'

/** A customer's row as the table has it; the state from memory is its bytes. */
export type Kept = Pick<CustomerRow, 'version' | 'due' | 'merged_into'> & { state: string | Buffer }

/** A customer in the owner's memory. `due` is what the table says (real ms). */
export type Held = {
  state: CustomerState | null
  version: number
  due: number | null
  mergedInto: Uuid | null
}

export type Park = {
  customer: Uuid
  workspace: Uuid
  reason: 'threw' | 'too_large' | 'broke_transaction' | 'rounds'
  error: string
  rows: InboxRow[]
  hashes: Uuid[]
}

/** An entry is written down at once: later folds of the same transaction may reuse parts of its body. */
type Line = { segment: Segment; entry: string }

/** What one customer went through in this transaction. */
export type Work = {
  id: Uuid
  workspace: Uuid
  held: Held
  isNew: boolean
  facts: Facts
  rows: InboxRow[]
  hashes: Uuid[]
  lines: Line[]
  effects: FoldEffect[]
  touched: boolean
  /** rows of this transaction that are not folded yet */
  ahead: number
  /** workspace time of the last input, once it is closed */
  now: number
  /** its state as the table is to have it: UTF-8 */
  bytes: Buffer
  due: number | null
}

/** One journal row to be: entries of one bucket, workspace and published number. */
export type Segment = {
  bucket: number
  workspace: Uuid
  catalogueNo: number
  entries: string[]
  /** it begins with the publication of its number */
  begins?: true
}
export type Shift = {
  bucket: number
  workspace: Uuid
  offsetMs: number
  catalogueNo: number
  deltaMs: number
}

export type Folded = {
  works: Work[]
  segments: Segment[]
  shifts: Shift[]
  parked: Park[]
  /** rows of customers who were parked before; they wait in order behind the others of theirs */
  behind: InboxRow[]
  forwards: { row: InboxRow; to: Uuid; as: IncomingInput }[]
  expired: { bucket: number; workspace: Uuid; body: CommandBody }[]
  /** customers whose alarm is cleared, because they are set aside and nobody rings for them */
  silent: Uuid[]
  /** events that had been passed on as often as an event may be, and stayed where they were */
  stayed: number
  /** inputs and alarms folded */
  count: number
}

export type FoldInput = {
  mail: Mail
  held: Map<Uuid, Kept>
  /** message hashes that came for the first time */
  fresh: Set<Uuid>
  answered: Map<string, Uuid>
  facts: Map<Uuid, Facts>
  worlds: Worlds
  loadFacts(workspace: Uuid, customer: Uuid, keys: string[]): Promise<Facts>
  /** customers to set aside in this transaction, because alone they break it */
  breaking: Map<Uuid, string>
  /** asked between pieces: what to wait for, so that others have their turn */
  breath(): Promise<void> | undefined
}
