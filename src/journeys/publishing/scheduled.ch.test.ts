// A publication that waits for its moment; and what a draft may do to other journeys. Over HTTP on real engines; the process
// that publishes is killed at named points.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { graphOf, type JourneyLab, justTag, openJourneyLab, says } from '../../../test/journey-lab.ts'
import type { Caller } from '../../../test/http-client.ts'
import { startVictim } from '../../../test/kill.ts'
import { parseId } from '../../platform/ids.ts'
import type { Topic } from '../../platform/signals.ts'
import type { JourneyGraph, NodeData } from '../model.ts'
import { openScheduleWorker } from './scheduled.ts'

vi.setConfig({ testTimeout: 120_000 })

let lab: JourneyLab
beforeAll(async () => {
  lab = await openJourneyLab()
})
afterAll(() => lab.close())

type Given = Parameters<JourneyLab['call']>[1]
type Name = Parameters<JourneyLab['call']>[0]
// biome-ignore lint/suspicious/noExplicitAny: answers of many endpoints
type Any = any
async function ok(name: Name, given: Given = {}, as?: Caller): Promise<Any> {
  const { status, body } = await lab.call(name, given, as)
  expect([name, status, status === 200 ? '' : JSON.stringify(body)]).toEqual([name, 200, ''])
  return body
}
const refused = async (name: Name, given: Given, as?: Caller) => {
  const { status, body } = await lab.call(name, given, as)
  return [status, body.code]
}
const HOUR = 3_600_000
const tags = (event: string, tag: string, more: Partial<JourneyGraph> = {}): JourneyGraph =>
  graphOf(event, justTag(tag), more)
const get = (journey: string): Promise<Any> => ok('journey', { params: { journey } })
const draft = async (graph: JourneyGraph): Promise<string> =>
  (await ok('createJourney', { body: { graph } })).id
async function schedule(journey: string, inMs: number, more: Record<string, unknown> = {}): Promise<Any> {
  const { version } = await get(journey)
  return ok('schedulePublication', {
    params: { journey },
    body: { version, at: await moment(inMs), ...more },
  })
}
async function moment(inMs: number): Promise<string> {
  const { rows } = await lab.core.pool.query<{ offset: number }>(
    'select clock_offset_ms::float8 as offset from workspace where id = $1',
    [lab.workspace],
  )
  return new Date(Date.now() + rows[0]!.offset + inMs).toISOString()
}
const due = async (): Promise<boolean> => {
  const worked = await openScheduleWorker(lab.core).tick()
  await lab.settle()
  return worked
}
const tagsOf = async (who: string) => Object.keys((await lab.stateOf(who)).tags)

test('scheduled, shown, published at its moment as it was then; edits since are not part of it', async () => {
  const id = await draft(tags('Sale Began', 'first'))
  const told = await schedule(id, 2 * HOUR)
  expect(told).toMatchObject({ changed: false, fault: null })
  expect((await get(id)).scheduled).toEqual(told)
  const { version } = await get(id)
  await ok('saveJourney', { params: { journey: id }, body: { graph: tags('Sale Began', 'second'), version } })
  expect((await get(id)).scheduled).toMatchObject({ at: told.at, changed: true })
  await lab.passes(HOUR)
  expect(await due()).toBe(false)
  expect(await get(id)).toMatchObject({ status: 'draft', liveVersion: null })
  await lab.passes(HOUR + 1_000)
  expect(await due()).toBe(true)
  const live = await get(id)
  expect(live).toMatchObject({ status: 'live', liveVersion: 1, scheduled: null, versions: [{ version: 1 }] })
  expect(live.live.nodes.tag.fields.addTags).toEqual(['first'])
  expect(live.draft.nodes.tag.fields.addTags).toEqual(['second'])
  expect(await due()).toBe(false)
  await lab.tell(says('sch-1', 'Sale Began'))
  expect(await tagsOf('sch-1')).toEqual(['first'])
})

