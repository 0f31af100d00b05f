// How to send events here: the pixel with its calls, the clients of Segment and RudderStack, plain HTTP. docs/EVENTS.md
// says it in full.
import { Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { Card } from '../parts/page.tsx'
import { CodeBlock } from '../parts/small.tsx'

/** Calls of the pixel, the events they become, and the key of what is said of them. */
const CALLS = [
  ['itinera.page(properties)', 'Page Viewed', 'page'],
  [null, 'Page Engaged { seconds }', 'engaged'],
  ['itinera.search(query)', 'Products Searched', 'search'],
  ['itinera.viewProduct(product)', 'Product Viewed', 'product'],
  [
    'itinera.addToCart(product)\nitinera.removeFromCart(product)\nitinera.viewCart(cart)\nitinera.startCheckout(checkout)',
    'Product Added\nProduct Removed\nCart Viewed\nCheckout Started',
    'cart',
  ],
  ['itinera.completeOrder(order)', 'Order Completed', 'order'],
  ['itinera.identify(userId, traits, { userToken })', 'Identified', 'identify'],
  ['itinera.reset()', '—', 'reset'],
  ['itinera.optOut()\nitinera.optIn()', '—', 'optOut'],
] as const

function examples(host: string, key: string) {
  const { host: name } = new URL(host)
  return {
    pixel: `<script async src="${host}/pixel.js" data-write-key="${key}"></script>`,
    calls: `itinera.addToCart({ product_id: 'p-1', name: 'Oolong', price: 480, quantity: 1 })

// before the script has loaded:
window.itinera = window.itinera || []
itinera.push(['viewProduct', { product_id: 'p-1', price: 480 }])`,
    links: `https://shop.example/?itn_token=eyJhbGciOi…
https://shop.example/?utm_source=line&utm_medium=message&utm_campaign=spring
https://shop.example/?itn_store=TPE01`,
    browser: `import { AnalyticsBrowser } from '@segment/analytics-next'
const analytics = AnalyticsBrowser.load({ writeKey: '${key}', cdnURL: '${host}' })

import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
const rudder = new RudderAnalytics()
rudder.load('${key}', '${host}', { configUrl: '${host}' })`,
    server: `import { Analytics } from '@segment/analytics-node'
const analytics = new Analytics({ writeKey: process.env.ITINERA_API_KEY, host: '${host}' })
analytics.track({ userId: 'M-1', event: 'Order Completed', properties: { order_id: 'o-1', total: 1280, currency: 'TWD' } })

import RudderAnalytics from '@rudderstack/rudder-sdk-node'
const rudder = new RudderAnalytics(process.env.ITINERA_API_KEY, { dataPlaneUrl: '${host}' })`,
    mobile: `// React Native
createClient({
  writeKey: '${key}',
  proxy: '${host}/v1',
  cdnProxy: '${host}/v1',
  useSegmentEndpoints: true,
})

// Swift
Configuration(writeKey: "${key}").apiHost("${name}/v1").cdnHost("${name}/v1")

// Kotlin
Analytics("${key}", context) { apiHost = "${name}/v1"; cdnHost = "${name}/v1" }`,
    curl: `curl -u ${key}: ${host}/v1/track \\
  -H 'content-type: application/json' \\
  -d '{"messageId":"test-1","anonymousId":"test-1","event":"Product Viewed","properties":{"product_id":"p-1","name":"Test","price":1280}}'`,
  }
}

export function Install({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const keys = useApi('keys', { ws })
  const write = keys.data?.items.filter(k => k.writeKey && k.revokedAt === null) ?? []
  const [id, setId] = useState<string | null>(null)
  const key = (write.find(k => k.id === id) ?? write[0])?.writeKey ?? 'YOUR_WRITE_KEY'
  const example = examples(location.origin, key)
  return (
    <Stack maw={900}>
      {keys.data && write.length === 0 ? <Text c="dimmed">{t('install.needKey')}</Text> : null}
      {write.length > 1 ? (
        <Select
          maw={320}
          label={t('install.useKey')}
          allowDeselect={false}
          data={write.map(k => ({ value: k.id, label: k.name }))}
          value={id ?? write[0]?.id ?? null}
          onChange={setId}
        />
      ) : null}
      <Example title={t('install.pixel')} text={t('install.pixelText')} code={example.pixel} />
      <Example title={t('install.calls')} text={t('install.callsText')} code={example.calls}>
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th>{t('install.call')}</th>
                <th>{t('install.becomes')}</th>
                <th>{t('install.how')}</th>
              </tr>
            </thead>
            <tbody>
              {CALLS.map(([call, event, how]) => (
                <tr key={how}>
                  <td className="mono pre">{call ?? t('install.auto')}</td>
                  <td className="pre">{event}</td>
                  <td>{t(`install.${how}`)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Example>
      <Example title={t('install.links')} text={t('install.linksText')} code={example.links} />
      <Example title={t('install.browser')} code={example.browser} />
      <Example title={t('install.server')} text={t('install.serverText')} code={example.server} />
      <Example title={t('install.mobile')} code={example.mobile} />
      <Example title={t('install.curl')} text={t('install.curlText')} code={example.curl} />
    </Stack>
  )
}

function Example({
  title,
  text,
  code,
  children,
}: {
  title: string
  text?: string
  code: string
  children?: React.ReactNode
}) {
  return (
    <Card title={title}>
      <Stack gap="xs">
        {text ? <Text size="sm">{text}</Text> : null}
        <CodeBlock text={code} label={title} />
        {children}
      </Stack>
    </Card>
  )
}
