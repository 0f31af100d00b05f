// Serves a Hono app on a free loopback port, for tests that speak real HTTP.
import { serve } from '@hono/node-server'
import type { AddressInfo } from 'node:net'
import type { Hono } from 'hono'

export async function serveApp(app: Hono): Promise<{ url: string; close(): Promise<void> }> {
  return new Promise(resolve => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, info => {
      const { port } = info as AddressInfo
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () => new Promise((done, failed) => server.close(e => (e ? failed(e) : done()))),
      })
    })
  })
}