test('taken back, or overtaken by a publication at once, it does not happen; a moment that is over is refused', async () => {
  const id = await draft(tags('Never Mind', 'x'))
  await schedule(id, HOUR)
  await ok('unschedulePublication', { params: { journey: id } })
  expect((await get(id)).scheduled).toBeNull()
  expect(await refused('unschedulePublication', { params: { journey: id } })).toEqual([
    409,
    'nothing_scheduled',
  ])
  await schedule(id, HOUR)
  const later = await schedule(id, 2 * HOUR) // in place of the one before
  const now = await get(id)
  expect(now.scheduled).toEqual(later)
  await ok('publishJourney', { params: { journey: id }, body: { version: now.version } })
  expect(await get(id)).toMatchObject({ liveVersion: 1, scheduled: null })
  await lab.passes(3 * HOUR)
  expect(await due()).toBe(false)
  expect((await get(id)).liveVersion).toBe(1)
  const { version } = await get(id)
  const at = (text: string) =>
    refused('schedulePublication', { params: { journey: id }, body: { version, at: text } })
  expect(await at(await moment(-1_000))).toEqual([400, 'moment_passed'])
  expect(await at(await moment(400 * 24 * HOUR))).toEqual([400, 'moment_too_far'])
  expect(await at('tomorrow')).toEqual([400, 'invalid'])
  expect(
    await refused('schedulePublication', {
      params: { journey: id },
      body: { version: version - 1, at: await moment(HOUR) },
    }),
  ).toEqual([409, 'version_conflict'])
  const empty = await draft({ ...tags('Broken', 'x'), start: 'nowhere' })
  expect(
    await refused('schedulePublication', {
      params: { journey: empty },
      body: { version: 1, at: await moment(HOUR) },
    }),
  ).toEqual([400, 'graph_invalid'])
})

/** How many statements wait for somebody's lock. */
const waiting = async () =>
  (
    await lab.core.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  ).rowCount

/** Has it see that a journey is due, and changes the journey's schedule before it takes it; what its tick then says. */
async function whileLooking(id: string, change: string, ...values: unknown[]): Promise<boolean> {
  const of = [lab.workspace, parseId('jrn', id)]
  const other = await lab.core.pool.connect()
  try {
    await other.query('begin')
    await other.query('select from journey where workspace_id = $1 and id = $2 for no key update', of)
    const tick = openScheduleWorker(lab.core).tick()
    await expect.poll(waiting).toBe(1)
    await other.query(change, [...of, ...values])
    await other.query('commit')
    return await tick
  } finally {
    other.release()
  }
}

test('a moment that a person moves just as it comes is the later one', async () => {
  const id = await draft(tags('Moved', 'moved'))
  await schedule(id, HOUR)
  await lab.passes(2 * HOUR)
  const later = new Date(await moment(5 * HOUR))
  const worked = await whileLooking(
    id,
    'update journey_schedule set publish_at = $3 where workspace_id = $1 and journey_id = $2',
    later,
  )
  expect(worked).toBe(false)
  expect(await get(id)).toMatchObject({ liveVersion: null, scheduled: { at: later.toISOString() } })
  await ok('unschedulePublication', { params: { journey: id } })
})

test('a look that published one of two is work, though the other was moved meanwhile', async () => {
  const [first, second] = [await draft(tags('First Due', 'x')), await draft(tags('Second Due', 'x'))]
  await schedule(first, HOUR)
  await schedule(second, 2 * HOUR)
  await lab.passes(3 * HOUR)
  const worked = await whileLooking(
    second,
    'update journey_schedule set publish_at = $3 where workspace_id = $1 and journey_id = $2',
    new Date(await moment(5 * HOUR)),
  )
  expect(worked).toBe(true)
  expect(await get(first)).toMatchObject({ liveVersion: 1, scheduled: null })
  expect(await get(second)).toMatchObject({ liveVersion: null })
  await ok('unschedulePublication', { params: { journey: second } })
})

