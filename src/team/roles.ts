// What each role may do: a role stands for a set of scopes in one workspace. Default deny: what is not listed is not allowed.
import { SCOPES, type Role, type Scope } from '../contract.ts'

const READ: Scope[] = ['customers:read', 'journeys:read', 'messages:read']

export const ROLE_SCOPES: Record<Role, ReadonlySet<Scope>> = {
  owner: new Set(SCOPES),
  admin: new Set(SCOPES),
  marketer: new Set<Scope>([
    ...READ,
    'customers:write',
    'customers:export',
    'journeys:write',
    'journeys:publish',
    'messages:write',
    'sources:read',
    'channels:read',
    'sandbox:use',
    'ops:read',
    'team:read',
  ]),
  analyst: new Set<Scope>([...READ, 'sources:read', 'channels:read', 'ops:read']),
  staff: new Set<Scope>(['customers:read', 'customers:write']),
  viewer: new Set(READ),
}

/** Only owners make, change or remove owners; admins do so with every other role. */
export const mayAssign = (actor: Role, from: Role | null, to: Role | null): boolean =>
  actor === 'owner' || (actor === 'admin' && from !== 'owner' && to !== 'owner')
