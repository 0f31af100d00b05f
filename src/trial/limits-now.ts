// Which limits stand for somebody at each send of a walk, as of now: read from the tables that the deliverer asks, by its own
// reading of them. Nothing is locked, taken or written; what is left when the message really goes is not known.
import { adapterNamed } from '../channels/register.ts'
import { isReference, type MessageContent } from '../channels/content.ts'
import { CHANNELS } from '../channels/model.ts'
import { COST_SCALE } from '../channels/price.ts'
import { couponNames } from '../catalogue/published-rewards.ts'
import { consentFor, MARKETING } from '../consent/model.ts'
import type { Out } from '../contract.ts'
import type { World } from '../customers/world.ts'
import { capsNow } from '../journeys/caps.ts'
import type { Walk } from '../journeys/walk.ts'
import { asksOfMessage, costOfMessage, type Judged, judgeClaim } from '../messages/deliver-one.ts'
import { countsUntil, sayRule } from '../messages/frequency.ts'
import { takenNow } from '../messages/limit-store.ts'
import { type Ask, asksOf, quotaOf } from '../messages/limits.ts'
import type { JourneyIntent } from '../messages/model.ts'
import { type Read, readAfresh } from '../messages/read.ts'
import type { WorkspaceFacts } from '../messages/store.ts'
import { hiddenAddress, suppressionOf } from '../messages/suppression.ts'
import type { Core } from '../platform/core.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { sayLimit, type SaidOf } from './limit-words.ts'

type LimitNow = Out<'simulateJourney'>['messages'][number]['limits'][number]
/** `of`: in the order of the walk's messages; `at`: workspace ms */
export type LimitsNow = { at: number; of: LimitNow[][] }
type Asking = {
  core: Core
  world: World
  workspace: WorkspaceFacts
  facts: Read
  now: number
  coupons: Map<Uuid, string>
}
type One = { intent: JourneyIntent; content: MessageContent | null }

/** The person is asked about as they are now, whatever the walk made of them. */
export async function limitsNow(core: Core, world: World, person: Uuid, walk: Walk): Promise<LimitsNow> {
  const facts = await readAfresh(core, [world.workspace], [person])
  const workspace = facts.workspaces.get(world.workspace)!
  const now = Date.now() + workspace.offsetMs
  const coupons = new Map(
    walk.intents.some(i => i.limits?.some(l => l.key.startsWith('pool:')))
      ? (await couponNames(core.pool, world.workspace)).map(c => [c.id, c.name])
      : [],
  )
  const asking: Asking = { core, world, workspace, facts, now, coupons }
  const messages: OfMessage[] = []
  for (const [i, intent] of walk.intents.entries())
    messages.push(await ofMessage(asking, { intent, content: walk.messages[i]!.content }))
  // what all of them ask of is counted at once
  const asks = messages.flatMap(m => m.asks)
  const taken = (await takenNow(core.pool, workspace.id, asks)).values()
  return {
    at: now,
    of: messages.map(({ told, asks, account }) => [
      ...told,
      ...asks.map(ask => shared(asking, ask, taken.next().value!, account)),
    ]),
  }
}

/** What is known of a message at once, and what it asks of limits that are counted. */
type OfMessage = { told: LimitNow[]; asks: Ask[]; account: Judged['account'] }

async function ofMessage(asking: Asking, one: One): Promise<OfMessage> {
  const { facts, workspace, world, now } = asking
  // as if it were let out now: its own moment lies ahead
  const intent = { ...one.intent, notBefore: 0, notAfter: null, quiet: null }
  const claim = {
    id: intent.id,
    workspace: world.workspace,
    customer: intent.customer,
    channel: intent.channel,
    state: 'claimed' as const,
    epoch: 0,
    attempts: 0,
    sentAt: null,
    intent,
    rendered: null,
    batchId: null,
    slotAt: null,
    again: 0,
  }
  const judged = judgeClaim(claim, facts)
  // what stays inside asks for its places alone
  if (judged === null)
    return { told: [], asks: asksOf(intent.limits ?? [], now, workspace.timezone, 0), account: null }
  const { account } = judged
  return {
    told: [
      ...decided(asking, judged, intent),
      ...(await suppression(asking, judged)),
      ...caps(asking, intent),
    ],
    asks: account === null ? [] : asksOfMessage({ ...judged, account }, facts, now, costOf(judged, one)),
    account,
  }
}

/** 0 where what it says is not known here. */
function costOf(judged: Judged, { intent, content }: One): number {
  const { account, decision } = judged
  const adapter = account && adapterNamed(account.adapter)
  const written = content ?? intent.content
  if (!account || !adapter || isReference(written)) return 0
  const address = decision.do === 'send' ? decision.address : ''
  return costOfMessage(judged, account, adapter, { address, content: written })
}

