// Sign-in, the team, workspaces.
import { z } from 'zod'
import { COUNTRY_CODES } from '../catalogue/countries.ts'
import { ROLES, e, id, ok, time } from './shared.ts'

export const workspace = z.object({
  id,
  name: z.string(),
  kind: z.enum(['live', 'sandbox']),
  timezone: z.string(),
  locale: z.string(),
  currency: z.string(),
  now: time.describe('workspace time'),
  clockTarget: time.nullable(),
  madeUp: z.boolean().describe('holds the demo brand, made up'),
  sendingPaused: z.boolean(),
  quietHours: z.object({ from: z.string(), to: z.string() }).nullable(),
  version: z.number(),
})
export const me = z.object({
  user: z.object({ id, email: z.string(), name: z.string(), locale: z.string(), hasPassword: z.boolean() }),
  workspaces: z.array(z.object({ workspace, role: z.enum(ROLES) })),
})

export const teamEndpoints = {
  signIn: e({
    method: 'post',
    path: '/sign-in',
    scope: 'public',
    summary: 'Sign in with e-mail and password',
    body: z.object({ email: z.string(), password: z.string() }),
    out: me,
  }),
  checkLink: e({
    method: 'post',
    path: '/sign-in-link/check',
    scope: 'public',
    summary:
      'What a one-time link is for, without using it. first: may be used as it is; invite: name and password of a new account, or the password of the account there is; reset: a new password',
    body: z.object({ token: z.string() }),
    out: z.object({
      purpose: z.enum(['first', 'invite', 'reset']),
      email: z.string().nullable(),
      workspaceName: z.string().nullable(),
      hasAccount: z.boolean(),
      expiresAt: time,
    }),
  }),
  useLink: e({
    method: 'post',
    path: '/sign-in-link',
    scope: 'public',
    summary: 'Sign in with a one-time link (first start, invitation, reset)',
    body: z.object({
      token: z.string(),
      email: z.email().optional(),
      name: z.string().max(100).optional(),
      password: z.string().min(10).max(200).optional(),
    }),
    out: me,
  }),
  askReset: e({
    method: 'post',
    path: '/password-reset',
    scope: 'public',
    summary: 'Ask for a reset link; the answer never tells whether the address is known',
    body: z.object({ email: z.string() }),
    out: ok,
  }),
  signOut: e({ method: 'post', path: '/sign-out', scope: 'session', summary: 'End this session', out: ok }),
  me: e({
    method: 'get',
    path: '/me',
    scope: 'session',
    summary: 'Who is signed in, and their workspaces',
    out: me,
  }),
  updateMe: e({
    method: 'patch',
    path: '/me',
    scope: 'session',
    summary:
      'Name, e-mail, language, password. A new e-mail or password needs the current password where there is one; a new password ends all other sessions',
    body: z.object({
      name: z.string().min(1).max(100).optional(),
      email: z.email().optional(),
      locale: z.enum(['zh-TW', 'en']).optional(),
      password: z.string().min(10).max(200).optional(),
      currentPassword: z.string().optional(),
    }),
    out: me,
  }),
  createWorkspace: e({
    method: 'post',
    path: '/workspaces',
    scope: 'session',
    summary: 'New workspace; the caller becomes its owner',
    body: z.object({
      name: z.string().min(1).max(100),
      kind: z.enum(['live', 'sandbox']),
      locale: z
        .enum(['zh-TW', 'en'])
        .default('zh-TW')
        .describe(
          'the language of the brand; what is made with it, such as the accounts of a sandbox, is named in it',
        ),
      country: z
        .enum(COUNTRY_CODES)
        .default('TW')
        .describe('its time zone, which may be changed, and its currency, which may not'),
    }),
    out: workspace,
  }),
  workspace: e({
    method: 'get',
    path: '/w/{ws}',
    scope: 'customers:read',
    summary: 'One workspace',
    out: workspace,
  }),
  updateWorkspace: e({
    method: 'patch',
    path: '/w/{ws}',
    scope: 'workspace:write',
    summary: 'Name, zone, quiet hours, pause sending',
    body: z.object({
      name: z.string().min(1).max(100).optional(),
      timezone: z.string().optional(),
      locale: z.string().optional(),
      quietHours: z.object({ from: z.string(), to: z.string() }).nullable().optional(),
      sendingPaused: z.boolean().optional(),
      version: z.number(),
    }),
    out: workspace,
  }),
  team: e({
    method: 'get',
    path: '/w/{ws}/team',
    scope: 'team:read',
    summary: 'Team users and invitations',
    out: z.object({
      users: z.array(z.object({ id, email: z.string(), name: z.string(), role: z.enum(ROLES) })),
      invitations: z.array(z.object({ email: z.string(), role: z.enum(ROLES), expiresAt: time })),
    }),
  }),
  invite: e({
    method: 'post',
    path: '/w/{ws}/team',
    scope: 'team:write',
    summary: 'Invite; answers with the link to pass on',
    body: z.object({ email: z.email(), role: z.enum(ROLES) }),
    out: z.object({ link: z.string(), expiresAt: time }),
  }),
  setRole: e({
    method: 'put',
    path: '/w/{ws}/team/{user}',
    scope: 'team:write',
    summary: 'Change a role',
    body: z.object({ role: z.enum(ROLES) }),
    out: ok,
  }),
  removeUser: e({
    method: 'delete',
    path: '/w/{ws}/team/{user}',
    scope: 'team:write',
    summary: 'Remove from the workspace',
    out: ok,
  }),
} as const
