// What browsers ask for web push: the service worker that shows notifications, and the key to subscribe under.
import type { Core } from '../platform/core.ts'
import type { Uuid } from '../platform/ids.ts'
import { loadAccounts } from './accounts.ts'
import { publicKeyOf } from './adapters/webpush.ts'

/** Shows what came, under the message's id, so that a repeat takes the place of the first; a tap opens its address. Sites
 *  serve a file of their own that imports this one: a service worker must be of the site's own origin. */
export const SERVICE_WORKER = `// Itinera: shows notifications.
self.addEventListener('push', event => {
  let said = null
  try {
    said = event.data && event.data.json()
  } catch {}
  if (!said || typeof said.title !== 'string') return
  const { id, title, body, url, image, icon } = said
  event.waitUntil(self.registration.showNotification(title, { body, image, icon, tag: id, data: { url } }))
})
self.addEventListener('notificationclick', event => {
  event.notification.close()
  const url = event.notification.data && event.notification.data.url
  if (/^https?:/.test(url)) event.waitUntil(self.clients.openWindow(url))
})
`

/** The public key of the workspace's web push account; null: it has none. */
export async function pushKeyOf(core: Core, workspace: Uuid): Promise<string | null> {
  const accounts = (await loadAccounts(core, core.pool, [workspace])).get(`${workspace}:webpush`)
  return publicKeyOf(accounts?.[0]?.secrets.vapidPrivateKey ?? '')
}
