// Fetches what LINE has of a customer: the profile of a new friend, which becomes attributes, and pictures they sent.
import { anyAccount, setAttention, type LoadedAccount } from '../channels/accounts.ts'
import { contentAt, LineFailed, profileOf } from '../channels/line/account.ts'
import { resolveBatch, resolvedEvent } from '../collect/resolve.ts'
import { lineUidOf } from '../customers/contacts.ts'
import { append } from '../inbox/append.ts'
import type { EventBody } from '../inbox/model.ts'
import type { Core } from '../platform/core.ts'
import { bucketOf, type Uuid } from '../platform/ids.ts'
import {
  type DueContent,
  type DueProfile,
  dropProfile,
  dueContents,
  dueProfiles,
  endContent,
  laterProfile,
} from './store.ts'

const AT_ONCE = 20
const TIMEOUT_MS = 20_000
const ATTEMPTS = 8
/** LINE's own limit of pictures is 10 MB. */
const MOST_BYTES = 10 * 1024 * 1024

/** Seconds until the next try. */
const againS = (attempts: number): number => Math.min(3_600, 5 * 3 ** (attempts - 1))

export const accountOf = async (core: Core, id: Uuid): Promise<LoadedAccount | null> => {
  const account = await anyAccount(core, core.pool, id)
  return account?.adapter === 'line' ? account : null
}

/** Fetches what is due; true when there was something. */
export async function fetchDue(core: Core): Promise<boolean> {
  const [profiles, contents] = await Promise.all([
    dueProfiles(core.pool, AT_ONCE),
    dueContents(core.pool, AT_ONCE),
  ])
  await Promise.all([
    ...profiles.map(row => readProfile(core, row)),
    ...contents.map(row => keepContent(core, row)),
  ])
  return profiles.length + contents.length > 0
}

/** LINE's no is for good, but for credentials and moments; those are tried again: in how many seconds, null: no more.
 *  Whoever came too often is not given up for it. */
async function failed(core: Core, account: Uuid, error: unknown, attempts: number): Promise<number | null> {
  if (!(error instanceof LineFailed)) throw error
  if (error.kind === 'refused') return null
  if (error.kind === 'bad_credentials') await setAttention(core.pool, account, error.message)
  if (error.status === 429) return (error.againMs ?? 1_000) / 1_000
  return attempts >= ATTEMPTS ? null : againS(attempts)
}

async function readProfile(core: Core, row: DueProfile): Promise<void> {
  const account = await accountOf(core, row.account_id)
  if (!account) return dropProfile(core.pool, row)
  try {
    const profile = await profileOf(account, row.address, AbortSignal.timeout(TIMEOUT_MS))
    if (profile)
      await tell(core, account, row, {
        line_name: profile.displayName,
        ...(profile.pictureUrl ? { line_picture: profile.pictureUrl } : {}),
        ...(profile.language ? { line_language: profile.language } : {}),
      })
    await dropProfile(core.pool, row)
  } catch (error) {
    const next = await failed(core, account.id, error, row.attempts)
    if (next === null) await dropProfile(core.pool, row)
    else await laterProfile(core.pool, row, next)
  }
}

/** Under names of their own: what LINE calls somebody is no reason to change how the shop calls them. */
async function tell(
  core: Core,
  account: LoadedAccount,
  row: DueProfile,
  traits: Record<string, string>,
): Promise<void> {
  const messageId = `line:profile:${row.event}`
  const body: EventBody = {
    type: 'system',
    name: 'line.profile',
    messageId,
    at: row.at.getTime(),
    traits,
    ids: [{ kind: 'line_uid', value: lineUidOf(account.settings.provider, row.address) }],
    proof: 'provider',
    src: account.name,
    ch: 'line',
  }
  const { workspace } = account
  const [resolved] = await resolveBatch(core, [{ workspace, ids: body.ids, proof: body.proof }])
  const { customer } = resolved!
  await append(core.pool, null, [
    { workspace, customer, input: { kind: 'event', messageId, body: resolvedEvent(body, resolved!) } },
  ])
  core.signals.emit('inbox', String(bucketOf(customer)))
}

async function keepContent(core: Core, row: DueContent): Promise<void> {
  const account = await accountOf(core, row.account_id)
  if (!account) return endContent(core.pool, row, { state: 'gone' })
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const content = await contentAt(account, row.message_id, MOST_BYTES, signal)
    if (!content) return await endContent(core.pool, row, { state: 'gone' })
    if (!content.whole) return await endContent(core.pool, row, { state: 'too_large' })
    // what is shown to the team is a picture, whatever the sender called it
    const type = /^image\/(png|jpeg|gif|webp)$/.exec(content.type)?.[0]
    if (!type) return await endContent(core.pool, row, { state: 'gone' })
    await endContent(core.pool, row, { state: 'kept', type, bytes: content.bytes })
    core.signals.emit('live', `${row.workspace_id}:line`)
  } catch (error) {
    const next = await failed(core, account.id, error, row.attempts)
    await endContent(core.pool, row, next === null ? { state: 'gone' } : { state: 'wanted', againS: next })
  }
}
