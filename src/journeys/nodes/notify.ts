// Tells the team. Fields: { text: '{{ customer.name }} 要退貨', level?: 'info' | 'warning', roles?: ['marketer'], users?:
// ['ann@brand.example'], email?: true }; neither roles nor users: everybody who may see customers. The text is Liquid,
// filled in when it is shown. Port: next.
import { z } from 'zod'
import { ROLES } from '../../contract/shared.ts'
import { faultsOf } from '../../rules/check.ts'
import type { NodeType } from './type.ts'

const LEVELS = ['info', 'warning'] as const
const shape = z.strictObject({
  text: z.string().min(1).max(1000),
  level: z.enum(LEVELS).optional(),
  roles: z.array(z.enum(ROLES)).max(ROLES.length).optional(),
  users: z.array(z.email()).max(20).optional(),
  email: z.boolean().optional(),
})
type Fields = z.infer<typeof shape>

export const notify: NodeType = {
  type: 'notify',
  family: 'data',
  fields: {
    text: { kind: 'text', required: true },
    level: { kind: 'choice', required: false, options: LEVELS },
    roles: { kind: 'choice', required: false, many: true, options: ROLES },
    users: { kind: 'text', required: false, many: true },
    email: { kind: 'flag', required: false },
  },
  ports: () => ['next'],
  texts: fields => (typeof fields.text === 'string' ? [{ path: '/text', text: fields.text }] : []),
  validate(fields) {
    const parsed = shape.safeParse(fields)
    return parsed.success ? [] : faultsOf(parsed.error)
  },
  enter(fields) {
    const { text, level = 'info', roles = [], users = [], email = false } = fields as Fields
    return { kind: 'go', port: 'next', effects: [{ kind: 'notify', text, level, roles, users, email }] }
  },
}
