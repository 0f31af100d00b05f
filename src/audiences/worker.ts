// Keeps advertising platforms' audiences equal to segments: who entered, left, agreed or refused is told within moments; what
// fails is told again. Purchases are told back. Runs with the deliver role.
import type { SendResult } from '../channels/adapter.ts'
import { sendOnce } from '../channels/exchange.ts'
import { customerStates } from '../messages/store.ts'
import { backoffMs } from '../messages/decide.ts'
import { STAND_IN } from '../channels/stand-in.ts'
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { membersOf } from '../segments/facts.ts'
import { type MetaAccount, type Purchase, purchaseRequest, readAnswer, usersRequest } from './meta.ts'
import { hashesOf, mayBeTold, wantedOf, type Hashes } from './model.ts'
import * as store from './store.ts'

/** Meta takes 10,000 in a request; fewer are repeated when one fails. */
const BATCH = 500
const PURCHASES = 50
const PAGE = 1_000
const HOLD_S = 120
const TIMEOUT_MS = 20_000
const MOST_TRIES = 15

type Account = MetaAccount & { trusted: boolean }

function accountOf(core: Core, of: store.AudienceRow): Account {
  const { baseUrl, audienceId, pixelId } = of.settings
  const secrets = of.secrets ? (JSON.parse(core.secrets.open(of.secrets)) as Record<string, string>) : {}
  const own = baseUrl === STAND_IN
  return {
    ...(baseUrl ? { baseUrl: own ? `${core.baseUrl}/sandbox/ads` : baseUrl } : {}),
    ...(audienceId ? { audienceId } : {}),
    ...(pixelId ? { pixelId } : {}),
    accessToken: secrets.accessToken ?? '',
    trusted: own || core.config.allowPrivateUrls,
  }
}

/** Members of the segment are looked at once, page by page, when an audience is made or changed. */
async function fill(core: Core, of: store.AudienceRow): Promise<void> {
  const page = await membersOf(core.history, of.workspace_id, of.segment, null, of.filled_to, PAGE)
  await store.lookAt(core.pool, of.workspace_id, of.id, page)
  await store.setFilled(core.pool, of, page.length < PAGE ? null : page.at(-1)!)
}

/** True when somebody was looked at. */
async function syncMembers(core: Core, of: store.AudienceRow): Promise<boolean> {
  const due = await store.claimMembers(core.pool, of, BATCH, HOLD_S)
  if (due.length === 0) return false
  const states = await customerStates(
    core.pool,
    due.map(d => d.customer_id),
  )
  const account = accountOf(core, of)
  const same: { customer: Uuid; told: string | null }[] = []
  const add: { customer: Uuid; told: string; before: string | null; tries: number }[] = []
  const remove: { customer: Uuid; told: string; tries: number }[] = []
  for (const { customer_id, told, attempts } of due) {
    const state = states.get(customer_id) ?? null
    // who became part of another is told of as that one
    const hashes = state === null || state.id !== customer_id ? null : wantedOf(of, state)
    const wanted = hashes === null ? null : JSON.stringify(hashes)
    if (wanted === told) same.push({ customer: customer_id, told })
    else {
      if (told !== null) remove.push({ customer: customer_id, told, tries: attempts })
      if (wanted !== null) add.push({ customer: customer_id, told: wanted, before: told, tries: attempts })
    }
  }
  await store.settleMembers(core.pool, of, same, null)
  const adding = new Set(add.map(a => a.customer))
  const gone = await tell(core, of, account, 'remove', remove)
  if (!gone) return true
  await store.settleMembers(
    core.pool,
    of,
    remove.filter(r => !adding.has(r.customer)).map(r => ({ customer: r.customer, told: null })),
    null,
  )
  if (await tell(core, of, account, 'add', add)) await store.settleMembers(core.pool, of, add, null)
  return true
}

/** False: it did not get there, and they are in line again as they were. */
async function tell(
  core: Core,
  of: store.AudienceRow,
  account: Account,
  how: 'add' | 'remove',
  people: { customer: Uuid; told: string; before?: string | null; tries: number }[],
): Promise<boolean> {
  if (people.length === 0) return true
  const hashes = people.map(p => JSON.parse(p.told) as Hashes)
  const request = usersRequest(account, how, hashes)
  const result = await sendOnce(request, account.trusted, AbortSignal.timeout(TIMEOUT_MS), readAnswer)
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
  if (!of.settings.pixelId) return false
  const due = await store.claimConversions(core.pool, of, PURCHASES, HOLD_S)
  const account = accountOf(core, of)
  const states = await customerStates(
    core.pool,
    due.map(d => d.customer_id),
  )
  for (const one of due) {
    const state = states.get(one.customer_id)
    const hashes = state && mayBeTold(state) ? hashesOf(of.provider, state) : null
    if (hashes === null) {
      await store.settleConversion(core.pool, of.workspace_id, one.id, null) // nobody agreed to be told of
      continue
    }
    const request = purchaseRequest(account, hashes, JSON.parse(one.body) as Purchase)
    const result = await sendOnce(request, account.trusted, AbortSignal.timeout(TIMEOUT_MS), readAnswer)
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
    // Google's audiences are files for now
    if (of.provider !== 'meta') continue
    if (!of.filled) {
      await fill(core, of)
      worked = true
    }
    const told = await syncMembers(core, of)
    const bought = await tellPurchases(core, of)
    if (told || bought) core.signals.emit('live', `${of.workspace_id}:audiences`)
    worked = worked || told || bought
  }
  return worked
}
