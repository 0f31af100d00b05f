// Carries out erasures, one at a time, in the fold processes: whoever claims one works on it; a job whose process died
// is taken up again by another. When nothing is left, the certificate is written and what was searched for is gone.
import type { Core, Role } from '../platform/core.ts'
import { faultOf } from '../platform/log.ts'
import { findCustomer } from '../customers/store.ts'
import { publicId } from '../platform/ids.ts'
import { DEFAULT_SETTLE_MS, erasePerson, type Erased } from './erase.ts'
import { type Certificate, type Person, sealedText } from './model.ts'
import { gatherPerson, identifierHash } from './person.ts'
import { claimErasure, type ErasureRow, finishErasure, noteStep, sealErasure } from './store.ts'

export type Eraser = Role & { tick(): Promise<boolean> }

const POLL_MS = 5_000

class Stopped extends Error {}

export function openEraser(core: Core, options: { settleMs?: number } = {}): Eraser {
  const settleMs = options.settleMs ?? DEFAULT_SETTLE_MS
  let stopping = false
  let timer: NodeJS.Timeout | null = null
  let running: Promise<unknown> = Promise.resolve()

  /** One erasure; true when there was one. */
  async function tick(): Promise<boolean> {
    const job = await claimErasure(core.pool)
    if (!job) return false
    const person = await personNow(core, job)
    try {
      const erased = await erasePerson(core, person, {
        settleMs,
        async onStep(step, done, total) {
          if (stopping) throw new Stopped()
          await noteStep(core.pool, job.id, step, done, total)
        },
      })
      const { found } = erased.searched
      await finishErasure(
        core.pool,
        job.id,
        found.length === 0
          ? { certificate: certify(core, job, person, erased) }
          : { error: `left in ${found.map(f => `${f.place} (${f.rows})`).join(', ')}` },
      )
      core.log.info({ erasure: job.id, left: found.length }, 'erasure: finished')
    } catch (error) {
      if (error instanceof Stopped) return true // its claim runs out, and another process goes on
      const message = (error as Error).message.slice(0, 300)
      core.log.error({ erasure: job.id, error: message }, 'erasure: failed')
      await finishErasure(core.pool, job.id, { error: message })
    }
    core.signals.emit('live', `${job.workspace_id}:customers`)
    return true
  }

  function next(ms: number): void {
    timer = setTimeout(() => {
      running = tick().then(
        worked => {
          if (!stopping) next(worked ? 0 : POLL_MS)
        },
        (error: unknown) => {
          core.log.warn(faultOf(error), 'erasure: will try again')
          if (!stopping) next(POLL_MS)
        },
      )
    }, ms)
    timer.unref()
  }

  return {
    tick,
    start: () => next(0),
    async stop() {
      stopping = true
      if (timer) clearTimeout(timer)
      await running
    },
  }
}

/** The person as they are when the work begins: since it was asked for they may have been merged, or have given a new
 *  address. What is searched for is sealed again first, so that a later attempt looks for all of it. */
async function personNow(core: Core, job: ErasureRow & { sealed: Buffer }): Promise<Person> {
  const asked = JSON.parse(core.secrets.open(job.sealed)) as Person
  const customer = await findCustomer(core.pool, asked.workspace, asked.ids[0]!)
  const now = customer && (await gatherPerson(core.pool, asked.workspace, customer.id))
  if (!now) return asked
  const values = new Map([...asked.values, ...now.values].map(v => [`${v.kind} ${v.value}`, v]))
  const person: Person = {
    workspace: asked.workspace,
    ids: [...new Set([...now.ids, ...asked.ids])],
    values: [...values.values()],
    names: [...new Set([...asked.names, ...now.names])],
  }
  await sealErasure(core, job.id, person)
  return person
}

function certify(core: Core, job: ErasureRow, person: Person, erased: Erased): Certificate {
  const unsealed: Omit<Certificate, 'seal'> = {
    customers: person.ids.map(id => publicId('cus', id)),
    identifiers: person.values.map(v => ({
      kind: v.kind,
      hash: identifierHash(core.secrets, v),
    })),
    ...erased,
    kept: ['suppression', 'seen', 'audit', 'backups'],
    requestedBy: job.requested_by,
    reason: job.reason,
    requestedAt: job.requested_at.toISOString(),
    finishedAt: new Date().toISOString(),
  }
  return { ...unsealed, seal: core.secrets.sign('certificate', sealedText(unsealed)) }
}