/** What a look says to those who listen in this process. */
async function heardOf(topics: Topic[]): Promise<string[]> {
  const heard: string[] = []
  const offs = topics.map(topic =>
    lab.core.signals.on(topic, detail => heard.push(detail === '' ? topic : `${topic} ${detail}`)),
  )
  await openScheduleWorker(lab.core).tick()
  for (const off of offs) off()
  return heard
}

test('what is published is told to the folds, to the segments and to open pages; what is refused to the pages alone', async () => {
  const [good, bad] = [await draft(tags('Heard', 'heard')), await draft(tags('Not Heard', 'x'))]
  await schedule(good, HOUR)
  await schedule(bad, 2 * HOUR)
  const { version } = await get(bad)
  await ok('setJourneyStatus', { params: { journey: bad }, body: { status: 'archived', version } })
  await lab.settle()
  const page = `live ${lab.workspace}:journeys`
  const topics: Topic[] = ['inbox', 'segment-job', 'live']
  await lab.passes(HOUR + 1_000)
  expect(await heardOf(topics)).toEqual(['inbox', 'segment-job', page])
  await lab.passes(HOUR)
  expect(await heardOf(topics)).toEqual([page])
  expect(await heardOf(topics)).toEqual([])
  await ok('unschedulePublication', { params: { journey: bad } })
})

test('it publishes what was asked for last: what becomes of people, in whose name, with the modules of then', async () => {
  const marketer = await lab.member('marketer')
  const line = (text: string) => ({ channel: 'line', messages: [{ type: 'text', text }] })
  const made = await ok('createModule', {
    body: { name: '招呼', channel: 'line', purpose: 'marketing', content: line('早') },
  })
  const params = { module: made.id }
  const first = await ok('publishModule', { params, body: { version: made.version } })
  const waits = (tag: string): JourneyGraph =>
    graphOf('Rests', {
      rest: { type: 'delay', fields: { ms: 30 * 24 * HOUR }, next: { next: 'mark' } },
      mark: { type: 'update', fields: { addTags: [tag] }, next: { next: 'hello' } },
      hello: {
        type: 'send',
        fields: {
          channel: 'line',
          purpose: 'transactional',
          content: { channel: 'line', module: { id: made.id } },
        },
        next: { accepted: null },
      },
    })
  const id = await draft(waits('before'))
  const { version } = await get(id)
  await ok('publishJourney', { params: { journey: id }, body: { version } })
  await lab.settle()
  await lab.tell(says('sch-rest', 'Rests'))
  const edited = await get(id)
  await ok('saveJourney', {
    params: { journey: id },
    body: { graph: waits('after'), version: edited.version },
  })
  await schedule(id, HOUR, { moves: [{ from: 1, node: 'rest', do: 'exit' }] })
  const now = await get(id)
  const moves = [{ from: 1, node: 'rest', do: 'release', port: 'next' }]
  const body = { version: now.version, at: await moment(HOUR), moves }
  await ok('schedulePublication', { params: { journey: id }, body }, marketer)
  const changed = await ok('saveModule', {
    params,
    body: { version: first.version, content: line('午安') },
  })
  await lab.passes(HOUR / 2)
  await ok('publishModule', { params, body: { version: changed.version } })
  await lab.passes(HOUR)
  expect(await due()).toBe(true)
  const live = await get(id)
  expect(live.live.nodes.hello.fields.content.module).toEqual({ id: made.id, version: 1 })
  expect(live.versions.map((v: Any) => [v.version, v.publishedBy])).toContainEqual([
    2,
    'marketer@brand.example',
  ])
  expect(await tagsOf('sch-rest')).toEqual(['after'])
})

test('a publication that another process refuses meanwhile is not tried again', async () => {
  const id = await draft(tags('Refused', 'x'))
  await schedule(id, HOUR)
  await lab.passes(2 * HOUR)
  const worked = await whileLooking(
    id,
    'update journey_schedule set fault = $3 where workspace_id = $1 and journey_id = $2',
    { code: 'journey_archived', title: 'This journey is archived', action: 'Take it back.' },
  )
  expect(worked).toBe(false)
  expect(await get(id)).toMatchObject({
    liveVersion: null,
    scheduled: { fault: { code: 'journey_archived' } },
  })
  await ok('unschedulePublication', { params: { journey: id } })
})

