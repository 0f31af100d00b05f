// From the post of an event to the first byte of the message at a provider's socket: a journey of trigger and send,
// and a LINE stand-in of our own in this process. Open loop: each event has its moment, late ones count in full.
import { join } from 'node:path'
import { connections } from './load.ts'
import { cpuBetween, machine, percentile, sleep, until, usage } from './machine.ts'
import { importOrdersFile, type ShownImport, writeOrders } from './orders-file.ts'
import { api, ask, newSpace, publishJourney, settled, startProduct } from './product.ts'
import { ms, n, type Report } from './report.ts'
import { befriend, closeSink, connectSink, lineUid, openSink } from './sink.ts'

const PEOPLE = 1_000
const BESIDE_RATE = 100
/** More than an import stores meanwhile: it runs for as long as it is measured. */
const BESIDE_ROWS_PER_S = 15_000

/** `beside`: 100/s once more while a file of orders is imported. */
export async function latency(options: {
  seconds: number
  rates: number[]
  beside: boolean
}): Promise<Report> {
  const sink = await openSink()
  const product = await startProduct()
  try {
    const space = await newSpace(product)
    const webhookUrl = await connectSink(product, space, sink)
    await publishJourney(product, space, {
      format: 1,
      name: 'Ping',
      trigger: { kind: 'event', event: 'Ping' },
      key: 'token',
      reentry: { kind: 'always' },
      exits: [],
      start: 'send',
      nodes: {
        send: {
          type: 'send',
          fields: {
            channel: 'line',
            purpose: 'transactional',
            content: { channel: 'line', messages: [{ type: 'text', text: '您好 token={{ event.token }}' }] },
          },
          next: { accepted: null },
        },
      },
    })
    const http = connections(64)
    const post = async (path: string, body: unknown): Promise<void> => {
      const answer = await http.post(product.baseUrl + path, space.apiKey, JSON.stringify(body))
      if (answer.status !== 200)
        throw new Error(`${path} answered ${answer.status}: ${answer.body.slice(0, 300)}`)
    }
    for (let from = 0; from < PEOPLE; from += 50)
      await post('/v1/batch', {
        batch: Array.from({ length: 50 }, (_, k) => ({
          type: 'identify',
          messageId: `who-${from + k}`,
          userId: `m${from + k}`,
          traits: { name: `顧客${from + k}`, line_uid: lineUid(from + k) },
        })),
      })
    await settled(product, 60_000)
    for (let from = 0; from < PEOPLE; from += 50)
      await befriend(
        webhookUrl,
        Array.from({ length: 50 }, (_, k) => lineUid(from + k)),
      )
    await settled(product, 60_000)

    const before = usage(product.pid)
    const load = machine().load
    const figures: Report['figures'] = []
    let sent = 0
    // the first sends of a process load and compile what the others only use
    const warmUp = 100
    const fire = async (rate: number, count: number, label: string): Promise<number[]> => {
      const posted = new Map<string, number>()
      const open: Promise<void>[] = []
      const began = performance.now()
      for (let i = 0; i < count; i++) {
        const due = began + (i * 1000) / rate
        const wait = due - performance.now()
        if (wait > 1) await sleep(wait)
        const token = `${label}-${i}`
        posted.set(token, Math.max(due, performance.now() - 1000))
        open.push(
          post('/v1/track', {
            event: 'Ping',
            messageId: token,
            userId: `m${(sent + i) % PEOPLE}`,
            properties: { token },
          }),
        )
      }
      await Promise.all(open)
      sent += count
      await until(
        'messages',
        60_000,
        50,
        async () => [...posted.keys()].filter(t => !sink.arrivals.has(t)).length,
        missing => missing === 0,
      ).catch(async error => {
        const { rows } = await product.core.pool.query(
          'select state, reason, count(*)::int as n from message group by 1, 2',
        )
        throw new Error(`${(error as Error).message}; the ledger says ${JSON.stringify(rows)}`)
      })
      return [...posted].map(([t, at]) => sink.arrivals.get(t)! - at).sort((a, b) => a - b)
    }
    await fire(50, warmUp, 'warm')
    const measure = async (rate: number, label: string, what: string): Promise<void> => {
      const took = await fire(rate, Math.max(20, rate * options.seconds), label)
      figures.push({
        what: `${what} (${n(took.length)} events)`,
        value: `p50 ${ms(percentile(took, 0.5))}, p90 ${ms(percentile(took, 0.9))}, p99 ${ms(percentile(took, 0.99))}, max ${ms(took.at(-1)!)}`,
        ...(rate === 100 ? { aim: 'p50 < 15 ms, p99 < 60 ms' } : {}),
      })
    }
    for (const rate of options.rates) await measure(rate, `r${rate}`, `${rate}/s`)
    if (options.beside) {
      const other = await newSpace(product)
      const path = join(product.dataDir, 'bench-orders.csv')
      await writeOrders(path, options.seconds * BESIDE_ROWS_PER_S)
      const { id } = await importOrdersFile(product, other, path)
      await measure(BESIDE_RATE, 'beside', `${BESIDE_RATE}/s beside an import`)
      const { status, rows } = await api<ShownImport>(product, other, 'GET', `/imports/${id}`)
      figures.push({ what: 'rows the import stored meanwhile', value: `${n(rows)} (${status})` })
      if (status === 'running') await api(product, other, 'POST', `/imports/${id}/cancel`)
    }
    http.close()
    await until(
      'outcomes',
      60_000,
      100,
      async () =>
        Number(
          (
            await ask<{ n: string }>(
              product,
              "select count() as n from event where workspace_id = {w: UUID} and name = 'message.accepted'",
              { w: space.id },
            )
          ).n,
        ),
      v => v >= sent,
    )
    const after = usage(product.pid)
    const { rows } = await product.core.pool.query<{ state: string; n: number }>(
      'select state, count(*)::int as n from message where workspace_id = $1 group by 1',
      [space.id],
    )
    const right =
      rows.length === 1 &&
      rows[0]!.state === 'accepted' &&
      rows[0]!.n === sent &&
      sink.keys.size === sent &&
      sink.arrivals.size === sent
    return {
      bench: 'latency',
      size: `${n(PEOPLE)} customers, ${options.seconds} s a rate, event posted to first bytes at the sink`,
      right,
      figures,
      notes: [
        `checked: ${n(sent)} events, ${n(sink.pushes)} pushes at the sink, ${n(sink.keys.size)} distinct retry keys; ledger ${rows.map(r => `${r.state} ${n(r.n)}`).join(', ')}`,
        `CPU seconds: ${cpuBetween(before, after)}; load before ${load}`,
      ],
    }
  } finally {
    await product.stop()
    closeSink(sink)
  }
}
