// Gives each friend the menu that is theirs. After a publication everybody is looked at, a step of a thousand at a time; then
// those of whom history tells that something changed that menus depend on. Runs again over the same people without harm.
import { setAttention } from '../../channels/accounts.ts'
import { LineFailed } from '../../channels/line/account.ts'
import { deleteMenu, linkMenu, MENU_PEOPLE_MAX } from '../../channels/line/menus.ts'
import { CHANNELS } from '../../channels/model.ts'
import { isFriend } from '../friend.ts'
import { customersById, findCustomer } from '../../customers/store.ts'
import type { CustomerState } from '../../customers/model.ts'
import { unpackState } from '../../customers/pack.ts'
import { askHistory } from '../../platform/clickhouse.ts'
import type { Core } from '../../platform/core.ts'
import { BUCKETS, publicId, type Uuid } from '../../platform/ids.ts'
import { listSegments } from '../../segments/store.ts'
import { accountOf } from '../fetching.ts'
import { type LiveMenu, menuOf, type SegmentNumber } from './model.ts'
import {
  askedUntil,
  customersAfter,
  linked,
  moveRound,
  NOBODY_YET,
  notLinked,
  type Round,
  roundsUnderWay,
  takeWaiting,
  type Waiting,
  want,
  watchedAccounts,
} from './people.ts'
import { dropOldMenu, laterOld, listMenus, oldMenus } from './store.ts'

const STEP = 1_000
const MOST_CHANGED = 5_000
/** Facts reach history a moment after they were folded: so much of what was looked at is looked at again. */
const OVERLAP_MS = 120_000
const TIMEOUT_MS = 30_000
const ATTEMPTS = 10
/** What may make another menu somebody's. */
const CHANGES = [
  'segment.entered',
  'segment.left',
  'tier.changed',
  'identifier.added',
  'customer.merged',
  'contact.followed',
  'line.linked',
]

type Menus = {
  account: Uuid
  workspace: Uuid
  settings: Record<string, string>
  live: LiveMenu[]
  numberOf: SegmentNumber
}

/** null: the account is gone. */
async function menusOf(core: Core, workspace: Uuid, id: Uuid): Promise<Menus | null> {
  const account = await accountOf(core, id)
  if (!account) return null
  const [menus, segments] = await Promise.all([
    listMenus(core.pool, workspace),
    listSegments(core.pool, workspace),
  ])
  const byId = new Map(segments.map(s => [publicId('seg', s.id), s]))
  const live = menus.flatMap(m =>
    m.account_id === id && m.status === 'live' && m.provider_id !== null && m.published
      ? [{ audience: m.published.audience, providerId: m.provider_id }]
      : [],
  )
  return {
    account: id,
    workspace,
    settings: account.settings,
    live,
    numberOf(segment, group) {
      const found = byId.get(segment)
      if (!found) return null
      if (group === undefined) return { n: found.n, g: null }
      const g = found.groups[group]
      return g === undefined ? null : { n: found.n, g }
    },
  }
}

/** The friend's addresses at this account, and the menu they should have. */
function wantedBy(menus: Menus, state: CustomerState): { address: string; menu: string | null }[] {
  if (!isFriend(state, menus.settings)) return []
  return state.ids.flatMap(id => {
    const address = id.kind === 'line_uid' ? CHANNELS.line.addressOf!(menus.settings, id.value) : null
    return address === null ? [] : [{ address, menu: menuOf(menus.live, state, menus.numberOf) }]
  })
}

/** One step of each round that is under way; true when there was one. */
export async function stepRounds(core: Core): Promise<boolean> {
  const rounds = await roundsUnderWay(core.pool)
  for (const round of rounds) await stepRound(core, round)
  return rounds.length > 0
}

async function stepRound(core: Core, round: Round): Promise<void> {
  const { workspace_id: workspace, account_id: account } = round
  const menus = await menusOf(core, workspace, account)
  if (!menus) return void (await moveRound(core.pool, round, { bucket: null, after: NOBODY_YET }))
  let { bucket, after } = round
  let seen = 0
  // buckets of small workspaces hold a few people each: some of them make a step
  while (bucket < BUCKETS && seen < STEP) {
    const rows = await customersAfter(core.pool, { workspace, bucket, after }, STEP - seen)
    // a row without a state is not a customer yet
    const living = rows.filter(r => r.merged_into === null && r.state !== '{}')
    await want(
      core.pool,
      { workspace, account },
      living.flatMap(r => wantedBy(menus, unpackState(r.state))),
    )
    seen += rows.length
    if (rows.length < STEP - (seen - rows.length)) {
      bucket++
      after = NOBODY_YET
    } else after = rows.at(-1)!.id
  }
  await moveRound(core.pool, round, { bucket: bucket === BUCKETS ? null : bucket, after })
}

