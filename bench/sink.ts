// A LINE Messaging API of our own in the bench's process, the account that sends to it, and its people.
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { api, type Product, type Space } from './product.ts'

export type Sink = {
  server: Server
  url: string
  arrivals: Map<string, number>
  pushes: number
  keys: Set<string>
}

/** A LINE Messaging API that accepts every push and notes when its first bytes came. */
export async function openSink(): Promise<Sink> {
  const sink: Omit<Sink, 'url' | 'server'> = { arrivals: new Map(), pushes: 0, keys: new Set() }
  const server = createServer((req, res) => {
    const first = performance.now() // the headers are the first bytes
    if (req.method === 'GET') {
      // who somebody is that became a friend, and whether LINE is there
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"displayName":"顧客"}')
      return
    }
    let body = ''
    req.setEncoding('utf8')
    req.on('data', (chunk: string) => {
      body += chunk
    })
    req.on('end', () => {
      const token = /token=([\w-]+)/.exec(body)?.[1]
      const key = String(req.headers['x-line-retry-key'] ?? '')
      sink.pushes++
      sink.keys.add(key)
      if (token && !sink.arrivals.has(token)) sink.arrivals.set(token, first)
      res
        .writeHead(200, { 'content-type': 'application/json', 'x-line-request-id': key })
        .end(`{"sentMessages":[{"id":"${sink.pushes}"}]}`)
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>(r => server.listen(0, '127.0.0.1', r))
  return Object.assign(sink, { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
}

export function closeSink(sink: Sink): void {
  sink.server.close()
  sink.server.closeAllConnections()
}

const SECRET = 'bench'

/** The workspace's LINE account, at the sink. Returns the address of its webhook.
 *  @param ratePerSecond how many messages a second it may be asked for; else as many as LINE takes */
export async function connectSink(
  product: Product,
  space: Space,
  sink: Sink,
  ratePerSecond?: number,
): Promise<string> {
  const account = await api<{ webhookUrl: string }>(product, space, 'PUT', '/channels/line', {
    name: 'Sink',
    settings: {
      baseUrl: sink.url,
      ...(ratePerSecond === undefined ? {} : { ratePerSecond: String(ratePerSecond) }),
    },
    secrets: { accessToken: 'bench', channelSecret: SECRET },
  })
  return account.webhookUrl
}

/** The LINE user id of the i-th person. */
export const lineUid = (i: number): string => `U${i.toString(16).padStart(32, '0')}`

/** LINE's own word that these people added the account: nobody else is sent to. */
export async function befriend(webhookUrl: string, users: string[]): Promise<void> {
  const body = JSON.stringify({
    destination: 'bench',
    events: users.map(userId => ({
      type: 'follow',
      mode: 'active',
      webhookEventId: `follow-${userId}`,
      timestamp: Date.now(),
      deliveryContext: { isRedelivery: false },
      source: { type: 'user', userId },
      replyToken: 'none',
      follow: { isUnblocked: false },
    })),
  })
  const signature = createHmac('sha256', SECRET).update(body).digest('base64')
  const answer = await fetch(webhookUrl, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-line-signature': signature },
  })
  if (!answer.ok)
    throw new Error(`the webhook answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
}
