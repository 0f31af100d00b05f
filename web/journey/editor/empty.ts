// A journey in which nothing is yet. Pure.
import type { JourneyGraph } from '../../../src/journeys/model.ts'

/** Nothing has been chosen to begin with. */
export const unbegun = (graph: JourneyGraph): boolean =>
  graph.trigger.kind === 'event' && graph.trigger.event === '' && Object.keys(graph.nodes).length === 0

/** A journey in which nothing is yet. */
export const emptyJourney = (name: string): JourneyGraph => ({
  format: 1,
  name,
  trigger: { kind: 'event', event: '' },
  reentry: { kind: 'never' },
  exits: [],
  start: '',
  nodes: {},
})
