// A till's year as a CSV file, and its upload: what the benches import.
import { createWriteStream, openAsBlob } from 'node:fs'
import { once } from 'node:events'
import type { Product, Space } from './product.ts'

export type ShownImport = {
  id: string
  status: string
  rows: number
  counts: Record<string, number>
  problem: unknown
}

/** `rows` orders of one line each, of people who come again. Returns its bytes. */
export async function writeOrders(path: string, rows: number): Promise<number> {
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

/** Uploads the file and has it run at once. */
export async function importOrdersFile(product: Product, space: Space, path: string): Promise<ShownImport> {
  const answer = await fetch(
    `${product.baseUrl}/api/w/${space.publicId}/import-files?name=bench.csv&target=orders&start=1`,
    { method: 'POST', headers: { authorization: `Bearer ${space.apiKey}` }, body: await openAsBlob(path) },
  )
  if (answer.status !== 201) throw new Error(`upload: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as ShownImport
}
