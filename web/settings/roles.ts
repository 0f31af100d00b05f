// The roles of a team, in the order in which pages list them.
import type { Role } from '../../src/contract.ts'

export const ROLES: Role[] = ['owner', 'admin', 'marketer', 'analyst', 'staff', 'viewer']
