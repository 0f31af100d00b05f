// What each role may do: a role stands for a set of scopes in one workspace. Default deny: what is not listed is not
// allowed. Without `customers:personal` names and contact data are masked; a workspace's settings may name other roles.
import { SCOPES, type Role, type Scope } from '../contract.ts'

const READ: Scope[] = [
  'customers:read',
  'segments:read',
  'journeys:read',
  'membership:read',
  'messages:read',
  'modules:read',
  'catalogue:read',
]

export const ROLE_SCOPES: Record<Role, ReadonlySet<Scope>> = {
  owner: new Set(SCOPES),
  admin: new Set(SCOPES),
  marketer: new Set<Scope>([
    ...READ,
    'customers:write',
    'customers:merge',
    'catalogue:write',
    'customers:personal',
    'customers:import',
    'journeys:write',
    'journeys:publish',
    'segments:write',
    'segments:publish',
    'membership:write',
    'messages:write',
    'conversations:read',
    'conversations:write',
    'modules:write',
    'sources:read',
    'channels:read',
    'sandbox:use',
    'ops:read',
    'team:read',
  ]),
  analyst: new Set<Scope>([...READ, 'segments:write', 'sources:read', 'channels:read', 'ops:read']),
  staff: new Set<Scope>([
    'customers:read',
    'customers:write',
    'conversations:read',
    'conversations:write',
    'membership:read',
    'catalogue:read',
  ]),
  viewer: new Set(READ),
}

/** Only owners make, change or remove owners; admins do so with every other role. */
export const mayAssign = (actor: Role, from: Role | null, to: Role | null): boolean =>
  actor === 'owner' || (actor === 'admin' && from !== 'owner' && to !== 'owner')

/** Roles that read names and contact data masked, where the workspace's settings name none. */
export const MASKED_ROLES: Role[] = ['analyst', 'staff', 'viewer']

/** What a role may do in a workspace: its scopes, and personal data as the workspace's settings say. */
export function scopesOf(role: Role, settings: Record<string, unknown>): ReadonlySet<Scope> {
  const masked = (settings.maskedRoles as Role[] | undefined) ?? MASKED_ROLES
  const scopes = ROLE_SCOPES[role]
  if (scopes.has('customers:personal') !== masked.includes(role)) return scopes
  const changed = new Set(scopes)
  if (masked.includes(role)) changed.delete('customers:personal')
  else changed.add('customers:personal')
  return changed
}
