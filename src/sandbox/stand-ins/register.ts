// Every stand-in. A new one is its own file and one line here.
import { Hono } from 'hono'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import type { Uuid } from '../../platform/ids.ts'
import { fcmStandIn } from './fcm.ts'
import { lineStandIn } from './line.ts'
import { instagramStandIn, messengerStandIn, whatsappStandIn } from './meta.ts'
import type { SandboxAct, StandIn } from './model.ts'
import { sendgridStandIn } from './sendgrid.ts'
import { sesStandIn } from './ses.ts'
import { every8dStandIn, mitakeStandIn, twilioStandIn } from './sms.ts'
import { smtpStandIn } from './smtp.ts'
import { webPushStandIn } from './webpush.ts'

// biome-ignore format: a line each
const STAND_INS: StandIn[] = [
  lineStandIn,
  smtpStandIn,
  sesStandIn,
  sendgridStandIn,
  twilioStandIn,
  mitakeStandIn,
  every8dStandIn,
  whatsappStandIn,
  messengerStandIn,
  instagramStandIn,
  fcmStandIn,
  webPushStandIn,
]

/** All of them that speak HTTP, each under its adapter's name. To be mounted at /sandbox. */
export function standInApp(core: Core): Hono {
  const app = new Hono()
  for (const { adapter, app: own } of STAND_INS) if (own) app.route(`/${adapter}`, own(core))
  return app
}

/** A person does something at the sandbox's phone or inbox; webhooks of it go out through sandbox_receipt, retried.
 *  @throws Problem when the act does not fit the channel, or the contact is not known */
export async function standInAct(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  const able = STAND_INS.filter(s => s.channel === act.channel && s.act)
  const standIn = able.length > 1 ? ((await lastSender(core, workspace, act, able)) ?? able[0]) : able[0]
  if (!standIn?.act)
    throw new Problem(400, 'invalid', 'Nothing can be done by hand on this channel', {
      path: 'channel',
      action: 'Choose another channel.',
    })
  await standIn.act(core, workspace, act)
  core.signals.emit('live', `${workspace}:sandbox`)
}

/** An answer goes to the provider that wrote last. */
async function lastSender(
  core: Core,
  workspace: Uuid,
  act: SandboxAct,
  able: StandIn[],
): Promise<StandIn | undefined> {
  const { rows } = await core.pool.query<{ adapter: string | null }>(
    `select payload->>'adapter' as adapter from sandbox_message
      where workspace_id = $1 and channel = $2 and address = $3 and direction = 'to_customer' order by at desc limit 1`,
    [workspace, act.channel, act.address],
  )
  return able.find(s => s.adapter === rows[0]?.adapter)
}
