// SQL of the send ledger up to the socket; finish.ts has what came of it. Claims and deadlines are in database time; created,
// changed and not_after are workspace time. `(select clock_timestamp())` instead of the bare call lets the index be used.
import { unpackState } from '../customers/pack.ts'
import type { CustomerState } from '../customers/model.ts'
import { ALL_BUCKETS, bucketOf, parseId, publicId, type Uuid } from '../platform/ids.ts'
import { bigints, booleans, instants, smallints, texts, uuids } from '../platform/pg-array.ts'
import type { Sql } from '../platform/postgres.ts'
import { isCounted } from './frequency.ts'
import type { Intent, Rendered } from './model.ts'
import { addressBucket, forbids } from './suppression.ts'

/** A message that this process holds until its deadline. `unknown`: an earlier try is to be settled. */
export type Claim = {
  id: Uuid
  workspace: Uuid
  customer: Uuid
  channel: string
  state: 'claimed' | 'unknown'
  epoch: number
  attempts: number
  /** real ms of the first try; null before it */
  sentAt: number | null
  intent: Intent
  rendered: Rendered | null
  /** it was sent with others in one request */
  batchId: Uuid | null
  /** real ms: its place in its account's rate */
  slotAt: number | null
  /** how often a person had it tried again after it had ended */
  again: number
}

type ClaimRow = {
  id: Uuid
  workspace_id: Uuid
  customer_id: Uuid
  channel: string
  state: 'claimed' | 'unknown'
  epoch: number
  attempts: number
  sent_at: Date | null
  body: string
  rendered: string | null
  batch_id: Uuid | null
  slot_at: Date | null
  again: number
}
const CLAIM_COLUMNS = [
  'id',
  'workspace_id',
  'customer_id',
  'channel',
  'state',
  'epoch',
  'attempts',
  'sent_at',
  'body',
  'rendered',
  'batch_id',
  'slot_at',
  'again',
]
  .map(c => `m.${c}`)
  .join(', ')

const toClaim = (r: ClaimRow): Claim => ({
  id: r.id,
  workspace: r.workspace_id,
  customer: r.customer_id,
  channel: r.channel,
  state: r.state,
  epoch: r.epoch,
  attempts: r.attempts,
  sentAt: r.sent_at?.getTime() ?? null,
  intent: JSON.parse(r.body) as Intent,
  rendered: r.rendered === null ? null : (JSON.parse(r.rendered) as Rendered),
  batchId: r.batch_id,
  slotAt: r.slot_at?.getTime() ?? null,
  again: r.again,
})

/** All buckets from a random one on, so that several claimers start apart and none is starved. */
function bucketsFromAnywhere(): number[] {
  const from = Math.floor(Math.random() * ALL_BUCKETS.length)
  return [...ALL_BUCKETS.slice(from), ...ALL_BUCKETS.slice(0, from)]
}

/** send_after of what waits for a person or for the release of sending. */
export const NEVER = '9000-01-01T00:00:00Z'
export const HELD_FROM = '8000-01-01T00:00:00Z'
const SECONDS = (parameter: string) => `make_interval(secs => ${parameter}::float8 / 1000)`

const claimStatement = (from: 'intended' | 'unknown') => `
  with due as (
    select x.bucket, x.id from unnest($1::smallint[]) b(bucket)
     cross join lateral (
       select m.bucket, m.id from message m
        where m.bucket = b.bucket and m.state = '${from}' and m.send_after <= (select clock_timestamp())
          ${from === 'unknown' ? 'and (m.claim_until is null or m.claim_until < (select clock_timestamp()))' : ''}
        order by m.send_after limit $2 for update skip locked) x
     limit $2)
  update message m set state = '${from === 'intended' ? 'claimed' : 'unknown'}', claim_owner = $3, epoch = m.epoch + 1,
         claim_until = clock_timestamp() + ${SECONDS('$4')}
    from due where m.bucket = due.bucket and m.id = due.id
  returning ${CLAIM_COLUMNS}`

/** Takes due intents of these buckets (null: of all); nobody else gets them before `claimMs` have passed. */
export async function claimDue(
  sql: Sql,
  buckets: number[] | null,
  owner: string,
  limit: number,
  claimMs: number,
): Promise<Claim[]> {
  const { rows } = await sql.query<ClaimRow>({
    name: 'claim_due',
    text: claimStatement('intended'),
    values: [smallints(buckets ?? bucketsFromAnywhere()), limit, owner, claimMs],
  })
  return rows.map(toClaim)
}

