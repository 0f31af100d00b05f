// Starts and stops the customer's runs of other journeys. start_journey { journey: 'jrn_…', props?: {} }: they enter as by a
// trigger, so filter, exclusions and re-entry decide; `props` are the event's. stop_journey { journey: 'jrn_…' }: their
// runs there end as stopped, with their open messages. Port: next.
import { z } from 'zod'
import { faultsOf } from '../../rules/check.ts'
import type { Scalar } from '../../rules/model.ts'
import type { NodeType } from './type.ts'

const journey = z.string().regex(/^jrn_[0-9a-z]{26}$/, 'the id of a journey begins with jrn_')
const shapes = {
  start_journey: z.strictObject({
    journey,
    props: z.record(z.string().max(64), z.union([z.string().max(500), z.number(), z.boolean()])).optional(),
  }),
  stop_journey: z.strictObject({ journey }),
}

export const startJourney: NodeType = {
  type: 'start_journey',
  family: 'data',
  fields: {
    journey: { kind: 'journey', required: true },
    props: { kind: 'value', required: false, many: true },
  },
  ports: () => ['next'],
  validate(fields) {
    const parsed = shapes.start_journey.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter(fields) {
    const { journey: id, props = {} } = fields as { journey: string; props?: Record<string, Scalar> }
    return { kind: 'go', port: 'next', effects: [{ kind: 'start_journey', journey: id, props }] }
  },
}

export const stopJourney: NodeType = {
  type: 'stop_journey',
  family: 'data',
  fields: { journey: { kind: 'journey', required: true } },
  ports: () => ['next'],
  validate(fields) {
    const parsed = shapes.stop_journey.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter: fields => ({
    kind: 'go',
    port: 'next',
    effects: [{ kind: 'stop_journey', journey: (fields as { journey: string }).journey }],
  }),
}
