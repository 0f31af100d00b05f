// "What do you hold of me": everything of one person, from every table of both engines, as data and as a page to read.
import { basename } from 'node:path'
import type { Core } from '../platform/core.ts'
import { publicId } from '../platform/ids.ts'
import { hiddenAddress } from '../messages/suppression.ts'
import { filesWith } from './files.ts'
import type { Person } from './model.ts'
import { type Keyed, type Next, readHistory, readTable } from './parts.ts'
import { needlesFor } from './person.ts'
import {
  historyTables,
  personTables,
  personValues,
  personWhere,
  textTables,
  textValues,
  textWhere,
} from './places.ts'

type Row = Record<string, unknown>
export type Package = {
  at: string
  customers: string[]
  identifiers: { kind: string; value: string }[]
  /** rows by place */
  places: Record<string, Row[]>
  rows: number
  /** which part of it this is, from 0; of a place that has more rows than one part holds, the next ones are in the next */
  part: number
  /** places of which there is more in the next part */
  more: string[]
  /** where the next part begins */
  next: Next | null
}

/** Rows of one place in one part: an answer that a browser can still save. */
const PART_ROWS = 50_000
const UNUSED = new Set(['rejected_event', 'dead_letter'])
/** Columns that say nothing about the person. */
const INNER = new Set(['bucket', 'workspace_id', 'incarnation', 'claim_owner', 'claim_until', 'epoch'])

/** JSON kept as text is shown as what it is. */
function readable(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]): [string, unknown][] => {
      if (INNER.has(name) || value === null || value === '') return []
      if (Buffer.isBuffer(value)) return []
      if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return [[name, value]]
      try {
        return [[name, JSON.parse(value)]]
      } catch (error) {
        if (error instanceof SyntaxError) return [[name, value]]
        throw error
      }
    }),
  )
}

/** `next`: where the part before ended, as its answer said; null for the first part. */
export async function packPerson(core: Core, person: Person, next: Next | null = null): Promise<Package> {
  const places: Record<string, Row[]> = {}
  const open: Next['open'] = {}
  // a later part asks only what the one before had not come to the end of
  const asks = (place: string): boolean => next === null || place in next.open
  const put = (place: string, found: Keyed<Row>[]) => {
    const rows = found.slice(0, PART_ROWS)
    if (found.length > rows.length) open[place] = rows.at(-1)!.key
    if (rows.length > 0) places[place] = rows.map(r => readable(r.row))
  }
  const page = (place: string) => ({ after: next?.open[place] ?? null, limit: PART_ROWS + 1 })
  const fromTable = async (table: string, where: string, values: unknown[], columns?: string) => {
    if (asks(table)) put(table, await readTable(core.pool, { table, where, values, columns }, page(table)))
  }
  for (const t of await personTables(core.pool))
    await fromTable(t.table, personWhere(t), personValues(person))
  const addresses = person.values.map(v => v.value)
  const hidden = person.values.flatMap(v =>
    ['email', 'line', 'sms', 'push'].map(c => hiddenAddress(core.secrets, person.workspace, c, v.value)),
  )
  for (const [table, columns] of [
    ['suppression', 'channel, address, reason, source, at'],
    ['sandbox_contact', 'channel, address, name, following, created'],
    ['sandbox_message', 'channel, address, direction, payload, at'],
  ] as const)
    await fromTable(
      table,
      'workspace_id = $1 and address = any($2::text[])',
      [person.workspace, [...addresses, ...hidden]],
      columns,
    )
  // what came in and could not be used has no customer: found by what it says
  for (const t of (await textTables(core.pool)).filter(t => UNUSED.has(t.table)))
    await fromTable(t.table, textWhere(t), textValues(person.workspace, needlesFor(core, person)))
  if (next === null) {
    const { found } = await filesWith(core.config.dataDir, needlesFor(core, person))
    if (found.length > 0) places.files = found.map(path => ({ name: basename(path) }))
  }
  await fromTable(
    'audit',
    'workspace_id = $1 and target = any($2::text[])',
    [person.workspace, person.ids.map(id => publicId('cus', id))],
    'at, kind, action',
  )
  for (const { table } of (await historyTables(core.history)).filter(t => t.byCustomer)) {
    const place = `history.${table}`
    if (asks(place)) put(place, await readHistory(core.history, table, person, page(place)))
  }
  const part = next === null ? 0 : next.part + 1
  const more = Object.keys(open)
  return {
    at: new Date().toISOString(),
    customers: person.ids.map(id => publicId('cus', id)),
    identifiers: person.values.map(({ kind, value }) => ({ kind, value })),
    places,
    rows: Object.values(places).reduce((n, rows) => n + rows.length, 0),
    part,
    more,
    next: more.length > 0 ? { of: person.ids[0]!, part, open } : null,
  }
}

