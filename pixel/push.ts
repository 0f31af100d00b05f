// Notifications in this browser: only when the site asks for them, and never anew once the visitor has said no.

/** Beside the pixel: a file of the site's own that holds importScripts('https://HOST/push-sw.js'). */
export type PushOptions = { serviceWorker?: string; scope?: string }

const bytes = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))

const word = (key: ArrayBuffer | null): string =>
  btoa(String.fromCharCode(...new Uint8Array(key ?? new ArrayBuffer(0))))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

/** The subscription as one word; null: the visitor does not want it, or the browser cannot. */
export async function subscribe(keyUrl: string, options: PushOptions): Promise<string | null> {
  if (!('serviceWorker' in navigator && 'PushManager' in window)) return null
  if ((await Notification.requestPermission()) !== 'granted') return null
  const { serviceWorker = '/itinera-sw.js', scope } = options
  await navigator.serviceWorker.register(serviceWorker, scope === undefined ? {} : { scope })
  const registration =
    (await navigator.serviceWorker.getRegistration(scope)) ?? (await navigator.serviceWorker.ready)
  const { publicKey } = (await (await fetch(keyUrl)).json()) as { publicKey: string }
  const applicationServerKey = bytes(publicKey)
  const kept = await registration.pushManager.getSubscription()
  const same = kept !== null && word(kept.options.applicationServerKey) === publicKey
  if (kept !== null && !same) await kept.unsubscribe() // made under a key of before
  const made = same
    ? kept
    : await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })
  return [made.endpoint, word(made.getKey('p256dh')), word(made.getKey('auth'))].join(' ')
}