test('what cannot be published at its moment says why, on the page too, and waits for a person', async () => {
  const id = await draft(tags('Put Away', 'x'))
  await schedule(id, HOUR)
  const { version } = await get(id)
  await ok('setJourneyStatus', { params: { journey: id }, body: { status: 'archived', version } })
  await lab.passes(2 * HOUR)
  expect(await due()).toBe(true)
  const told = await get(id)
  expect(told).toMatchObject({ status: 'archived', liveVersion: null })
  expect(told.scheduled.fault).toMatchObject({ code: 'journey_archived' })
  expect(await due()).toBe(false)
  // nor is it looked at again: who edits it meanwhile is in nobody's way
  const editor = await lab.core.pool.connect()
  try {
    await editor.query('begin')
    await editor.query('select from journey where workspace_id = $1 and id = $2 for update', [
      lab.workspace,
      parseId('jrn', id),
    ])
    let ended = false
    const tick = openScheduleWorker(lab.core)
      .tick()
      .finally(() => (ended = true))
    await expect.poll(async () => ended || (await waiting()) === 1).toBe(true)
    expect(ended).toBe(true)
    await tick
  } finally {
    editor.release(true)
  }
  // taken back and scheduled anew, it is as if nothing had been
  await ok('setJourneyStatus', {
    params: { journey: id },
    body: { status: 'draft', version: told.version },
  })
  expect((await schedule(id, HOUR)).fault).toBeNull()
  await lab.passes(2 * HOUR)
  expect(await due()).toBe(true)
  expect(await get(id)).toMatchObject({ status: 'live', liveVersion: 1, scheduled: null })
})

test('where a second person approves: the moment is part of the request, and what is approved waits for it', async () => {
  const [asker, other] = [await lab.member('marketer'), await lab.member('admin')]
  const settings = async (approval: boolean) => {
    const { version } = await ok('publishingSettings')
    await ok('savePublishingSettings', { body: { settings: { approval }, version } })
  }
  await settings(true)
  const id = await draft(tags('Four Eyes', 'seen'))
  const { version } = await get(id)
  const body = { version, at: await moment(HOUR) }
  expect(await refused('schedulePublication', { params: { journey: id }, body })).toEqual([
    409,
    'approval_needed',
  ])
  const { id: approval } = await ok('askApproval', { params: { journey: id }, body }, asker)
  const plan = await ok('publishPlan', { params: { journey: id } })
  expect(plan.approval.open).toMatchObject({ at: body.at })
  expect(await ok('approvePublication', { params: { journey: id, approval }, body: {} }, other)).toEqual({
    version: null,
  })
  expect(await get(id)).toMatchObject({
    status: 'draft',
    scheduled: { at: body.at, by: 'marketer@brand.example, admin@brand.example' },
  })
  await lab.passes(2 * HOUR)
  expect(await due()).toBe(true)
  expect(await get(id)).toMatchObject({ status: 'live', liveVersion: 1 })
  await settings(false)
})

test('processes killed while they publish at the moment: one version, once', async () => {
  const id = await draft(tags('Killed', 'once'))
  await schedule(id, HOUR)
  await lab.passes(2 * HOUR)
  await lab.letGo()
  const killed: (string | null)[] = []
  for (const point of ['schedule.before_commit', 'schedule.published']) {
    const victim = await startVictim(lab.core, 'history', `${point}:1`, { PUBLIC_URL: lab.core.baseUrl })
    const timer = setTimeout(() => victim.kill(), 20_000)
    killed.push((await victim.ended).point)
    clearTimeout(timer)
    expect((await get(id)).liveVersion).toBe(point === 'schedule.before_commit' ? null : 1)
  }
  await lab.restart()
  expect(killed).toEqual(['schedule.before_commit', 'schedule.published'])
  expect(await due()).toBe(false)
  expect(await get(id)).toMatchObject({ status: 'live', liveVersion: 1, scheduled: null })
  await lab.tell(says('sch-kill', 'Killed'))
  expect(await tagsOf('sch-kill')).toEqual(['once'])
})

