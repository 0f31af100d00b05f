// Looks at running experiments once a minute, and names a winner where one is better beyond doubt. Looking often costs no
// certainty (stats.ts). Runs with the history role, as it asks history.
import type { Core } from '../platform/core.ts'
import { openWorker, type Worker } from '../platform/loop.ts'
import { decide, judgeExperiment, openExperiments } from './store.ts'

const POLL_MS = 60_000

/** `tick`: one look at all of them; true when a winner was named. */
export function openExperimentWorker(core: Core): Worker {
  async function tick(): Promise<boolean> {
    let named = false
    for (const experiment of await openExperiments(core.pool)) {
      const judged = await judgeExperiment(core, experiment)
      if (judged.verdict.is !== 'won') continue
      const { winner } = judged.verdict
      if (!(await decide(core, experiment, winner, 'itinera', judged))) continue
      named = true
      core.log.info(
        { journey: experiment.journey, node: experiment.node, winner },
        'an experiment has its winner',
      )
    }
    return named
  }
  return openWorker(core, { tick, restMs: POLL_MS, failed: 'experiments: will look again' })
}
