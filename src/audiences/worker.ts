// Keeps advertising platforms' audiences equal to segments: who entered, left, agreed or refused is told within moments; what
// fails is told again. Purchases are told back. Runs with the deliver role.
import type { SendResult } from '../channels/adapter.ts'
import { customerStates } from '../messages/store.ts'
import { backoffMs } from '../messages/decide.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { membersOf } from '../segments/facts.ts'
import { hashesOf, mayBeTold, wantedOf, type Hashes } from './model.ts'
import type { Purchase } from './platform.ts'
import { platformOf } from './platforms.ts'
import * as store from './store.ts'

const PURCHASES = 50
const PAGE = 1_000
const HOLD_S = 120
const TIMEOUT_MS = 20_000
const MOST_TRIES = 15

/** Members of the segment are looked at once, page by page, when an audience is made or changed. */
async function fill(core: Core, of: store.AudienceRow): Promise<void> {
  const page = await membersOf(core.history, of.workspace_id, of.segment, null, of.filled_to, PAGE)
  await store.lookAt(core.pool, of.workspace_id, of.id, page)
  await store.setFilled(core.pool, of, page.length < PAGE ? null : page.at(-1)!)
}

/** `before`: what the platform had of them */
type Telling = { customer: Uuid; told: string; before?: string | null; tries: number }

/** True when somebody was looked at. */
async function syncMembers(core: Core, of: store.AudienceRow): Promise<boolean> {
  const due = await store.claimMembers(core.pool, of, platformOf(of.provider).batch, HOLD_S)
  if (due.length === 0) return false
  const states = await customerStates(
    core.pool,
    [of.workspace_id],
    due.map(d => d.customer_id),
  )
  const same: { customer: Uuid; told: string | null }[] = []
  const add: Telling[] = []
  const remove: Telling[] = []
  for (const { customer_id, told, attempts } of due) {
    const state = states.get(customer_id)
    // who became part of another is told of as that one
    const hashes = state?.id === customer_id ? wantedOf(of, state) : null
    const wanted = hashes === null ? null : JSON.stringify(hashes)
    if (wanted === told) same.push({ customer: customer_id, told })
    else {
      if (told !== null) remove.push({ customer: customer_id, told, tries: attempts })
      if (wanted !== null) add.push({ customer: customer_id, told: wanted, before: told, tries: attempts })
    }
  }
  await store.settleMembers(core.pool, of, same, null)
  if (platformOf(of.provider).drop) return addOnly(core, of, add, remove)
  const adding = new Set(add.map(a => a.customer))
  if (!(await takeOut(core, of, remove))) return true
  await store.settleMembers(
    core.pool,
    of,
    remove.filter(r => !adding.has(r.customer)).map(r => ({ customer: r.customer, told: null })),
    null,
  )
  if (await tell(core, of, 'add', add)) await store.settleMembers(core.pool, of, add, null)
  return true
}

/** The platform knows hashes, not people: who was told of under one of those taken out (two became one, or a number went from one
 *  to the other) is told of again. False: it is not done, and they are in line again. */
async function takeOut(core: Core, of: store.AudienceRow, people: Telling[]): Promise<boolean> {
  if (!(await tell(core, of, 'remove', people))) return false
  if (people.length === 0) return true
  const others = await store.othersTold(
    core.pool,
    of,
    people.map(p => JSON.parse(p.told) as Hashes),
    people.map(p => p.customer),
  )
  return tell(
    core,
    of,
    'add',
    others.map(o => ({ ...o, before: o.told, tries: 0 })),
  )
}

/** Where nobody can be taken out: who left waits for the next new one, in which they are not. */
async function addOnly(
  core: Core,
  of: store.AudienceRow,
  add: Telling[],
  remove: Telling[],
): Promise<boolean> {
  if (remove.length > 0) {
    const next = await store.rebuild(core.pool, of)
    // everybody is looked at again
    if (next.begun) return true
    const waiting = remove.map(r => ({ customer: r.customer, told: r.told }))
    await store.settleMembers(core.pool, of, waiting, next.inS)
  }
  const leaving = new Set(remove.map(r => r.customer))
  const adding = add.filter(a => !leaving.has(a.customer))
  if (await tell(core, of, 'add', adding)) await store.settleMembers(core.pool, of, adding, null)
  return true
}

