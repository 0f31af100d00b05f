// Every stand-in. A new one is its own file and one line here.
import { Hono } from 'hono'
import type { Core } from '../../platform/core.ts'
import { Problem } from '../../platform/errors.ts'
import type { Uuid } from '../../platform/ids.ts'
import { lineStandIn } from './line.ts'
import type { SandboxAct, StandIn } from './model.ts'
import { sendgridStandIn } from './sendgrid.ts'
import { sesStandIn } from './ses.ts'
import { smtpStandIn } from './smtp.ts'

const STAND_INS: StandIn[] = [lineStandIn, smtpStandIn, sesStandIn, sendgridStandIn]

/** All of them that speak HTTP, each under its adapter's name. To be mounted at /sandbox. */
export function standInApp(core: Core): Hono {
  const app = new Hono()
  for (const { adapter, app: own } of STAND_INS) if (own) app.route(`/${adapter}`, own(core))
  return app
}

/** A person does something at the sandbox's phone or inbox; webhooks of it go out through sandbox_receipt, retried.
 *  @throws Problem when the act does not fit the channel, or the contact is not known */
export async function standInAct(core: Core, workspace: Uuid, act: SandboxAct): Promise<void> {
  const standIn = STAND_INS.find(s => s.channel === act.channel && s.act)
  if (!standIn?.act)
    throw new Problem(400, 'invalid', 'Nothing can be done by hand on this channel', {
      path: 'channel',
      action: 'Choose another channel.',
    })
  await standIn.act(core, workspace, act)
  core.signals.emit('live', `${workspace}:sandbox`)
}
