// Journal rows as history rows. Pure and deterministic: a retried batch must give exactly the same rows.
import { friendshipOf } from '../customers/line.ts'
import { unpackState } from '../customers/pack.ts'
import { nameOf, salesChannels, STAGES, type CustomerState } from '../customers/model.ts'
import { eventProps } from '../customers/event-props.ts'
import { qualityOf } from '../customers/quality.ts'
import { orderStateRow, type OrderStateRow } from './history-orders.ts'
import type { Derived, EventBody, JournalEntry, OutcomeBody } from './model.ts'
import { outcomeName, outcomeProps } from '../messages/model.ts'
import { unpackJournal } from './journal.ts'
import { ruleColumns, type RuleColumns } from './history-columns.ts'
import type { Uuid } from '../platform/ids.ts'

export type JournalRow = {
  bucket: number
  seq: number
  workspace_id: Uuid
  catalogue_no: number
  at: Date
  body: Buffer
}

export type HistoryRow = {
  workspace_id: Uuid
  customer_id: Uuid
  bucket: number
  seq: number
  line: number
  part: number
  incarnation: Uuid
  kind: string
  name: string
  /** ms: what DateTime64(3) takes as a whole number */
  occurred: number
  received: number
  folded: number
  message_id: string
  source: string
  props: string
  journey_id: Uuid
  version: number
  enrollment_id: Uuid
  node: string
  message: Uuid
  channel: string
  /** of events: purchase phase, lifecycle stage after it, number of the published rules */
  phase: string
  stage: string
  rules: number
}

/** The order of a row's fields as they are sent: without names a row is a third shorter, here and in ClickHouse. */
export const HISTORY_COLUMNS = [
  'workspace_id',
  'customer_id',
  'bucket',
  'seq',
  'line',
  'part',
  'incarnation',
  'kind',
  'name',
  'occurred',
  'received',
  'folded',
  'message_id',
  'source',
  'props',
  'journey_id',
  'version',
  'enrollment_id',
  'node',
  'message',
  'channel',
  'phase',
  'stage',
  'rules',
] as const satisfies readonly (keyof HistoryRow)[]

/** A fact as ClickHouse is given it: its columns in their order. */
export const historyTuple = (row: HistoryRow): unknown[] => HISTORY_COLUMNS.map(c => row[c])

const NONE: Uuid = '00000000-0000-0000-0000-000000000000'
const KINDS: Record<string, string> = {
  journey: 'journey',
  node: 'journey',
  message: 'message',
  order: 'order',
  trait: 'profile',
  tag: 'profile',
  consent: 'profile',
  contact: 'profile',
  stage: 'profile',
  visit: 'profile',
  customer: 'identity',
  identifier: 'identity',
  merge: 'identity',
  segment: 'segment',
}

/** A derived fact's kind is its area: `journey.entered` is of kind journey. */
export const kindOfFact = (name: string): string => KINDS[name.slice(0, name.indexOf('.'))] ?? 'profile'

/** Rows of one journal row, in order, what its orders are worth, and the customers it touched. */
export function historyRows(
  row: JournalRow,
  incarnation: Uuid,
): { rows: HistoryRow[]; orders: OrderStateRow[]; customers: Uuid[] } {
  const rows: HistoryRow[] = []
  const orders: OrderStateRow[] = []
  const customers = new Set<Uuid>()
  const folded = row.at.getTime()
  unpackJournal(row.body).entries.forEach((entry, line) => {
    if (entry.c === null) return
    const customer = entry.c
    const add = (part: number, f: Fields): void => {
      rows.push({
        workspace_id: row.workspace_id,
        customer_id: customer,
        bucket: row.bucket,
        seq: row.seq,
        line,
        part,
        incarnation,
        kind: f.kind,
        name: f.name,
        occurred: f.occurred,
        received: entry.r,
        folded,
        message_id: f.message_id ?? '',
        source: f.source ?? '',
        props: f.props,
        journey_id: f.journey_id ?? NONE,
        version: f.version ?? 0,
        enrollment_id: f.enrollment_id ?? NONE,
        node: f.node ?? '',
        message: f.message ?? NONE,
        channel: f.channel ?? '',
        phase: f.phase ?? '',
        stage: f.stage ?? '',
        rules: f.rules ?? 0,
      })
    }
    if (entry.x === undefined) {
      customers.add(customer)
      const input = inputRow(entry)
      if (input) add(0, { ...input, ...markOf(entry, row.catalogue_no) })
    }
    let part = 1
    let orderPart = 0
    for (const effect of entry.e ?? []) {
      customers.add(customer)
      if (effect.kind === 'derived') add(part++, derivedRow(effect.fact))
      else if (effect.kind === 'worth')
        orders.push(
          orderStateRow(row.workspace_id, customer, { seq: row.seq, line, part: orderPart++ }, effect),
        )
    }
  })
  return { rows, orders, customers: [...customers] }
}

function markOf(entry: JournalEntry, rules: number): Partial<HistoryRow> {
  const mark = entry.e?.find(e => e.kind === 'mark')
  return mark?.kind === 'mark' ? { phase: mark.phase, stage: STAGES[mark.stage - 1]!, rules } : {}
}

/** What one fact says of itself; what it leaves out is empty. */
type Fields = Partial<HistoryRow> & Pick<HistoryRow, 'kind' | 'name' | 'occurred' | 'props'>

