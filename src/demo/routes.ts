// One click on the first page builds the demo brand in the background; how far it is can be asked and is told live.
import { workspacesOfUser } from '../catalogue/workspace.ts'
import type { Out } from '../contract.ts'
import type { Core } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { Problem } from '../platform/errors.ts'
import type { Caller, Handlers } from '../platform/http/handler.ts'
import { publicId, type Uuid } from '../platform/ids.ts'
import { buildDemo, type DemoStatus } from './build.ts'
import { claimDemo, type DemoRecord, readDemo, writeDemo } from './store.ts'

/** a build writes at least this often while it lives */
const TELL_MS = 400
const SILENT_MS = 90_000

type Progress = Out<'demoProgress'>

export const demoRoutes = {
  async startDemo(call) {
    const user = person(call.caller)
    const record = (more: Partial<DemoRecord> = {}): DemoRecord => ({
      state: 'running',
      done: 0,
      total: 100,
      step: 'people',
      workspace: null,
      process: call.core.processId,
      at: Date.now(),
      ...more,
    })
    if (await claimDemo(call.core.pool, user, record(), Date.now() - SILENT_MS)) run(call.core, user, record)
    return progressOf(await readDemo(call.core.pool, user))
  },

  demoProgress: async call => progressOf(await readDemo(call.core.pool, person(call.caller))),
} satisfies Handlers

function person(caller: Caller): Uuid {
  if (caller.kind === 'user') return caller.id
  throw new Problem(403, 'person_needed', 'The demo is built for a person who is signed in', {
    action: 'Sign in, or run `itinera demo`.',
  })
}

function progressOf(record: DemoRecord | null): Progress {
  if (!record) return { state: 'none', done: 0, total: 100, step: '', workspace: null }
  const died = record.state === 'running' && record.at < Date.now() - SILENT_MS
  return {
    state: died ? 'failed' : record.state,
    done: record.done,
    total: record.total,
    step: record.step,
    workspace: record.workspace ? publicId('wsp', record.workspace) : null,
  }
}

/** Runs in the background; every end is written down and told. */
function run(core: Core, user: Uuid, record: (more?: Partial<DemoRecord>) => DemoRecord): void {
  let last: DemoStatus = { step: 'people', done: 0, total: 100 }
  const tell = async (now: DemoRecord) => {
    await writeDemo(core.pool, user, now)
    for (const { workspace } of await workspacesOfUser(core.pool, user))
      core.signals.emit('live', `${workspace.id}:demo`)
  }
  let writing: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    writing = writing
      .then(() => tell(record(last)))
      .catch(error =>
        core.log.warn({ code: (error as { code?: string }).code }, 'demo: progress not written'),
      )
  }, TELL_MS)
  const end = async (now: DemoRecord) => {
    clearInterval(timer)
    await writing
    await tell(now)
  }
  buildDemo(core, { owner: user, onProgress: status => (last = status) })
    .then(({ workspace }) => end(record({ state: 'done', done: 100, step: 'done', workspace })))
    .catch(async error => {
      core.log.error(faultOf(error), 'demo: build failed')
      await end(record({ ...last, state: 'failed' }))
    })
    .catch(error =>
      core.log.error({ code: (error as { code?: string }).code }, 'demo: its end could not be written'),
    )
}
