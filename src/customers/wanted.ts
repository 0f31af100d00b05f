// What a workspace wants to know of everybody, and how history tells that it is missing. The rules are those of
// completenessOf (src/customers/reach.ts); push tokens are no part of a snapshot and are left out there.
import { attributesOf } from '../catalogue/attribute-store.ts'
import { profileSettingsOf } from '../catalogue/profile-settings.ts'
import type { WorkspaceRow } from '../platform/http/handler.ts'
import type { Sql } from '../platform/postgres.ts'
import type { Attribute } from './attributes.ts'
import type { WantedContact } from './settings.ts'

export type Wanted = { attributes: Attribute[]; contacts: WantedContact[] }

export async function wantedOf(sql: Sql, workspace: Pick<WorkspaceRow, 'id' | 'settings'>): Promise<Wanted> {
  const attributes = await attributesOf(sql, workspace.id)
  return {
    attributes: attributes.filter(a => a.wanted),
    contacts: profileSettingsOf(workspace).wantedContacts,
  }
}

/** Names as completeness says them: attributes by name, contacts as contact.<kind>. */
export const namesOf = ({ attributes, contacts }: Wanted): string[] => [
  ...attributes.map(a => a.name),
  ...contacts.filter(c => c !== 'push').map(c => `contact.${c}`),
]

/** SQL over a snapshot: the condition that a wanted attribute or contact is not known; its name is bound as `param`. */
export function missingWhen(name: string, param: string): string {
  switch (name) {
    case 'contact.email':
      return `email = ''`
    case 'contact.phone':
      return `phone = ''`
    case 'contact.line':
      return 'line_following = 0'
    case 'name': // a full name may be in two parts; the snapshot has put them together
      return `name = ''`
    default:
      return `JSONExtractRaw(traits, {${param}:String}) in ('', '""', '[]', 'null')`
  }
}