/** Looks at who changed since the last look; true when somebody is to have another menu. */
export async function followChanges(core: Core): Promise<boolean> {
  let any = false
  for (const { workspace_id: workspace, account_id: account, asked, offset_ms } of await watchedAccounts(
    core.pool,
  )) {
    const until = new Date(Date.now() + offset_ms)
    const since = (asked ?? until).getTime() - OVERLAP_MS
    const found = await askHistory<{ id: Uuid }>(
      core.history,
      `select distinct customer_id as id from event where workspace_id = {workspace:UUID} and name in {names:Array(String)}
          and folded >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') limit {most:UInt32}`,
      { workspace, names: CHANGES, since: Math.floor(since), most: MOST_CHANGED },
    )
    const menus = found.length > 0 ? await menusOf(core, workspace, account) : null
    if (menus) {
      const people = await livingOf(
        core,
        workspace,
        found.map(f => f.id),
      )
      const wanted = people.flatMap(state => wantedBy(menus, state))
      if ((await want(core.pool, { workspace, account }, wanted)) > 0) any = true
    }
    await askedUntil(core.pool, account, until)
  }
  return any
}

/** These people, or whom they have become part of. */
async function livingOf(core: Core, workspace: Uuid, ids: Uuid[]): Promise<CustomerState[]> {
  const found = [...(await customersById(core.pool, workspace, ids)).values()]
  const gone = found.filter(c => c.mergedInto !== null)
  const survivors = await Promise.all(gone.map(c => findCustomer(core.pool, workspace, c.id)))
  return [...found, ...survivors].flatMap(c => (c && c.mergedInto === null ? [c.state] : []))
}

/** Tells LINE of some who wait; true when there were some. */
export async function linkWaiting(core: Core): Promise<boolean> {
  const waiting = await takeWaiting(core.pool, MENU_PEOPLE_MAX)
  if (!waiting) return false
  const account = await accountOf(core, waiting.account)
  if (!account) {
    await notLinked(core.pool, waiting, null)
    return true
  }
  try {
    await linkMenu(account, waiting.menu, waiting.addresses, AbortSignal.timeout(TIMEOUT_MS))
    await linked(core.pool, waiting)
    core.signals.emit('live', `${account.workspace}:line`)
  } catch (error) {
    if (!(error instanceof LineFailed)) throw error
    if (error.kind === 'bad_credentials') await setAttention(core.pool, account.id, error.message)
    await refused(core, waiting, error)
  }
  return true
}

/** Of several that LINE refuses at once each is tried alone: one wrong name keeps nobody else from theirs. */
async function refused(core: Core, waiting: Waiting, error: LineFailed): Promise<void> {
  // who came too often is not given up for it
  if (error.status === 429) return notLinked(core.pool, waiting, (error.againMs ?? 1_000) / 1_000)
  const over = waiting.attempts >= ATTEMPTS
  if (error.kind !== 'refused')
    return notLinked(core.pool, waiting, over ? null : Math.min(3_600, 5 * 3 ** waiting.attempts))
  if (waiting.addresses.length === 1) return notLinked(core.pool, waiting, null)
  const account = (await accountOf(core, waiting.account))!
  for (const address of waiting.addresses) {
    const one = { ...waiting, addresses: [address] }
    try {
      await linkMenu(account, one.menu, [address], AbortSignal.timeout(TIMEOUT_MS))
      await linked(core.pool, one)
    } catch (again) {
      if (!(again instanceof LineFailed)) throw again
      await notLinked(core.pool, one, again.kind === 'refused' ? null : (again.againMs ?? 60_000) / 1_000)
    }
  }
}

/** Takes from LINE what nobody has any more; true when there was something. */
export async function clearOld(core: Core): Promise<boolean> {
  const old = await oldMenus(core.pool, 10)
  for (const menu of old) {
    const account = await accountOf(core, menu.account_id)
    try {
      if (account) await deleteMenu(account, menu.provider_id, AbortSignal.timeout(TIMEOUT_MS))
      await dropOldMenu(core.pool, menu)
    } catch (error) {
      if (!(error instanceof LineFailed)) throw error // tried again in a minute, or when LINE takes deletions again
      if (error.againMs !== null) await laterOld(core.pool, menu, error.againMs / 1_000)
    }
  }
  return old.length > 0
}
