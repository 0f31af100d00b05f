// Coupons used over HTTP, as tills do: a steady stream of redemptions, each with its moment, alone and beside an import of
// orders. Every code is used once, and the books must say so.
import { join } from 'node:path'
import { connections } from './load.ts'
import { cpuBetween, machine, percentile, sleep, until, usage } from './machine.ts'
import { importOrdersFile, writeOrders } from './orders-file.ts'
import { api, newSpace, type Product, settled, type Space, startProduct } from './product.ts'
import { ms, n, type Report } from './report.ts'

const RATE = 500
const EACH = 10
const LANES = 64
const BESIDE_ROWS_PER_S = 15_000

export async function redeem(options: { seconds: number; beside: boolean }): Promise<Report> {
  const runs = options.beside ? 2 : 1
  const wanted = RATE * options.seconds * runs
  const people = Math.ceil(wanted / EACH)
  const product = await startProduct()
  const http = connections(256)
  try {
    const space = await newSpace(product)
    const base = `${product.baseUrl}/api/w/${space.publicId}`
    const post = async (url: string, body: unknown): Promise<string> => {
      const answer = await http.post(url, space.apiKey, JSON.stringify(body))
      if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${answer.body.slice(0, 300)}`)
      return answer.body
    }
    await api(product, space, 'POST', '/coupons', {
      key: 'SPRING',
      name: '春季折價券',
      kind: 'amount',
      value: 100,
      valid: null,
      limit: null,
      perPerson: null,
      place: null,
      remindDays: [],
    })
    for (let from = 0; from < people; from += 50)
      await post(`${product.baseUrl}/v1/batch`, {
        batch: Array.from({ length: Math.min(50, people - from) }, (_, k) => ({
          type: 'identify',
          messageId: `who-${from + k}`,
          userId: `m${from + k}`,
          traits: { name: `顧客${from + k}` },
        })),
      })
    await settled(product, 120_000)
    const found = await everybody(product, space, people)
    const codes: string[] = []
    const jobs = found.flatMap(customer => Array.from({ length: EACH }, () => customer))
    const gaveFrom = performance.now()
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let customer = jobs.pop(); customer !== undefined; customer = jobs.pop()) {
          const answer = await post(`${base}/customers/${customer}/coupons`, { coupon: 'SPRING' })
          codes.push((JSON.parse(answer) as { code: string }).code)
        }
      }),
    )
    const gaveS = (performance.now() - gaveFrom) / 1_000
    await settled(product, 120_000)

    const figures: Report['figures'] = [
      { what: `given (${n(codes.length)}, ${LANES} at once)`, value: `${n(codes.length / gaveS)}/s` },
    ]
    const before = usage(product.pid)
    const load = machine().load
    let used = 0
    const fire = async (count: number): Promise<{ took: number[]; seconds: number }> => {
      const took: number[] = []
      const open: Promise<void>[] = []
      const began = performance.now()
      for (let i = 0; i < count; i++) {
        const due = began + (i * 1_000) / RATE
        const wait = due - performance.now()
        if (wait > 1) await sleep(wait)
        const code = codes[used++]!
        open.push(
          post(`${base}/coupon-redemptions`, { code, ref: `o-${code}` }).then(() => {
            took.push(performance.now() - due)
          }),
        )
      }
      await Promise.all(open)
      return { took: took.sort((a, b) => a - b), seconds: (performance.now() - began) / 1_000 }
    }
    const measure = async (what: string, count: number) => {
      const { took, seconds } = await fire(count)
      figures.push({
        what: `${what} (${n(count)})`,
        value: `${n(count / seconds)}/s, p50 ${ms(percentile(took, 0.5))}, p99 ${ms(percentile(took, 0.99))}, max ${ms(took.at(-1)!)}`,
        aim: '500/s, p50 < 20 ms, p99 < 80 ms',
      })
    }
    await fire(Math.min(200, Math.floor(codes.length / 20))) // what the first ones load and compile
    await measure(`${RATE}/s`, Math.floor((codes.length - used) / runs))
    if (options.beside) {
      const path = join(product.dataDir, 'orders.csv')
      await writeOrders(path, BESIDE_ROWS_PER_S * options.seconds)
      await importOrdersFile(product, space, path)
      await measure(`${RATE}/s beside an import`, codes.length - used)
    }
    await settled(product, 600_000)
    const { rows } = await product.core.pool.query<{ n: number }>(
      `select count(*)::int as n from coupon_issue where workspace_id = $1 and entry = 'redeemed'`,
      [space.id],
    )
    return {
      bench: 'redeem',
      size: `${n(people)} people, load ${load}`,
      figures,
      right: rows[0]!.n === used,
      notes: [
        `${n(used)} used, ${n(rows[0]!.n)} in the books; CPU ${cpuBetween(before, usage(product.pid))}`,
      ],
    }
  } finally {
    http.close()
    await product.stop()
  }
}

/** Everybody's public id, once the list knows them all. */
async function everybody(product: Product, space: Space, people: number): Promise<string[]> {
  await until(
    'the list of customers',
    120_000,
    500,
    async () => (await api<{ total: number }>(product, space, 'GET', '/customers?limit=1')).total,
    total => total === people,
  )
  return customersOf(product, space)
}

async function customersOf(product: Product, space: Space): Promise<string[]> {
  const items: string[] = []
  let next: string | null = null
  do {
    const found: { items: { id: string }[]; next: string | null } = await api(
      product,
      space,
      'GET',
      `/customers?limit=200${next === null ? '' : `&cursor=${encodeURIComponent(next)}`}`,
    )
    items.push(...found.items.map(i => i.id))
    next = found.next
  } while (next !== null)
  return items
}
