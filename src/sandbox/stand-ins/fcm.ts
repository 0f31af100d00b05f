// The stand-in for Firebase Cloud Messaging: grants tokens for signed assertions, takes messages to registration tokens.
import { createPublicKey } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { decodeJwt, errors, jwtVerify } from 'jose'
import type { ServiceAccount } from '../../channels/google-oauth.ts'
import { standInToken, workspaceOfToken } from '../../channels/stand-in.ts'
import type { Core } from '../../platform/core.ts'
import { newId, type Uuid } from '../../platform/ids.ts'
import { accountAt, putMessage, sandboxNow, type StandInFault, takeStandInFault } from '../stand-in.ts'
import { hang } from './hang.ts'
import type { StandIn } from './model.ts'

/** sandbox_message.payload */
export type PushToCustomer = {
  title: string
  body: string
  image?: string
  data: Record<string, string>
  ttl: string
}

type Status = 400 | 401 | 403 | 404 | 429 | 500
const refuse = (c: Context, code: Status, status: string, errorCode: string | null, field?: string) =>
  c.json(
    {
      error: {
        code,
        status,
        message: errorCode ?? status,
        details: [
          ...(errorCode === null
            ? []
            : [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }]),
          ...(field === undefined
            ? []
            : [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field }] }]),
        ],
      },
    },
    code,
  )

function misbehave(c: Context, fault: StandInFault['kind'] | null): Response | null {
  switch (fault) {
    case 'error_429':
      c.header('retry-after', '2')
      return refuse(c, 429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED')
    case 'error_500':
      return refuse(c, 500, 'INTERNAL', 'INTERNAL')
    case 'error_401':
      return refuse(c, 401, 'UNAUTHENTICATED', null)
    case 'bad_recipient':
      return refuse(c, 404, 'NOT_FOUND', 'UNREGISTERED')
    default:
      return null
  }
}

/** The workspace whose service account signed the assertion. */
async function signedBy(core: Core, assertion: string): Promise<Uuid | null> {
  try {
    const workspace = /^itinera@sandbox-([0-9a-f-]{36})\./.exec(decodeJwt(assertion).iss ?? '')?.[1]
    if (workspace === undefined) return null
    const account = await accountAt(core, workspace, fcmStandIn)
    const { private_key } = JSON.parse(account.secrets.serviceAccount ?? '{}') as ServiceAccount
    await jwtVerify(assertion, createPublicKey(private_key), {
      algorithms: ['RS256'],
      audience: 'https://oauth2.googleapis.com/token',
    })
    return workspace
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

type Body = {
  validate_only?: boolean
  message?: {
    token?: string
    notification?: { title?: string; body?: string; image?: string }
    data?: Record<string, unknown>
    android?: { ttl?: string }
  }
}

function app(core: Core): Hono {
  const app = new Hono()
  app.post('/token', async c => {
    const form = await c.req.parseBody()
    const workspace = await signedBy(core, String(form.assertion ?? ''))
    if (workspace === null) return c.json({ error: 'invalid_grant', error_description: 'Invalid JWT' }, 400)
    return c.json({
      access_token: standInToken(core, workspace, 'fcm'),
      expires_in: 3_599,
      token_type: 'Bearer',
    })
  })
  app.post('/v1/projects/:project/:call', async c => {
    const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    const workspace = workspaceOfToken(core, token, 'fcm')
    if (workspace === null) return refuse(c, 401, 'UNAUTHENTICATED', null)
    if (c.req.param('project') !== `sandbox-${workspace}`) return refuse(c, 403, 'PERMISSION_DENIED', null)
    if (c.req.param('call') !== 'messages:send') return refuse(c, 404, 'NOT_FOUND', null)
    const fault = await takeStandInFault(core.pool, workspace, 'fcm')
    const answer = misbehave(c, fault)
    if (answer) return answer
    if (fault === 'hang') return hang()
    const { message = {}, validate_only = false } = (await c.req.json()) as Body
    const { token: address, notification = {}, data = {}, android } = message
    if (!address) return refuse(c, 400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'message')
    if (Object.values(data).some(v => typeof v !== 'string'))
      return refuse(c, 400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'message.data')
    const { rows } = await core.pool.query<{ following: boolean }>(
      `select following from sandbox_contact where workspace_id = $1 and channel = 'push' and address = $2`,
      [workspace, address],
    )
    if (!rows[0]) return refuse(c, 400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'message.token')
    if (!rows[0].following) return refuse(c, 404, 'NOT_FOUND', 'UNREGISTERED')
    const id = newId()
    const name = `projects/sandbox-${workspace}/messages/${id}`
    if (validate_only) return c.json({ name })
    const payload: PushToCustomer = {
      title: notification.title ?? '',
      body: notification.body ?? '',
      ...(notification.image ? { image: notification.image } : {}),
      data: data as Record<string, string>,
      ttl: android?.ttl ?? '',
    }
    const at = await sandboxNow(core.pool, workspace)
    await putMessage(core.pool, {
      workspace,
      id,
      channel: 'push',
      address,
      direction: 'to_customer',
      retryKey: null,
      payload,
      at,
    })
    core.signals.emit('live', `${workspace}:sandbox`)
    if (fault === 'accept_then_drop') return hang()
    return c.json({ name })
  })
  app.onError((error, c) => {
    core.log.error({ error: error.message.slice(0, 200) }, 'stand-in: FCM failed')
    return refuse(c, 500, 'INTERNAL', 'INTERNAL')
  })
  return app
}

export const fcmStandIn: StandIn = { adapter: 'fcm', channel: 'push', app }
