// Web push in Chromium: the pixel asks when the site calls it, the subscription comes with nobody's name but the visitor's, and
// the service worker shows what was encrypted for it. The push service alone is stood in for: it is Google's.
import { createECDH, randomBytes } from 'node:crypto'
import ece from 'http_ece'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadAccounts } from '../src/channels/accounts.ts'
import { publicKeyOf, pushRequest } from '../src/channels/adapters/webpush.ts'
import { SERVICE_WORKER } from '../src/channels/webpush-app.ts'
import { newId, publicId } from '../src/platform/ids.ts'
import { eventually } from './browser.ts'
import { callsOf, openPixelLab, type PixelLab } from './pixel.ts'

let lab: PixelLab
beforeAll(async () => {
  lab = await openPixelLab({
    '/push-sw.js': SERVICE_WORKER,
    '/itinera-sw.js': `importScripts('/push-sw.js')`,
  })
})
afterAll(() => lab.close())

test('R3-39 asked only on the site’s call; the subscription names the visitor alone; the browser shows the message', async () => {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  const auth = randomBytes(16).toString('base64url')
  const endpoint = 'https://push.example/send/abc'
  const { origin } = new URL(lab.site.url)
  await lab.context.grantPermissions(['notifications'], { origin })
  const keys = JSON.stringify({ p256dh: ecdh.getPublicKey('base64url'), auth })
  await lab.context.addInitScript(`
    const bytes = t => Uint8Array.from(atob(t.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
    window.asked = []
    const ask = Notification.requestPermission.bind(Notification)
    Notification.requestPermission = () => {
      window.asked.push('permission')
      return ask()
    }
    PushManager.prototype.subscribe = async options => {
      window.asked.push(btoa(String.fromCharCode(...new Uint8Array(options.applicationServerKey))))
      return { endpoint: ${JSON.stringify(endpoint)}, getKey: name => bytes(${keys}[name]).buffer }
    }
  `)
  const { page } = await lab.visit(lab.context, '/manual')
  const call = callsOf(page)
  // said without proof: it must not be named with the subscription
  await call('identify', 'M-1')
  const asked = () => page.evaluate('window.asked')
  expect(await asked()).toEqual([])
  expect(await call('subscribePush')).toBe(true)
  const accounts = await loadAccounts(lab.core, lab.core.pool, [lab.workspace])
  const account = accounts.get(`${lab.workspace}:webpush`)![0]!
  const key = Buffer.from(publicKeyOf(account.secrets.vapidPrivateKey!)!, 'base64url').toString('base64')
  expect(await asked()).toEqual(['permission', key])

  const told = await eventually('the subscription', async () => (await lab.named('Push Subscribed'))[0])
  const token = [endpoint, ecdh.getPublicKey('base64url'), auth].join(' ')
  expect(told.body.traits).toEqual({ 'app.push_token': token, 'app.platform': 'web' })
  expect(told.body.ids.map(i => i.kind)).toEqual(['anonymous_id'])
  expect(told.body.proof).toBe('public')

  const message = {
    id: newId(),
    workspace: lab.workspace,
    address: token,
    purpose: 'marketing' as const,
    content: { channel: 'webpush' as const, title: '新品到了', body: '看看', url: `${lab.site.url}/tea` },
    unsubscribeUrl: '',
    receiptUrl: '',
  }
  const request = pushRequest(account, message)
  if ('kind' in request) throw new Error(request.kind)
  const sent = Buffer.from(request.body as Uint8Array)
  const text = ece
    .decrypt(sent, { version: 'aes128gcm', privateKey: ecdh, authSecret: auth })
    .toString('utf8')

  // a browser without a screen shows no notifications: what it is asked to show is kept
  const worker = await eventually('the service worker', async () => lab.context.serviceWorkers()[0])
  await worker.evaluate(`
    self.shown = []
    ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
      self.shown.push({ title, options: JSON.parse(JSON.stringify(options)) })
    }
  `)
  const devtools = await lab.context.newCDPSession(page)
  const registration = new Promise<string>(resolve =>
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) resolve(registrations[0].registrationId)
    }),
  )
  await devtools.send('ServiceWorker.enable')
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin,
    registrationId: await registration,
    data: text,
  })
  const shown = await eventually('the notification', () => worker.evaluate('self.shown[0]'))
  expect(shown).toEqual({
    title: '新品到了',
    options: { body: '看看', tag: publicId('msg', message.id), data: { url: `${lab.site.url}/tea` } },
  })
})
