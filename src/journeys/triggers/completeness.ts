// The last of these became known: attributes by name, and ways to reach the person (contact.phone, contact.email,
// contact.line).
import { z } from 'zod'
import { completenessOf } from '../../customers/reach.ts'
import type { WantedContact } from '../../customers/settings.ts'
import type { Fact } from '../../customers/fold.ts'
import { lateness, safeName } from './parts.ts'
import { triggerType } from './type.ts'

const shape = z.strictObject({
  kind: z.literal('completeness'),
  fields: z.array(safeName(64)).min(1).max(50),
  latenessMs: lateness,
})
type Completeness = z.infer<typeof shape>

const CONTACT = 'contact.'
const wantedOf = ({ fields }: Completeness) => ({
  attributes: fields.filter(f => !f.startsWith(CONTACT)),
  contacts: fields.filter(f => f.startsWith(CONTACT)).map(f => f.slice(CONTACT.length) as WantedContact),
})

const CONTACT_OF: Record<string, string> = { phone: 'contact.phone', email: 'contact.email' }

/** What the fact has made known. */
function newOf({ name, props }: Fact): string[] {
  if (name === 'contact.followed') return ['contact.line']
  if (name === 'identifier.added') return [CONTACT_OF[String(props.kind)] ?? '']
  if (props.before !== null) return []
  const trait = String(props.trait)
  return trait === 'last_name' || trait === 'first_name' ? [trait, 'name'] : [trait]
}

export const completeness = triggerType<typeof shape>({
  kind: 'completeness',
  family: 'member',
  fields: { fields: { kind: 'text', required: true, many: true } },
  shape,
  facts: () => ['trait.changed', 'identifier.added', 'contact.followed'],
  admits: (t, fact, { state }) =>
    newOf(fact).some(field => t.fields.includes(field)) &&
    completenessOf(state, wantedOf(t)).missing.length === 0,
  about: t => t.fields.join(', '),
})
