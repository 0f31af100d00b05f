// The engine against its rules, over random journeys of every node type, random inputs, edits of the live journey, pauses
// and crashes: it always comes to rest, nobody vanishes, no step is taken twice, nothing is sent after an exit or a refusal,
// and a replay of the journal gives the same, byte for byte.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyEdit, anyGraph, anyMoves, EVENTS, FIELDS, TAGS } from '../../test/journey-graphs.ts'
import { id, journey, Person, START, uuid, world } from '../../test/reducer.ts'
import { tries } from '../../test/property.ts'
import { packState, unpackState } from '../customers/pack.ts'
import { reduce } from '../customers/reduce.ts'
import type { CustomerState } from '../customers/model.ts'
import type { World } from '../customers/world.ts'
import type { FoldEffect, Input } from '../inbox/model.ts'
import { CHANNELS } from '../channels/model.ts'
import { decide } from '../messages/decide.ts'
import type { Intent } from '../messages/model.ts'
import { must } from '../platform/errors.ts'
import type { JourneyGraph, PublishedJourney } from './model.ts'
import { NODE_TYPES } from './register.ts'

const HOUR = 3_600_000
const { numRuns: RUNS, ...seeded } = tries(150, process.env.ENGINE_RUNS)
const EMAIL = CHANNELS.email
const JOURNEY = uuid(0x1000)

type Act =
  | { do: 'event'; name: string; order: number; late: number }
  | { do: 'tag'; tag: string; on: boolean }
  | { do: 'consent'; on: boolean }
  | { do: 'wait'; ms: number }
  | { do: 'deliver'; which: number; end: 'accepted' | 'failed' | 'unknown' }
  | { do: 'twice'; which: number }
  | { do: 'publish'; dice: number[] }
  | { do: 'status'; to: PublishedJourney['status'] }
  | { do: 'recheck' }
  | { do: 'enroll' }
  | { do: 'remove' }

const dice = fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 })
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('event' as const),
      name: fc.constantFrom('Start', ...EVENTS),
      order: fc.nat(2),
      late: fc.constantFrom(0, 0, HOUR),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('tag' as const),
      tag: fc.constantFrom(...TAGS),
      on: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('consent' as const), on: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, HOUR, 5 * HOUR, 24 * HOUR, 80 * HOUR),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      which: fc.nat(5),
      end: fc.constantFrom('accepted', 'accepted', 'failed', 'unknown'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('twice' as const), which: fc.nat(9) }) },
  { weight: 5, arbitrary: dice.map(d => ({ do: 'publish' as const, dice: d })) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('status' as const),
      to: fc.constantFrom<PublishedJourney['status'][]>('live', 'live', 'paused', 'draining'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'recheck' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'enroll' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'remove' as const }) },
)

/** A person, the worlds that were published, and a deliverer: what the product does around the reducer. */
class Story {
  readonly person: Person
  readonly journal: { input: Input; world: World }[] = []
  readonly graphs = new Map<number, JourneyGraph>()
  readonly moves = new Map<number, NonNullable<PublishedJourney['moves']>>()
  status: PublishedJourney['status'] = 'live'
  /** decided on and not ended yet */
  readonly open = new Map<string, Intent>()
  readonly ended: Intent[] = []
  private seen = 0

  constructor(graph: JourneyGraph) {
    this.graphs.set(1, graph)
    this.person = new Person(world())
    const { fold } = this.person
    this.person.fold = (input: Input): FoldEffect[] => {
      // the journal holds what was folded, not what became of it
      this.journal.push({ input: structuredClone(input), world: this.person.world })
      const effects = fold.call(this.person, input)
      this.check()
      return effects
    }
    this.publishWorld()
    this.person.event('Identified', {
      ids: [id('email', 'a@example.com')],
      traits: { email: 'a@example.com' },
    })
    this.consent(true)
  }

  private publishWorld(): void {
    const newest = Math.max(...this.graphs.keys())
    const journeys = [...this.graphs].map(([version, graph]) =>
      journey(
        {},
        {
          id: JOURNEY,
          version,
          graph,
          status: this.status === 'live' && version !== newest ? 'draining' : this.status,
          ...(this.moves.has(version) ? { moves: this.moves.get(version)! } : {}),
        },
      ),
    )
    this.person.world = { ...world(...journeys), no: this.person.world.no + 1 }
  }

  private consent(on: boolean): void {
    this.person.command({ do: 'set_consent', channel: 'email', on })
  }

