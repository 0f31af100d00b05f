// Calls of other systems as the deliverer makes them: claimed, marked and recorded like a message, but without account,
// address and consent. In a sandbox http://stand-in/… is its own stand-in.
import type { SendResult } from '../channels/adapter.ts'
import { callRequest, callSecret, sendCall } from '../channels/http.ts'
import type { CustomerState } from '../customers/model.ts'
import type { CallContent } from '../journeys/model.ts'
import type { Core } from '../platform/core.ts'
import { publicId } from '../platform/ids.ts'
import { decideTime } from './decide.ts'
import type { Prepared } from './inner.ts'
import type { Rendered } from './model.ts'
import { renderCall } from './render.ts'
import { type MessageLinks, templateScope } from './render-scope.ts'
import type { Claim, WorkspaceFacts } from './store.ts'

const STAND_IN_HOST = 'stand-in'

/** Where a call goes. `trusted`: it may be a private address. */
export function addressOfCall(
  core: Pick<Core, 'baseUrl' | 'config'>,
  workspace: Pick<WorkspaceFacts, 'id'>,
  url: string,
): { url: string; trusted: boolean } {
  const wanted = new URL(url)
  if (wanted.hostname !== STAND_IN_HOST || wanted.port !== '')
    return { url: wanted.href, trusted: core.config.allowPrivateUrls }
  const own = `${core.baseUrl}/sandbox/http/${publicId('wsp', workspace.id)}`
  return { url: own + wanted.pathname + wanted.search, trusted: true }
}

/** What is decided before a call, and what goes out. @throws RenderFailed */
export function prepareCall(
  claim: Claim,
  workspace: WorkspaceFacts,
  customer: CustomerState | null,
  links: MessageLinks,
  now: number,
): Prepared {
  const wait = decideTime(claim.intent, { now, paused: workspace.paused })
  if (wait !== null) return { wait }
  const scope = templateScope(customer, claim.intent.event, workspace, links, claim.intent.vars)
  const content = renderCall(claim.intent.content as CallContent, scope)
  return { rendered: { address: content.url, content, unsubscribeUrl: '' } }
}

/** How calls are sent. */
export const openCalls =
  (core: Core) =>
  (claim: Claim, workspace: WorkspaceFacts, rendered: Rendered, signal: AbortSignal): Promise<SendResult> => {
    const content = rendered.content as CallContent
    const to = addressOfCall(core, workspace, content.url)
    const secret = content.sign ? callSecret(core.secrets, workspace.id) : null
    return sendCall(callRequest(content, claim.id, to.url, secret, new Date()), to.trusted, signal)
  }
