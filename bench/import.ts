// Import: order rows from a CSV file through the worker thread into the waiting table, and the memory it takes; then how
// long the owners need to fold them, and whether live events still pass meanwhile.
import { createWriteStream, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAsBlob } from 'node:fs'
import { once } from 'node:events'
import { sleep } from './machine.ts'
import { api, newSpace, startProduct, type Product, type Space } from './product.ts'
import { ms, n, type Report } from './report.ts'

type Shown = { id: string; status: string; rows: number; counts: Record<string, number>; problem: unknown }

/** A till's year: `rows` orders of one line each, people who come again. */
async function writeFile(path: string, rows: number): Promise<number> {
  const out = createWriteStream(path)
  out.write('\ufeff訂單編號,訂單時間,會員編號,手機,門市代號,店員代號,品名,貨號,商品分類,單價,數量,總金額\n')
  const people = Math.max(1, Math.round(rows / 5))
  for (let i = 0; i < rows; i++) {
    const who = (i * 7_919) % people
    const day = String(1 + (i % 28)).padStart(2, '0')
    const line = `P${i},2026/0${1 + (i % 9)}/${day} 1${i % 10}:0${i % 6},M-${who},09${String(10_000_000 + who).slice(0, 8)},TPE${i % 40},S${i % 200},高山烏龍 150g,SKU-${i % 500},茶葉,640,${1 + (i % 3)},${640 * (1 + (i % 3))}\n`
    if (!out.write(line)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  return out.bytesWritten
}

/** Resident memory of the process that answers HTTP, in MB: the import's thread is part of it. */
async function webMemory(product: Product): Promise<number> {
  const { rows } = await product.core.pool.query<{ id: string }>(
    "select id from process_metrics where 'web' = any(roles)",
  )
  const pid = Number(rows[0]?.id.split('.')[0])
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024
}

async function upload(product: Product, space: Space, path: string): Promise<Shown> {
  const answer = await fetch(
    `${product.baseUrl}/api/w/${space.publicId}/import-files?name=bench.csv&target=orders&start=1`,
    { method: 'POST', headers: { authorization: `Bearer ${space.apiKey}` }, body: await openAsBlob(path) },
  )
  if (answer.status !== 201) throw new Error(`upload: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Shown
}

export async function importOrders(options: { rows: number }): Promise<Report> {
  const { rows } = options
  const folder = await mkdtemp(join(tmpdir(), 'itinera-bench-import-'))
  const product = await startProduct()
  try {
    const path = join(folder, 'orders.csv')
    const bytes = await writeFile(path, rows)
    const space = await newSpace(product)
    await sleep(6_000) // until the process has told of itself
    const before = await webMemory(product)
    let most = before
    const probes: number[] = []
    const began = performance.now()
    const { id } = await upload(product, space, path)
    const uploadedMs = performance.now() - began
    let shown: Shown
    do {
      await sleep(200)
      most = Math.max(most, await webMemory(product))
      const asked = performance.now()
      shown = await api<Shown>(product, space, 'GET', `/imports/${id}`)
      probes.push(performance.now() - asked)
    } while (['queued', 'running'].includes(shown.status))
    const importS = (performance.now() - began - uploadedMs) / 1000
    let left = 1
    while (left > 0) {
      await sleep(250)
      const { rows: counted } = await product.core.pool.query<{ left: number }>(
        'select (select count(*) from bulk)::int + (select count(*) from inbox)::int as left',
      )
      left = counted[0]!.left
    }
    const foldedS = (performance.now() - began - uploadedMs) / 1000
    const { rows: kept } = await product.core.pool.query<{ n: number }>(
      'select count(*)::int n from order_entry where workspace_id = $1',
      [space.id],
    )
    probes.sort((a, b) => a - b)
    const right = shown.status === 'done' && shown.counts.new === rows && kept[0]!.n === rows
    return {
      bench: 'import',
      size: `${n(rows)} order rows, ${n(bytes / 1024 / 1024)} MB`,
      figures: [
        { what: 'rows into the waiting table', value: `${n(rows / importS)}/s`, aim: '>= 10,000/s' },
        { what: 'rows until folded', value: `${n(rows / foldedS)}/s` },
        { what: 'more memory of the web process', value: `${n(most - before)} MB`, aim: '< 200 MB' },
        { what: 'upload', value: ms(uploadedMs) },
        {
          what: 'answers of the API meanwhile, p95',
          value: ms(probes[Math.floor(probes.length * 0.95)] ?? 0),
        },
      ],
      right,
      notes: right
        ? []
        : [
            `ended as ${shown.status} ${JSON.stringify(shown.counts)} ${JSON.stringify(shown.problem)}, ${kept[0]!.n} orders kept`,
          ],
    }
  } finally {
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