  play(a: Act): void {
    const { person } = this
    person.now++
    switch (a.do) {
      case 'event':
        person.event(a.name, { agoMs: a.late, props: { order: String(a.order) } })
        break
      case 'tag':
        person.command({ do: a.on ? 'add_tag' : 'remove_tag', tag: a.tag })
        break
      case 'consent':
        this.consent(a.on)
        break
      case 'wait':
        person.wait(a.ms)
        break
      case 'deliver':
        this.deliver(a.which, a.end)
        break
      case 'twice': {
        const intent = this.ended[a.which % Math.max(1, this.ended.length)]
        if (intent) person.outcome(intent, 'accepted', null, 'delivered')
        break
      }
      case 'publish':
        this.publish(a.dice)
        break
      case 'status':
        this.status = a.to
        this.publishWorld()
        if (this.person.state) person.recheck()
        break
      case 'recheck':
        person.recheck()
        break
      case 'enroll':
        person.command({ do: 'enroll', journey: JOURNEY })
        break
      case 'remove': {
        const run = person.state?.enr[0]
        if (run) person.command({ do: 'remove_enrollment', enrollment: run.id })
        break
      }
    }
  }

  private publish(rolls: number[]): void {
    if (this.graphs.size > 6) return
    const newest = Math.max(...this.graphs.keys())
    const graph = anyEdit(this.graphs.get(newest)!, rolls)
    const list = anyMoves(this.graphs, graph, rolls)
    this.moves.set(newest + 1, {
      at: this.person.now,
      list,
      ...(this.status === 'paused' ? { held: true as const } : {}),
    })
    this.graphs.set(newest + 1, graph)
    this.status = 'live'
    this.publishWorld()
    this.person.now++
    // now and then the recheck is late: something else comes first
    if (rolls[5]! % 3 > 0) this.person.recheck()
  }

  private deliver(which: number, end: 'accepted' | 'failed' | 'unknown'): void {
    const intent = [...this.open.values()][which % Math.max(1, this.open.size)]
    if (!intent) return
    const { person } = this
    if (intent.channel !== 'email') {
      this.end(intent, end === 'unknown' ? 'failed' : end)
      return
    }
    const now = Math.max(person.now, intent.notBefore)
    const decided = decide(intent, EMAIL, {
      now,
      paused: false,
      account: { waitMs: 0, settings: {} },
      customer: person.state,
    })
    if (decided.do === 'skip') this.end(intent, 'skipped', decided.reason)
    else if (decided.do === 'send') {
      const { enrollment, purpose } = intent
      must(
        person.state!.enr.some(r => r.id === enrollment),
        'nothing is sent for a run that has ended',
      )
      must(
        purpose !== 'marketing' || person.state!.consent['email/marketing']?.on === true,
        'no marketing is sent to who refused it',
      )
      this.end(intent, end)
    }
  }

  private end(
    intent: Intent,
    outcome: 'accepted' | 'failed' | 'unknown' | 'skipped',
    reason: string | null = null,
  ) {
    this.open.delete(intent.id)
    this.ended.push(intent)
    this.person.outcome(intent, outcome, reason)
  }

  /** What must be so after every input. */
  private check(): void {
    const { effects, state } = this.person
    const cancelledNow: string[] = []
    for (const e of effects.slice(this.seen)) {
      if (e.kind === 'intent') this.open.set(e.intent.id, e.intent)
      if (e.kind === 'cancel' && this.open.delete(e.message)) cancelledNow.push(e.message)
    }
    this.seen = effects.length
    if (state === null) return
    for (const run of state.enr) {
      must(run.wait !== null, `a run rests only where it waits: ${run.node}`)
      const graph = this.graphs.get(run.v)
      must(graph !== undefined, 'a run is on a version that was published')
      must(
        run.node === '' || Object.hasOwn(graph.nodes, run.node),
        `a run is at a node of its version: ${run.node}`,
      )
      if (run.wait.kind === 'time' && this.status !== 'paused') {
        const alarm = this.person.alarm()
        must(alarm !== null && alarm <= run.wait.until, 'whoever waits for a time is woken by then')
      }
    }
    const awaited = new Set(state.enr.flatMap(r => (r.wait?.kind === 'message' ? [r.wait.message] : [])))
    for (const message of this.open.keys())
      must(awaited.has(message), 'what nobody waits for any more is taken back')
  }
}

const intentsIn = (effects: FoldEffect[]): Intent[] =>
  effects.flatMap(e => (e.kind === 'intent' ? [e.intent] : []))