function inputRow(entry: JournalEntry): Fields | null {
  if (entry.k === 'event') {
    const body = entry.b as EventBody
    const occurred = Math.min(entry.r, body.at ?? entry.r - (body.agoMs ?? 0))
    return {
      kind: 'event',
      name: body.name,
      occurred,
      props: JSON.stringify(eventProps(body)),
      message_id: body.messageId,
      source: body.src,
      channel: body.ch ?? '',
    }
  }
  if (entry.k === 'outcome') {
    const body = entry.b as OutcomeBody
    return {
      kind: 'message',
      name: outcomeName(body),
      occurred: body.at,
      channel: body.channel,
      message: body.message,
      props: JSON.stringify(outcomeProps(body)),
      journey_id: body.journey ?? NONE,
      enrollment_id: body.enrollment ?? NONE,
      node: body.node ?? '',
      source: body.channel,
    }
  }
  return null
}

const derivedRow = (fact: Derived): Fields => ({
  kind: kindOfFact(fact.name),
  name: fact.name,
  occurred: fact.at,
  props: JSON.stringify(fact.props),
  journey_id: fact.journey ?? NONE,
  version: fact.version ?? 0,
  enrollment_id: fact.enrollment ?? NONE,
  node: fact.node ?? '',
  message: fact.message ?? NONE,
  channel: fact.channel ?? '',
  source: 'itinera',
})

export type SnapshotRow = {
  workspace_id: Uuid
  customer_id: Uuid
  version: number
  name: string
  member_no: string
  email: string
  phone: string
  line_uid: string
  line_following: number
  orders: number
  revenue: number
  currency: string
  first_seen: number
  last_seen: number
  tags: string[]
  traits: string
  merged_into: Uuid
  stage: string
  stage_at: number
  /** sales channel, orders, net revenue */
  orders_by: [string, number, number][]
  cost: number
  costed: number
  first_order: number
  last_order: number
  visits: number
  engaged_visits: number
  store_visits: number
  /** JSON of Touch, '' for none */
  first_touch: string
  last_touch: string
  /** kinds held; those verified once more as kind! */
  identifiers: string[]
  /** channel/purpose agreed to */
  consents: string[]
  /** customers merged into this one */
  absorbed: Uuid[]
  /** channels that could reach them, but for suppressions */
  reach: string[]
  /** when a contact was verified last; 0: never */
  verified: number
  /** what is wrong with contacts that are kept as hints */
  faults: string[]
  /** memberships: number of the segment, number of the group */
  segments: [number, number][]
} & RuleColumns

export type StoredCustomer = {
  id: Uuid
  workspace_id: Uuid
  version: number
  state: string
  merged_into: Uuid | null
}

/** A customer as the newest snapshot in history shows it. */
export function snapshotRow(row: StoredCustomer): SnapshotRow {
  const state = (row.state === '{}' ? {} : unpackState(row.state)) as Partial<CustomerState>
  const held = (kind: string) => state.ids?.find(i => i.kind === kind)?.value ?? ''
  const trait = (name: string) => {
    const v = state.traits?.[name]?.v
    return typeof v === 'string' ? v : ''
  }
  return {
    workspace_id: row.workspace_id,
    customer_id: row.id,
    version: row.version,
    name: nameOf({ traits: state.traits ?? {} }) ?? '',
    member_no: held('member_no'),
    email: held('email') || trait('email'),
    phone: held('phone') || trait('phone'),
    line_uid: held('line_uid'),
    line_following: friendshipOf(state)?.following ? 1 : 0,
    orders: state.orders?.n ?? 0,
    revenue: state.orders?.revenue ?? 0,
    currency: state.orders?.currency ?? '',
    first_seen: state.first ?? 0,
    last_seen: state.last ?? 0,
    tags: Object.keys(state.tags ?? {}),
    traits: JSON.stringify(Object.fromEntries(Object.entries(state.traits ?? {}).map(([k, t]) => [k, t.v]))),
    merged_into: row.merged_into ?? NONE,
    stage: state.stage ? STAGES[state.stage.s - 1]! : '',
    stage_at: state.stage?.at ?? 0,
    orders_by: state.orders ? salesChannels(state.orders) : [],
    cost: state.orders?.cost ?? 0,
    costed: state.orders?.costed ?? 0,
    first_order: state.orders?.firstAt ?? 0,
    last_order: state.orders?.lastAt ?? 0,
    visits: state.visits?.n ?? 0,
    engaged_visits: state.visits?.e ?? 0,
    store_visits: state.visits?.st ?? 0,
    first_touch: state.touch ? JSON.stringify(state.touch.f) : '',
    last_touch: state.touch ? JSON.stringify(state.touch.l ?? state.touch.f) : '',
    identifiers: [
      ...new Set((state.ids ?? []).flatMap(i => (i.verified ? [i.kind, i.kind + '!'] : [i.kind]))),
    ],
    consents: Object.entries(state.consent ?? {}).flatMap(([key, c]) => (c.on ? [key] : [])),
    absorbed: state.absorbed ?? [],
    segments: (state.seg ?? []).map(([n, group]) => [n, group]),
    ...qualityOf(state),
    ...ruleColumns(state),
  }
}
