// Builds the made-up demo brand in a new sandbox workspace: what the model says happened goes through the spine as any
// import does, so the production reducer folds it. Most of it is long past and triggers no journey; the last hours do.
import { nameEvent } from '../catalogue/vocabulary.ts'
import { createWorkspace, findWorkspace, type WorkspaceSettings } from '../catalogue/workspace.ts'
import { resolveBatch } from '../collect/resolve.ts'
import { awaitHistory } from '../inbox/announce.ts'
import { append, type Append } from '../inbox/append.ts'
import type { Core } from '../platform/core.ts'
import { BrokenRule, must } from '../platform/errors.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { DEMO_NAME } from '../sandbox/brand.ts'
import { addContacts } from '../sandbox/store.ts'
import { cartNotPaid, welcomeOn } from '../journeys/examples.ts'
import { fillDemoCatalogue } from './catalogue.ts'
import { addCampaign, fillCampaign } from './campaign.ts'
import { publishGraphs } from './journeys.ts'
import { DEMO_EVENTS, DEMO_JOURNEYS, type DemoMessage } from './messages.ts'
import { makeDemo } from './model.ts'
import { type DemoPerson, idsOf } from './people.ts'
import { watchKpis } from './kpis.ts'
import { publishModules } from './modules.ts'
import { publishSegments } from './segments.ts'
import {
  countChanges,
  countComputing,
  countUnfolded,
  historyBehind,
  journalHeads,
  snapshotsBehind,
} from './store.ts'

export type DemoStep = 'people' | 'events' | 'fold' | 'history' | 'done'
export type DemoStatus = { step: DemoStep; done: number; total: number }
export type DemoOptions = {
  onProgress?: (status: DemoStatus) => void
  /** team user who becomes the workspace's owner */
  owner?: Uuid
  /** same seed and moment: same brand */
  seed?: string
  now?: number
  signal?: AbortSignal
}

export const DEMO_SEED = 'mist hill'
const PEOPLE_CHUNK = 500
const EVENT_CHUNK = 4_000
const POLL_MS = 250
/** asking how many rows are left reads them: it may take at most this part of the time */
const ASK_SHARE = 0.05
/** folding and history must get on within this time, else the build says so instead of waiting for ever */
const STALLED_MS = 60_000

/** How much of the bar each step takes, from what was measured. */
const SHARE: Record<Exclude<DemoStep, 'done'>, number> = { people: 15, events: 15, fold: 62, history: 8 }
const STEPS = Object.keys(SHARE) as (keyof typeof SHARE)[]

/** Needs running fold and history roles. Folded and in history when it returns.
 *  @throws when stopped by `signal`, or when the roles make no headway for a minute */