const HEADINGS: Record<string, [zh: string, en: string]> = {
  customer: ['顧客檔案', 'Profile'],
  identifier: ['身份識別碼', 'Identifiers'],
  order_entry: ['訂單', 'Orders'],
  message: ['訊息', 'Messages'],
  consent_proof: ['行銷同意的憑證', 'Proof of consent'],
  consent_request: ['等待確認的同意', 'Consents to be confirmed'],
  conversation: ['對話', 'Conversations'],
  conversation_entry: ['對話內容', 'What was said'],
  coupon_issue: ['優惠券', 'Coupons'],
  points_entry: ['點數帳本', 'Points ledger'],
  short_link: ['簡訊裡的短網址', 'Short addresses in texts'],
  suppression: ['名單排除', 'Suppressed addresses'],
  rejected_event: ['被退回的事件', 'Refused events'],
  dead_letter: ['無法使用的 webhook', 'Webhooks that could not be used'],
  files: ['上傳與匯出的檔案', 'Uploads and exports'],
  audit: ['誰看過或更動過', 'Who saw or changed it'],
  'history.event': ['事件紀錄', 'Events'],
  'history.customer': ['歷史快照', 'Snapshot'],
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`)

const shown = (value: unknown): string =>
  value instanceof Date
    ? value.toISOString()
    : typeof value === 'object'
      ? JSON.stringify(value, null, 1)
      : String(value)

/** A page that stands alone: no script, nothing from elsewhere, both languages. */
export function packagePage(pack: Omit<Package, 'next'>, brand: string): string {
  const section = ([place, rows]: [string, Row[]]): string => {
    const [zh, en] = HEADINGS[place] ?? [place, place]
    const items = rows.map(
      row =>
        `<dl>${Object.entries(row)
          .map(([k, v]) => `<dt>${escapeHtml(k)}</dt><dd>${escapeHtml(shown(v))}</dd>`)
          .join('')}</dl>`,
    )
    return `<section><h2>${escapeHtml(zh)} · ${escapeHtml(en)} (${rows.length})</h2>${items.join('')}</section>`
  }
  return [
    '<!doctype html><html lang="zh-Hant-TW"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeHtml(brand)} · 個人資料 · Personal data</title>`,
    '<style>body{font:16px/1.6 system-ui,"PingFang TC","Noto Sans TC",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}',
    'dl{display:grid;grid-template-columns:12rem 1fr;gap:.2rem 1rem;border-top:1px solid #ccc;padding:.6rem 0;margin:0}',
    'dt{color:#555}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}</style></head><body>',
    `<h1>${escapeHtml(brand)}：您的個人資料</h1><p>Your personal data, as of ${escapeHtml(pack.at)}. ${pack.rows} rows.</p>`,
    ...(pack.part > 0 || pack.more.length > 0
      ? [
          `<p><strong>第 ${pack.part + 1} 部分${pack.more.length > 0 ? '，還有下一部分' : ''} · Part ${pack.part + 1}${pack.more.length > 0 ? '; the next part holds more of' : ''} ${escapeHtml(pack.more.join(', '))}</strong></p>`,
        ]
      : []),
    `<section><h2>身份識別碼 · Identifiers</h2><ul>${pack.identifiers
      .map(i => `<li>${escapeHtml(i.kind)}: ${escapeHtml(i.value)}</li>`)
      .join('')}</ul></section>`,
    ...Object.entries(pack.places).map(section),
    '</body></html>',
  ].join('\n')
}
