// What the sandbox's shop and till tell the product: over the public API, with a key of their own, as a brand's server does.
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { forgetShopApiKey, shopApiKey } from './store.ts'

const PATIENCE_MS = 5_000

/** False: the intake did not acknowledge it, so it did not happen. */
export async function trackAsServer(core: Core, workspace: Uuid, item: object): Promise<boolean> {
  const post = async () => {
    const key = await shopApiKey(core, workspace)
    return fetch(core.baseUrl + '/v1/track', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(item),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  }
  try {
    let answer = await post()
    if (answer.status === 401) {
      // its key was revoked under Sources: a new one, as its owner would make
      await forgetShopApiKey(core, workspace)
      answer = await post()
    }
    if (answer.ok) return true
    core.log.warn({ workspace, status: answer.status }, 'sandbox: the intake refused an event')
    return false
  } catch (error) {
    core.log.warn({ workspace, error: (error as Error).name }, 'sandbox: the intake was not reached')
    return false
  }
}