export async function buildDemo(
  core: Core,
  options: DemoOptions = {},
): Promise<{ workspace: Uuid; events: number }> {
  const report = (step: keyof typeof SHARE, part: number) => {
    const before = STEPS.slice(0, STEPS.indexOf(step)).reduce((sum, s) => sum + SHARE[s], 0)
    options.onProgress?.({ step, done: Math.floor(before + SHARE[step] * Math.min(1, part)), total: 100 })
  }
  report('people', 0)
  const settings: WorkspaceSettings = { madeUp: true }
  const { id: workspace } = await createWorkspace(core, {
    name: DEMO_NAME,
    kind: 'sandbox',
    settings,
    ...(options.owner ? { owner: options.owner } : {}),
  })
  const shopUrl = `${core.baseUrl}/shop/${publicId('wsp', workspace)}`
  await fillDemoCatalogue(core.pool, workspace, shopUrl)
  for (const [name, label] of Object.entries(DEMO_EVENTS)) await nameEvent(core.pool, workspace, name, label)
  await publishGraphs(core, workspace, [cartNotPaid, welcomeOn('Signed Up', `${shopUrl}/`)])
  const now = options.now ?? Date.now()
  const campaign = await addCampaign(core.pool, workspace, now, shopUrl)
  const told = Object.keys(DEMO_JOURNEYS) as DemoMessage['journey'][]
  const journeys = await publishGraphs(
    core,
    workspace,
    told.map(name => DEMO_JOURNEYS[name]),
  )
  await publishModules(core, workspace, `${shopUrl}/`)
  const made = await findWorkspace(core.pool, workspace)
  must(made, 'the workspace was just made')
  await publishSegments(core, made)
  const model = makeDemo(options.seed ?? DEMO_SEED, now, shopUrl)
  const ids = Object.fromEntries(told.map((name, i) => [name, journeys[i]!])) as Record<
    DemoMessage['journey'],
    Uuid
  >
  const flash = model.messages.filter(m => m.journey === 'blocker').length
  await fillCampaign(core.pool, workspace, campaign, ids, now, flash)
  await addContacts(core.pool, workspace, model.people.flatMap(contactsOf))
  const customers: Uuid[] = []
  for (let i = 0; i < model.people.length; i += PEOPLE_CHUNK) {
    options.signal?.throwIfAborted()
    const items = model.people
      .slice(i, i + PEOPLE_CHUNK)
      .map(p => ({ workspace, ids: idsOf(p), proof: 'server' as const }))
    customers.push(...(await resolveBatch(core, items)).map(r => r.customer))
    report('people', customers.length / model.people.length)
  }

  // segments have no past yet: that is found quickly, and what happens from now on is folded once
  await settle(options.signal, () => countComputing(core.pool, workspace))
  let sent = 0
  let chunk: Append[] = []
  const flush = async () => {
    options.signal?.throwIfAborted()
    // bulk: live events of every workspace go first
    await append(core.pool, core.signals, chunk, 'bulk')
    sent += chunk.length
    chunk = []
    report('events', Math.min(1, sent / model.count))
  }
  for (const [no, events] of model.events.entries()) {
    for (const body of events)
      chunk.push({
        workspace,
        customer: customers[no]!,
        input: { kind: 'event', body, messageId: body.messageId },
      })
    if (chunk.length >= EVENT_CHUNK) await flush()
  }
  await flush()
  for (const message of model.messages) {
    chunk.push(
      ...outcomes(message, workspace, customers[message.person]!, journeys[told.indexOf(message.journey)]!),
    )
    if (chunk.length >= EVENT_CHUNK) await flush()
  }
  await flush()

  await settle(options.signal, async () => {
    const left = await countUnfolded(core.pool, workspace)
    report('fold', 1 - Math.min(1, left / model.count))
    return left
  })
  report('history', 0)
  const heads = await journalHeads(core.pool)
  const changes = await countChanges(core.pool, workspace)
  await settle(options.signal, () => {
    awaitHistory(core.signals)
    return historyBehind(core.pool, heads)
  })
  // who the people are is asked of their snapshots: on a busy machine a third of them was there by then. One that a crash lost
  // comes with the person's next change, which is no reason to give up
  await leftOver(options.signal, () => {
    awaitHistory(core.signals)
    return snapshotsBehind(core.history, workspace, changes)
  })
  await watchKpis(core, workspace)
  options.onProgress?.({ step: 'done', done: 100, total: 100 })
  return { workspace, events: model.count }
}

/** What the ledger and the providers told of a message, as inputs of its customer. */
const outcomes = (
  { id, channel, told }: DemoMessage,
  workspace: Uuid,
  customer: Uuid,
  journey: Uuid,
): Append[] =>
  told.map(({ state, at, detail, cost }, i) => ({
    workspace,
    customer,
    input: {
      kind: 'outcome' as const,
      messageId: `demo:${id}:${i}`,
      body: {
        message: id,
        enrollment: null,
        node: 'send',
        journey,
        channel,
        state,
        outcome: state === 'accepted' ? ('accepted' as const) : null,
        reason: null,
        at: Math.round(at),
        ...(state === 'accepted' ? { purpose: 'marketing' as const } : {}),
        ...(cost === undefined ? {} : { cost }),
        ...(detail === undefined ? {} : { detail }),
      },
    },
  }))

function contactsOf(p: DemoPerson) {
  const created = new Date(p.joinedAt ?? p.firstAt)
  return [
    ...(p.line
      ? [
          {
            channel: 'line' as const,
            address: p.line.uid,
            name: p.name,
            following: p.line.blockedAt === null,
            created: new Date(p.line.at),
          },
        ]
      : []),
    ...(p.email
      ? [{ channel: 'email' as const, address: p.email, name: p.name, following: true, created }]
      : []),
  ]
}

/** Polls until nothing is left. @throws when there is no headway for a minute */
async function settle(signal: AbortSignal | undefined, left: () => Promise<number>): Promise<void> {
  const n = await leftOver(signal, left)
  if (n > 0)
    throw new BrokenRule(
      `the demo's events are folded and copied: ${n} have been left for a minute; are the fold and history roles running?`,
    )
}

/** Polls until nothing is left, or nothing went for a minute; what is left then. */
async function leftOver(signal: AbortSignal | undefined, left: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  let movedAt = performance.now()
  for (;;) {
    signal?.throwIfAborted()
    const asked = performance.now()
    const n = await left()
    const pauseMs = Math.max(POLL_MS, (performance.now() - asked) / ASK_SHARE)
    if (n === 0) return 0
    if (n < least) {
      least = n
      movedAt = performance.now()
    } else if (performance.now() - movedAt > STALLED_MS) return n
    await new Promise(resolve => setTimeout(resolve, Math.min(pauseMs, 3_000)))
  }
}
