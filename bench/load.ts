// Load over HTTP: connections that each keep one batch under way, as a shop's server would.
import { Agent, request } from 'node:http'
import { sleep } from './machine.ts'

export type Answer = { status: number; body: string; retryAfterS: number }

export function connections(max: number): {
  post(url: string, key: string, body: string): Promise<Answer>
  close(): void
} {
  const agent = new Agent({ keepAlive: true, maxSockets: max })
  return {
    post(url, key, body) {
      return new Promise((resolve, reject) => {
        const bytes = Buffer.from(body)
        const req = request(
          url,
          {
            agent,
            method: 'POST',
            headers: {
              authorization: `Bearer ${key}`,
              'content-type': 'application/json',
              'content-length': bytes.length,
            },
          },
          res => {
            let text = ''
            res.setEncoding('utf8')
            res.on('data', (chunk: string) => {
              text += chunk
            })
            res.on('end', () =>
              resolve({
                status: res.statusCode ?? 0,
                body: text,
                retryAfterS: Number(res.headers['retry-after'] ?? 1),
              }),
            )
            res.on('error', reject)
          },
        )
        req.on('error', reject)
        req.end(bytes)
      })
    },
    close: () => agent.destroy(),
  }
}

/** Keeps `lanes` batches under way until `next` gives null. A refused batch (429) is sent again after what Retry-After
 *  says; any other answer ends the bench. `taken` is told when a batch was acknowledged. */
export async function pump(options: {
  url: string
  key: string
  lanes: number
  next(): { items: string[]; fresh: number } | null
  taken(batch: { items: string[]; fresh: number }): void
  refused?(): void
}): Promise<void> {
  const http = connections(options.lanes)
  const lane = async (): Promise<void> => {
    for (let batch = options.next(); batch; batch = options.next()) {
      const body = `{"batch":[${batch.items.join(',')}],"sentAt":"${new Date().toISOString()}"}`
      for (;;) {
        const answer = await http.post(options.url + '/v1/batch', options.key, body)
        if (answer.status === 429) {
          options.refused?.()
          await sleep(answer.retryAfterS * 1000)
          continue
        }
        if (answer.status !== 200)
          throw new Error(`intake answered ${answer.status}: ${answer.body.slice(0, 300)}`)
        const told = JSON.parse(answer.body) as { rejected?: unknown[] | number }
        const rejected = Array.isArray(told.rejected) ? told.rejected.length : (told.rejected ?? 0)
        if (rejected > 0)
          throw new Error(`intake rejected ${rejected} of a batch: ${answer.body.slice(0, 300)}`)
        break
      }
      options.taken(batch)
    }
  }
  try {
    await Promise.all(Array.from({ length: options.lanes }, lane))
  } finally {
    http.close()
  }
}