function books(effects: FoldEffect[], state: CustomerState | null): void {
  const steps = intentsIn(effects).map(i => `${i.enrollment} ${i.node} ${i.occurrence} ${i.channel}`)
  expect(new Set(steps).size, 'one message for each (enrollment, node, occurrence)').toBe(steps.length)
  expect(new Set(intentsIn(effects).map(i => i.id)).size).toBe(steps.length)
  const facts = effects.flatMap(e => (e.kind === 'derived' ? [e.fact] : []))
  const count = (name: string, of = JOURNEY) => facts.filter(f => f.name === name && f.journey === of).length
  expect(count('journey.entered') - count('journey.exited'), 'who entered is inside or has left').toBe(
    state?.enr.filter(r => r.node !== '').length ?? 0,
  )
  const at = new Map<string, number>()
  for (const f of facts) {
    const key = `${f.enrollment} ${f.version} ${f.node}`
    if (f.name === 'node.entered') at.set(key, (at.get(key) ?? 0) + 1)
    if (f.name === 'node.left') at.set(key, (at.get(key) ?? 0) - 1)
  }
  const inside = [...at].filter(([, n]) => n !== 0).map(([key, n]) => `${key} ${n}`)
  expect(inside.sort(), 'each place is left as often as it is entered, but where people are').toEqual(
    (state?.enr ?? []).map(r => `${r.id} ${r.v} ${r.node} 1`).sort(),
  )
  const out = new Set<string>()
  for (const e of effects) {
    if (e.kind === 'derived' && e.fact.name === 'journey.exited') out.add(String(e.fact.enrollment))
    if (e.kind === 'intent' && e.intent.enrollment)
      must(!out.has(e.intent.enrollment), 'nothing is decided after the exit')
  }
}

/** The journal folded again, the state written down and read back after every input, as after a crash. */
function replay({ journal, person }: Story): { state: string; effects: string } {
  let state: CustomerState | null = null
  const effects: FoldEffect[] = []
  for (const { input, world: at } of journal) {
    const result = reduce(state, structuredClone(input), {}, at, person.self)
    must(!('need' in result), 'these inputs need no facts')
    effects.push(...result.effects)
    state = unpackState(packState(result.state))
  }
  return { state: packState(state!), effects: JSON.stringify(effects) }
}

const played = (graph: JourneyGraph, acts: Act[]): Story => {
  const story = new Story(graph)
  story.play({ do: 'event', name: 'Start', order: 0, late: 0 })
  for (const a of acts) story.play(a)
  return story
}

describe('any journey', () => {
  test('every node type is among those tested', () => {
    expect(
      Object.keys(NODE_TYPES).filter(t => !Object.hasOwn(FIELDS, t)),
      'add them to test/journey-graphs.ts',
    ).toEqual([])
  })

  test(`hard problem 8: rests, loses nobody, repeats nothing, sends nothing after exit or refusal (${RUNS} stories)`, () => {
    const types = new Set<string>()
    let moved = 0
    fc.assert(
      fc.property(anyGraph, fc.array(act, { minLength: 5, maxLength: 40 }), (graph, acts) => {
        for (const n of Object.values(graph.nodes)) types.add(n.type)
        const { person } = played(graph, acts)
        moved += person.effects.filter(e => e.kind === 'derived' && e.fact.name === 'journey.moved').length
        books(person.effects, person.state)
      }),
      { ...seeded, numRuns: RUNS },
    )
    // the stories are about something
    if (RUNS >= 100) expect(Object.keys(NODE_TYPES).filter(t => !types.has(t))).toEqual(['exit'])
    if (RUNS >= 100) expect(moved).toBeGreaterThan(RUNS / 10)
  }, 300_000)

  test('a crash at any point, and a replay of the journal, change nothing', () => {
    fc.assert(
      fc.property(anyGraph, fc.array(act, { minLength: 5, maxLength: 25 }), (graph, acts) => {
        const story = played(graph, acts)
        const again = replay(story)
        expect(again.state).toBe(packState(story.person.state!))
        expect(again.effects).toBe(JSON.stringify(story.person.effects))
      }),
      { ...seeded, numRuns: Math.ceil(RUNS / 2) },
    )
  }, 300_000)

  test('left alone, with its messages delivered, everybody comes to the end or goes round', () => {
    fc.assert(
      fc.property(anyGraph, fc.array(act, { minLength: 5, maxLength: 20 }), (graph, acts) => {
        const story = played(graph, acts)
        story.play({ do: 'status', to: 'live' })
        for (let i = 0; i < 60 && (story.person.state?.enr.length ?? 0) > 0; i++) {
          while (story.open.size > 0) {
            const before = story.open.size
            story.play({ do: 'deliver', which: 0, end: 'accepted' })
            if (story.open.size >= before) break
          }
          story.play({ do: 'wait', ms: 80 * HOUR })
        }
        for (const run of story.person.state?.enr ?? []) {
          const visits = Object.values(run.occ).reduce((a, b) => a + b, 0)
          expect(visits, `it stands at ${run.node} for ever`).toBeGreaterThan(10)
        }
        expect(story.person.now).toBeGreaterThan(START)
      }),
      { ...seeded, numRuns: Math.ceil(RUNS / 3) },
    )
  }, 300_000)
})