/** Messages as claims of nobody, by id. */
export async function claimsById(sql: Sql, ids: Uuid[]): Promise<Map<Uuid, Claim>> {
  const { rows } = await sql.query<ClaimRow>(
    `select ${CLAIM_COLUMNS} from message m join unnest($1::smallint[], $2::uuid[]) u(bucket, id) on m.bucket = u.bucket and m.id = u.id
      where m.bucket = any($1::smallint[])`,
    [smallints(ids.map(bucketOf)), uuids(ids)],
  )
  return new Map(rows.map(r => [r.id, toClaim(r)]))
}

/** Takes unknowns whose next settling try is due. They stay unknown meanwhile. */
export async function claimUnknown(
  sql: Sql,
  owner: string,
  limit: number,
  claimMs: number,
): Promise<Claim[]> {
  const { rows } = await sql.query<ClaimRow>(claimStatement('unknown'), [
    bucketsFromAnywhere(),
    limit,
    owner,
    claimMs,
  ])
  return rows.map(toClaim)
}

/** Numbers of segments that accounts name, by public id; of its own workspace only. */
export async function reserveSegments(
  sql: Sql,
  accounts: { workspace: Uuid; settings: Record<string, string> }[],
): Promise<Map<string, number>> {
  const named = accounts.flatMap(({ workspace, settings: { quotaReserveFor: name } }) => {
    const id = name ? parseId('seg', name) : null
    return id === null ? [] : [{ workspace, id }]
  })
  if (named.length === 0) return new Map()
  const { rows } = await sql.query<{ id: Uuid; n: number }>(
    `select distinct s.id, s.n from unnest($1::uuid[], $2::uuid[]) u(workspace, id)
       join segment s on s.workspace_id = u.workspace and s.id = u.id`,
    [named.map(v => v.workspace), named.map(v => v.id)],
  )
  return new Map(rows.map(r => [publicId('seg', r.id), r.n]))
}

export type WorkspaceFacts = {
  id: Uuid
  name: string
  timezone: string
  locale: string
  currency: string
  paused: boolean
  /** broadcasts of which nothing goes out now, and whether it will again */
  held: Record<Uuid, 'paused' | 'stopped'>
  /** channels that a person has stopped */
  stopped: string[]
  offsetMs: number
  /** where links of messages lead through; null: our own address */
  linkDomain: string | null
  /** purposes of consent that are asked for by themselves */
  asked: string[]
}

/** What the deliverer must know of workspaces. */
export async function workspaceFacts(sql: Sql, ids: Uuid[]): Promise<Map<Uuid, WorkspaceFacts>> {
  const { rows } = await sql.query<{
    id: Uuid
    name: string
    timezone: string
    locale: string
    currency: string
    paused: boolean
    held: Record<Uuid, 'paused' | 'stopped'>
    stopped: string[]
    offset: number
    linkDomain: string | null
    asked: string[]
  }>({
    name: 'workspace_facts',
    text: `select id, name, timezone, locale, currency, clock_offset_ms as offset, coalesce((settings->>'sendingPaused')::boolean, false) as paused,
              (select coalesce(jsonb_object_agg(j.id, j.status), '{}') from journey j
                where j.workspace_id = workspace.id and j.kind = 'broadcast' and j.status in ('paused', 'stopped')) as held,
              array(select jsonb_array_elements_text(coalesce(settings->'stoppedChannels', '[]'))) as stopped,
              settings->>'linkDomain' as "linkDomain",
              array(select p.name from consent_purpose p where p.workspace_id = workspace.id and p.asked and not p.archived) as asked
       from workspace where id = any($1::uuid[])`,
    values: [uuids(ids)],
  })
  return new Map(rows.map(({ offset, ...w }) => [w.id, { ...w, offsetMs: offset }]))
}

/** The customers of these workspaces as they are now; one merged meanwhile is answered with its survivor, under the id asked
 *  for. Who is of another workspace is left out. */
export async function customerStates(
  sql: Sql,
  workspaces: Uuid[],
  asked: Uuid[],
): Promise<Map<Uuid, CustomerState>> {
  const found = new Map<Uuid, CustomerState>()
  let want = new Map([...new Set(asked)].map(id => [id, [id]])) // id to read -> ids it answers
  for (let step = 0; step < 16 && want.size > 0; step++) {
    const ids = [...want.keys()]
    const { rows } = await sql.query<{ id: Uuid; state: string; merged_into: Uuid | null }>({
      name: 'customer_states',
      text: 'select id, state, merged_into from customer where bucket = any($1::smallint[]) and id = any($2::uuid[]) and workspace_id = any($3::uuid[])',
      values: [smallints([...new Set(ids.map(bucketOf))]), uuids(ids), uuids(workspaces)],
    })
    const next = new Map<Uuid, Uuid[]>()
    for (const row of rows) {
      const answers = want.get(row.id)!
      if (row.merged_into) next.set(row.merged_into, [...(next.get(row.merged_into) ?? []), ...answers])
      else for (const id of answers) found.set(id, unpackState(row.state))
    }
    want = next
  }
  return found
}

