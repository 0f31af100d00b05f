// Import: order rows from a CSV file through the worker thread into the waiting table, and the memory it takes; then how
// long the owners need to fold them, and whether live events still pass meanwhile.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MOST_MORE_MB } from '../src/imports/workers.ts'
import { cpuBetween, sleep, usage } from './machine.ts'
import { importOrdersFile, type ShownImport, writeOrders } from './orders-file.ts'
import { api, newSpace, startProduct, type Product } from './product.ts'
import { ms, n, type Report } from './report.ts'

/** So many bring the web process's own heap to the size that it has while it is asked: with a hundred, the questions of this
 *  bench during 140 s touched 80 MB more of it (its used part grew by 2 MB a second until collected), import or none. */
const WARM_REQUESTS = 3_000

/** Resident memory of the process that answers HTTP, in MB: the import's thread is part of it. */
async function webMemory(product: Product): Promise<number> {
  const { rows } = await product.core.pool.query<{ id: string }>(
    "select id from process_metrics where 'web' = any(roles)",
  )
  const pid = Number(rows[0]?.id.split('.')[0])
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024
}

export async function importOrders(options: { rows: number }): Promise<Report> {
  const { rows } = options
  const folder = await mkdtemp(join(tmpdir(), 'itinera-bench-import-'))
  const product = await startProduct()
  try {
    const path = join(folder, 'orders.csv')
    const bytes = await writeOrders(path, rows)
    const space = await newSpace(product)
    await sleep(6_000) // until the process has told of itself
    // what a process loads and compiles at its first requests is not the import's
    for (let i = 0; i < WARM_REQUESTS; i++) await api(product, space, 'GET', '/imports')
    const before = await webMemory(product)
    let most = before
    const probes: number[] = []
    const cpuBefore = usage(product.pid)
    const began = performance.now()
    const { id } = await importOrdersFile(product, space, path)
    const uploadedMs = performance.now() - began
    let shown: ShownImport
    do {
      await sleep(200)
      most = Math.max(most, await webMemory(product))
      const asked = performance.now()
      shown = await api<ShownImport>(product, space, 'GET', `/imports/${id}`)
      probes.push(performance.now() - asked)
    } while (['queued', 'running'].includes(shown.status))
    const importS = (performance.now() - began - uploadedMs) / 1000
    const cpuStored = usage(product.pid)
    let left = true
    while (left) {
      await sleep(250)
      const { rows: looked } = await product.core.pool.query<{ left: boolean }>(
        'select exists (select from bulk) or exists (select from inbox) as left',
      )
      left = looked[0]!.left
    }
    const foldedS = (performance.now() - began - uploadedMs) / 1000
    const cpuFolded = usage(product.pid)
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
        {
          what: 'more memory of the web process',
          value: `${n(most - before)} MB`,
          aim: `< ${MOST_MORE_MB} MB`,
        },
        { what: 'upload', value: ms(uploadedMs) },
        {
          what: 'answers of the API meanwhile, p95',
          value: ms(probes[Math.floor(probes.length * 0.95)] ?? 0),
        },
      ],
      right,
      notes: [
        `CPU seconds until stored: ${cpuBetween(cpuBefore, cpuStored)}; from then until folded: ${cpuBetween(cpuStored, cpuFolded)}`,
        ...(right
          ? []
          : [
              `ended as ${shown.status} ${JSON.stringify(shown.counts)} ${JSON.stringify(shown.problem)}, ${kept[0]!.n} orders kept`,
            ]),
      ],
    }
  } finally {
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
