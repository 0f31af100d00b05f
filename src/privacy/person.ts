// Who somebody is, over everything that was merged into them: their ids and every value that leads to them.
import { unpackState } from '../customers/pack.ts'
import { cleanEmail, cleanLineUid, cleanPhone } from '../customers/contacts.ts'
import { type CustomerState, type IdRef, nameOf } from '../customers/model.ts'
import { ALL_BUCKETS, bucketOf, type Uuid } from '../platform/ids.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Secrets } from '../platform/secrets.ts'
import { needlesOf, type Needles, type Person, type PersonValue } from './model.ts'

/** What is searched for, with this installation's words in its place. */
export const needlesFor = (core: { secrets: Secrets }, person: Person): Needles =>
  needlesOf(person, value => core.secrets.sign('redact', value))

/** `survivor`: an id that is nobody's tombstone. Null when there is no such customer. */
export async function gatherPerson(sql: Sql, workspace: Uuid, survivor: Uuid): Promise<Person | null> {
  const states = new Map<Uuid, CustomerState | null>()
  for (let wave = [survivor]; wave.length > 0; ) {
    const { rows } = await sql.query<{ id: Uuid; state: string }>(
      'select id, state from customer where workspace_id = $1 and bucket = any($2::smallint[]) and id = any($3::uuid[])',
      [workspace, [...new Set(wave.map(bucketOf))], wave],
    )
    for (const id of wave) states.set(id, null)
    for (const row of rows) states.set(row.id, row.state === '{}' ? null : unpackState(row.state))
    const tombstones = await sql.query<{ id: Uuid }>(
      'select id from customer where workspace_id = $1 and merged_into = any($2::uuid[]) and bucket = any($3::smallint[])',
      [workspace, wave, ALL_BUCKETS],
    )
    const more = [...tombstones.rows.map(r => r.id), ...rows.flatMap(r => states.get(r.id)?.absorbed ?? [])]
    wave = [...new Set(more)].filter(id => !states.has(id))
  }
  if (states.get(survivor) === null) return null
  const ids = [survivor, ...[...states.keys()].filter(id => id !== survivor)]
  const { rows } = await sql.query<IdRef>(
    'select kind, value from identifier where workspace_id = $1 and customer_id = any($2::uuid[]) and bucket = any($3::smallint[])',
    [workspace, ids, ALL_BUCKETS],
  )
  const values = new Map<string, PersonValue>()
  const add = (ref: PersonValue) =>
    values.set(`${ref.kind} ${ref.value}`, { kind: ref.kind, value: ref.value })
  for (const row of rows) add(row)
  const names = new Set<string>()
  for (const state of states.values()) {
    for (const held of state?.ids ?? []) add(held)
    for (const token of state?.push ?? []) add({ kind: 'push_token', value: token.t })
    const name = state && nameOf(state)
    if (name && [...name].length >= 2) names.add(name)
    for (const [name, trait] of Object.entries(state?.traits ?? {})) {
      const text = String(trait.v)
      const email = cleanEmail(text)
      if (email !== null) {
        add({ kind: 'email', value: email })
        if (email !== text) add({ kind: 'email', value: text }) // as it was written
      }
      const phone = /phone|mobile|tel|電話|手機/i.test(name) ? cleanPhone(text) : null
      if (phone !== null) {
        add({ kind: 'phone', value: phone })
        if (phone !== text) add({ kind: 'phone', value: text })
      }
      if (/^line_?u(ser_?)?id$/i.test(name) && cleanLineUid(text)) add({ kind: 'line_uid', value: text })
    }
  }
  return { workspace, ids, values: [...values.values()], names: [...names] }
}

/** Proves which person a certificate is about, and tells nobody who. */
export const identifierHash = (secrets: Secrets, v: { kind: string; value: string }): string =>
  secrets.sign('erased', `${v.kind} ${v.value}`)