const limit = (
  { workspace }: Pick<Asking, 'workspace'>,
  kind: LimitNow['kind'],
  stands: boolean,
  said: SaidOf,
  more: Partial<LimitNow> = {},
): LimitNow => ({
  kind,
  stands,
  reason: null,
  name: null,
  rule: null,
  used: null,
  max: null,
  per: null,
  until: null,
  ...more,
  say: sayLimit(said, workspace),
})

/** What the deliverer would decide of the person and the account, and what was said about marketing. */
function decided(asking: Asking, { decision, account, channel }: Judged, intent: JourneyIntent): LimitNow[] {
  const { facts, workspace } = asking
  if (decision.do === 'hold') return [limit(asking, 'stopped', true, { of: 'stopped' }, { reason: 'paused' })]
  if (decision.do === 'wait')
    return [limit(asking, 'account', true, { of: 'attention', name: account?.name ?? '' })]
  if (decision.do === 'skip' && decision.reason !== 'consent') {
    const { reason } = decision
    const kind = reason === 'preference' ? 'preference' : reason === 'no_account' ? 'account' : 'reach'
    return [limit(asking, kind, true, { of: 'reason', reason }, { reason })]
  }
  if (intent.purpose !== 'marketing') return []
  const { topic = MARKETING } = intent
  const asked = workspace.asked.includes(topic)
  const consent = consentFor(facts.customers.get(intent.customer)?.consent ?? {}, channel, topic, asked)
  const stands = decision.do === 'skip'
  const implied = CHANNELS[channel].consent === 'implied' && !asked
  return [
    limit(
      asking,
      'consent',
      stands,
      { of: 'consent', channel, on: consent?.on ?? null, at: consent?.at ?? null, implied },
      stands ? { reason: 'consent' } : {},
    ),
  ]
}

async function suppression(
  { core, workspace, ...asking }: Asking,
  { decision, account, channel }: Judged,
): Promise<LimitNow[]> {
  if (decision.do !== 'send') return []
  const { address, consentAt, followAt } = decision
  const reason = await suppressionOf(core.pool, {
    workspace: workspace.id,
    channel,
    address,
    hidden: hiddenAddress(core.secrets, workspace.id, channel, address),
    consentAt,
    followAt,
    ownFriends: Boolean(account?.settings.oa),
  })
  return [
    limit({ workspace, ...asking }, 'suppressed', reason !== null, { of: 'suppressed', reason }, { reason }),
  ]
}

/** The caps that the fold itself keeps, the workspace's and the journey's. */
function caps(asking: Asking, { purpose, journey: id, customer }: JourneyIntent): LimitNow[] {
  const { world, facts, now } = asking
  const journey = world.journeys.find(j => j.id === id)
  const person = facts.customers.get(customer)
  if (purpose !== 'marketing' || !journey || !person) return []
  return capsNow(person, world, journey, now).map(({ own, used, max, withinMs, until }) =>
    limit(
      asking,
      'person',
      used >= max,
      { of: 'person', journey: own ? journey.name : null, used, max, withinMs, until },
      { name: own ? journey.name : null, used, max, until: iso(until) },
    ),
  )
}

const iso = (ms: number | null): string | null =>
  ms === null || !Number.isFinite(ms) ? null : new Date(ms).toISOString()

/** A place of a limit shared by many, or what a rule lets this person have. */
function shared(asking: Asking, ask: Ask, used: number, account: Judged['account']): LimitNow {
  const { workspace, now } = asking
  // what costs nothing known still needs that something is left
  const stands = used + Math.max(1, ask.amount) > ask.max
  if (ask.of) {
    const { rule } = ask.of
    const until = countsUntil(rule, now, workspace.timezone)
    return limit(
      asking,
      'frequency',
      stands,
      { of: 'frequency', rule: sayRule(rule), used, max: ask.max, until },
      {
        name: rule.segmentName,
        rule: publicId('frq', rule.id),
        used,
        max: ask.max,
        until: iso(until),
        ...(stands ? { reason: 'frequency' } : {}),
      },
    )
  }
  const [kind = '', of = ''] = ask.key.split(':')
  const scale = kind === 'budget' ? COST_SCALE : 1
  const name = kind === 'quota' ? (account?.name ?? null) : nameOf(asking, kind, of as Uuid)
  const whole = kind === 'quota' && account ? (quotaOf(account)?.max ?? ask.max) : ask.max
  const figures = { used: used / scale, max: ask.max / scale, per: ask.per, until: iso(ask.end) }
  return limit(
    asking,
    kind as LimitNow['kind'],
    stands,
    {
      of: 'shared',
      kind,
      name: name ?? '',
      ...figures,
      until: Number.isFinite(ask.end) ? ask.end : null,
      kept: whole - ask.max,
      waits: ask.wait,
    },
    { name, ...figures },
  )
}

const nameOf = ({ world, coupons }: Asking, kind: string, of: Uuid): string | null =>
  kind === 'pool' ? (coupons.get(of) ?? null) : (world.journeys.find(j => j.id === of)?.name ?? null)