export type Mark = {
  claim: Claim
  rendered: Rendered
  /** what stands for the address where its person was forgotten (suppression.ts) */
  hidden: string
  consentAt: number | null
  followAt: number | null
  /** the account has friends of its own: what another account was told of a block is not said to it */
  ownFriends: boolean
  /** workspace ms */
  now: number
}

/** Sending was stopped by a person, in all or by this channel. An SQL expression over a workspace `w`. */
export const isStopped = (channel: string): string =>
  `(coalesce((w.settings->>'sendingPaused')::boolean, false) or coalesce(w.settings->'stoppedChannels' ? ${channel}, false))`

/** The last step before the socket, one conditional update: still claimed under this epoch, in time, not stopped and not
 *  suppressed at this moment. Answers for each whether it may go, what stands against it, or that it is no longer ours. */
export async function markSending(
  sql: Sql,
  marks: Mark[],
  sendingMs: number,
): Promise<('go' | 'suppressed' | 'stopped' | 'lost')[]> {
  const { rows } = await sql.query<{ id: Uuid; suppressed: boolean; stopped: boolean }>({
    name: 'mark_sending',
    text: `with want as (
       select * from unnest($1::smallint[], $2::uuid[], $3::bigint[], $4::text[], $5::smallint[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $11::smallint[], $12::text[], $13::boolean[], $14::uuid[], $15::boolean[])
         w(bucket, id, epoch, rendered, address_bucket, address, consent_at, follow_at, changed, hidden_bucket, hidden, own_friends, account_id, counted)),
     held as (
       select m.bucket, m.id,
              exists (select from suppression s where s.bucket = w.address_bucket and s.workspace_id = m.workspace_id
                         and s.channel = m.channel and s.address = w.address and ${forbids('w.consent_at', 'w.follow_at', 'w.own_friends')})
              or exists (select from suppression s where s.bucket = w.hidden_bucket and s.workspace_id = m.workspace_id
                            and s.channel = m.channel and s.address = w.hidden) as suppressed,
              exists (select from workspace w where w.id = m.workspace_id and ${isStopped('m.channel')}) as stopped
         from message m join want w on w.bucket = m.bucket and w.id = m.id
        where m.bucket = any($1::smallint[]) and m.state = 'claimed' and m.epoch = w.epoch and m.claim_until > clock_timestamp()
        order by m.bucket, m.id for update of m),
     moved as (
       update message m set state = 'sending', attempts = m.attempts + 1, rendered = w.rendered, changed = w.changed, account_id = w.account_id, out_at = case when w.counted then w.changed end, receipt = null, slot_at = null,
              sent_at = coalesce(m.sent_at, clock_timestamp()), claim_until = clock_timestamp() + ${SECONDS('$10')}
         from held h join want w on w.bucket = h.bucket and w.id = h.id
        where m.bucket = h.bucket and m.id = h.id and not h.suppressed and not h.stopped)
     select id, suppressed, stopped from held`,
    values: [
      smallints(marks.map(m => bucketOf(m.claim.id))),
      uuids(marks.map(m => m.claim.id)),
      bigints(marks.map(m => m.claim.epoch)),
      texts(marks.map(m => JSON.stringify(m.rendered))),
      smallints(marks.map(m => addressBucket(m.claim.channel, m.rendered.address))),
      texts(marks.map(m => m.rendered.address)),
      instants(marks.map(m => m.consentAt)),
      instants(marks.map(m => m.followAt)),
      instants(marks.map(m => m.now)),
      sendingMs,
      smallints(marks.map(m => addressBucket(m.claim.channel, m.hidden))),
      texts(marks.map(m => m.hidden)),
      booleans(marks.map(m => m.ownFriends)),
      uuids(marks.map(m => m.rendered.account ?? null)),
      booleans(marks.map(m => isCounted(m.claim.intent))),
    ],
  })
  const held = new Map(rows.map(r => [r.id, r]))
  return marks.map(m => {
    const row = held.get(m.claim.id)
    if (row === undefined) return 'lost'
    return row.suppressed ? 'suppressed' : row.stopped ? 'stopped' : 'go'
  })
}
