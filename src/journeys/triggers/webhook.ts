// An event that came through one source: a webhook of another system, a site, a server.
import { z } from 'zod'
import { propFilter } from '../../rules/check.ts'
import { matches } from '../../rules/match.ts'
import { lateness, safeName } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('webhook'),
  source: safeName(200),
  event: safeName(200),
  where: z.array(propFilter).max(10).optional(),
  latenessMs: lateness,
})

export const webhook = triggerType<typeof shape>({
  kind: 'webhook',
  family: 'outside',
  fields: {
    source: { kind: 'source', required: true },
    event: { kind: 'event', required: true },
    where: { kind: 'where', required: false },
  },
  shape,
  facts: t => [t.event],
  admits: (t, fact) => fact.src === t.source && matches(fact.props, t.where),
  about: t => t.event,
})
