// A contact or another identifier became the customer's, proven (bound) unless what is only claimed counts, too.
import { z } from 'zod'
import { IDENTIFIER_KINDS } from '../../rules/identifiers.ts'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('identifier'),
  identifier: z.enum(IDENTIFIER_KINDS),
  claimed: z.boolean().optional(),
  latenessMs: lateness,
})

export const identifier = triggerType<typeof shape>({
  kind: 'identifier',
  family: 'member',
  fields: { identifier: choice(IDENTIFIER_KINDS), claimed: { kind: 'flag', required: false } },
  shape,
  facts: () => ['identifier.added'],
  admits: (t, { props }) => props.kind === t.identifier && (t.claimed === true || props.verified === true),
  about: t => t.identifier,
})
