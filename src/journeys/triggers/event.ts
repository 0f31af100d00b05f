// An event, whatever its name, with filters over its properties; or the n-th such event within some time.
import { z } from 'zod'
import { propFilter } from '../../rules/check.ts'
import { matches } from '../../rules/match.ts'
import { countRules, isNth } from './counted.ts'
import { TIMES } from './fields.ts'
import { lateness, safeName, times } from './parts.ts'
import { triggerType } from './type.ts'

/** Facts of the walk itself start nothing: they would start themselves. */
const eventName = safeName(200).refine(n => !/^(node\.|journey\.not_entered$|message\.intended$)/.test(n), {
  message: 'this fact cannot start a journey',
})

const shape = z.strictObject({
  kind: z.literal('event'),
  event: eventName,
  where: z.array(propFilter).max(10).optional(),
  times,
  latenessMs: lateness,
})

export const event = triggerType<typeof shape>({
  kind: 'event',
  family: 'event',
  fields: {
    event: { kind: 'event', required: true },
    where: { kind: 'where', required: false },
    times: TIMES,
  },
  shape,
  facts: t => [t.event],
  admits: (t, fact, ctx) => matches(fact.props, t.where) && isNth(t, t.event, t.where ?? [], ctx),
  rules: t => countRules(t, t.event, t.where ?? []),
  about: t => t.event,
})