test('a journey that starts or stops another is published only where that one is there and live, and never in a circle for ever', async () => {
  const start = (journey: string, next: string | null = null): NodeData => ({
    type: 'start_journey',
    fields: { journey },
    next: { next },
  })
  const starts = (event: string, journey: string, more: Partial<JourneyGraph> = {}): JourneyGraph =>
    tags(event, 'x', { start: 'go', nodes: { go: start(journey) }, ...more })
  const publish = async (graph: JourneyGraph, id?: string): Promise<{ id: string; answer: Any }> => {
    const journey = id ?? (await draft(graph))
    if (id !== undefined) {
      const { version } = await get(id)
      await ok('saveJourney', { params: { journey: id }, body: { graph, version } })
    }
    const { version } = await get(journey)
    const { status, body } = await lab.call('publishJourney', { params: { journey }, body: { version } })
    return { id: journey, answer: status === 200 ? 200 : [body.path, body.title] }
  }
  const nobody = 'jrn_06evj8kkhm3wzcq6g4r5xw5q7c'
  expect((await publish(starts('To Nobody', nobody))).answer).toEqual([
    '/nodes/go/fields/journey',
    '"Start another journey" names a journey that is not there, or archived',
  ])
  const stop: NodeData = { type: 'stop_journey', fields: { journey: nobody }, next: { next: null } }
  expect((await publish(tags('Stops Nobody', 'x', { start: 'halt', nodes: { halt: stop } }))).answer).toEqual(
    ['/nodes/halt/fields/journey', '"Stop another journey" names a journey that is not there, or archived'],
  )
  const target = await draft(tags('Called B', 'called'))
  const a = await publish(starts('Call A', target))
  expect(a.answer).toEqual([
    '/nodes/go/fields/journey',
    '"Start another journey" starts the journey "Called B", which is not live',
  ])
  // a draft can be stopped: there is nobody in it yet
  const halts = tags('Stops B', 'x', {
    start: 'halt',
    nodes: { halt: { ...stop, fields: { journey: target } } },
  })
  expect((await publish(halts)).answer).toBe(200)
  expect((await publish(tags('Called B', 'called'), target)).answer).toBe(200)
  expect((await publish(starts('Call A', target), a.id)).answer).toBe(200)
  // B starts A, which starts B: refused; not where people leave on the way, or may come in once only
  expect((await publish(starts('Called B', a.id), target)).answer).toEqual([
    '/nodes/go/fields/journey',
    '"Start another journey" sends people in a circle for ever: Called B → Call A → Called B',
  ])
  expect((await publish(starts('Called B', a.id, { reentry: { kind: 'never' } }), target)).answer).toBe(200)
  const self = await publish(tags('Self', 'x'))
  expect((await publish(starts('Self', self.id), self.id)).answer).toEqual([
    '/nodes/go/fields/journey',
    '"Start another journey" sends people in a circle for ever: Self → Self',
  ])
  const leaves: JourneyGraph['nodes'] = {
    split: {
      type: 'split',
      fields: { branches: [{ name: 'again', rule: { op: 'tags', is: 'any', tags: ['again'] } }] },
      next: { again: 'go', else: null },
    },
    go: start(self.id),
  }
  expect((await publish(tags('Self', 'x', { start: 'split', nodes: leaves }), self.id)).answer).toBe(200)
  await lab.settle()
  await lab.tell(says('sch-a', 'Call A'))
  // A, B, A again; B may be entered once only, and there it ends
  const once = ['go:next', 'end:completed']
  expect(await lab.path('sch-a', a.id)).toEqual([...once, ...once])
  expect(await lab.path('sch-a', target)).toEqual(once)
})
