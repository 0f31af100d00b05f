// Handlers of experiments.
import type { Out } from '../contract.ts'
import { findJourney } from '../journeys/store.ts'
import type { Core } from '../platform/core.ts'
import { Problem } from '../platform/errors.ts'
import { actorOf, type Handlers } from '../platform/http/handler.ts'
import { idOr404 } from '../platform/public-id.ts'
import {
  decide,
  decisionOf,
  type Experiment,
  experimentsOfJourney,
  judgeExperiment,
  reopen,
} from './store.ts'

async function present(core: Core, e: Experiment): Promise<Out<'experiments'>['items'][number]> {
  const [judged, decision] = await Promise.all([judgeExperiment(core, e), decisionOf(core.pool, e)])
  const { metric, windowMs, minPeople, autoWinner } = e.fields
  return {
    node: e.node,
    title: e.title,
    metric: metric.kind,
    event: metric.kind === 'event' ? metric.event : null,
    windowMs,
    minPeople,
    autoWinner: autoWinner !== false,
    method: judged.method,
    arms: judged.arms,
    pairs: judged.pairs,
    verdict: judged.verdict.is,
    winner: judged.verdict.is === 'won' ? judged.verdict.winner : null,
    decision: decision && { ...decision, at: decision.at.toISOString() },
  }
}

export const experimentRoutes = {
  async experiments({ core, workspace, params }) {
    const { id } = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    const found = await experimentsOfJourney(core.pool, workspace.id, id)
    return { items: await Promise.all(found.map(e => present(core, e))) }
  },

  async decideExperiment({ core, workspace, params, body: { variant }, caller }) {
    const { id } = await findJourney(core.pool, workspace.id, idOr404('jrn', params.journey))
    const e = (await experimentsOfJourney(core.pool, workspace.id, id)).find(x => x.node === params.node)
    if (e === undefined)
      throw new Problem(404, 'experiment_not_found', 'The live version has no experiment at this node', {
        path: 'node',
        action: 'Publish the journey with it first.',
      })
    if (variant === null) {
      await reopen(core, e)
      return { ok: true as const }
    }
    if (!e.fields.variants.some(v => v.name === variant))
      throw new Problem(400, 'no_such_variant', `The experiment has no variant ${variant}`, {
        path: 'variant',
        action: `Choose one of ${e.fields.variants.map(v => v.name).join(', ')}.`,
      })
    if (!(await decide(core, e, variant, actorOf(caller), await judgeExperiment(core, e))))
      throw new Problem(409, 'experiment_decided', 'This experiment is decided already', {
        path: 'variant',
        action: 'Open it again first, if it was decided wrongly.',
      })
    return { ok: true as const }
  },
} satisfies Handlers