/** The new one takes the place of the one before, which is deleted. True when there was something. */
async function tidy(core: Core, of: store.AudienceRow): Promise<boolean> {
  const { drop } = platformOf(of.provider)
  if (!drop) return false
  let worked = false
  if (of.building) worked = await store.takeNew(core.pool, of)
  else if (await store.isOld(core.pool, of)) worked = (await store.rebuild(core.pool, of)).begun
  for (const remote of of.drop_ids) {
    const result = await drop(core, of, remote, AbortSignal.timeout(TIMEOUT_MS))
    if (result.kind !== 'accepted') continue // it is tried again in the next round
    await store.dropped(core.pool, of, remote)
    worked = true
  }
  return worked
}

/** False: it did not get there, and they are in line again as they were. */
async function tell(
  core: Core,
  of: store.AudienceRow,
  how: 'add' | 'remove',
  people: Telling[],
): Promise<boolean> {
  if (people.length === 0) return true
  const hashes = people.map(p => JSON.parse(p.told) as Hashes)
  const result = await platformOf(of.provider).tell(core, of, how, hashes, AbortSignal.timeout(TIMEOUT_MS))
  if (result.kind === 'accepted') {
    await store.noteSync(core.pool, of, null, false)
    return true
  }
  // adding and removing may both be repeated, so what is not known is told again
  const tries = Math.max(...people.map(p => p.tries))
  await store.noteSync(core.pool, of, result.detail, result.kind === 'bad_credentials')
  const kept = people.map(p => ({ customer: p.customer, told: how === 'add' ? (p.before ?? null) : p.told }))
  await store.settleMembers(core.pool, of, kept, againS(result, tries))
  return false
}

function againS(result: SendResult, tries: number): number {
  const wished = result.kind === 'retryable' ? (result.retryAfterMs ?? 0) : 0
  return Math.max(wished, backoffMs(tries, Math.random())) / 1_000
}

async function tellPurchases(core: Core, of: store.AudienceRow): Promise<boolean> {
  const { purchase } = platformOf(of.provider)
  if (!of.settings.pixelId || !purchase) return false
  const due = await store.claimConversions(core.pool, of, PURCHASES, HOLD_S)
  const states = await customerStates(
    core.pool,
    [of.workspace_id],
    due.map(d => d.customer_id),
  )
  for (const one of due) {
    const state = states.get(one.customer_id)
    const hashes = state && mayBeTold(state) ? hashesOf(of.provider, state) : null
    if (hashes === null) {
      await store.settleConversion(core.pool, of.workspace_id, one.id, null) // nobody agreed to be told of
      continue
    }
    const told = JSON.parse(one.body) as Purchase
    const result = await purchase(core, of, hashes, told, AbortSignal.timeout(TIMEOUT_MS))
    const over = result.kind === 'accepted' || result.kind === 'rejected' || one.attempts >= MOST_TRIES
    await store.settleConversion(
      core.pool,
      of.workspace_id,
      one.id,
      over ? null : againS(result, one.attempts),
    )
    if (result.kind !== 'accepted')
      await store.noteSync(core.pool, of, result.detail, result.kind === 'bad_credentials')
  }
  return due.length > 0
}

/** One round over all audiences that are on; true when there was something to do. */
export async function syncAudiences(core: Core): Promise<boolean> {
  let worked = false
  for (const of of await store.activeAudiences(core.pool)) {
    if (!of.filled) {
      await fill(core, of)
      worked = true
    }
    const told = await syncMembers(core, of)
    const bought = await tellPurchases(core, of)
    const tidied = await tidy(core, of)
    if (told || bought || tidied) core.signals.emit('live', `${of.workspace_id}:audiences`)
    worked = worked || told || bought || tidied
  }
  return worked
}
