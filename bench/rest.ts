// The second start of an installation, and what it costs to do nothing; the size of the first page.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cpuBetween, machine, sleep, sum, usage } from './machine.ts'
import { newSpace, startProduct, temporaryDataDir } from './product.ts'
import { n, type Report } from './report.ts'

export async function startAndIdle(options: { seconds: number }): Promise<Report> {
  const dir = temporaryDataDir()
  try {
    const first = await startProduct(dir)
    await newSpace(first)
    await first.stop()
    const load = machine().load
    const product = await startProduct(dir)
    try {
      await sleep(10_000) // what a start leaves to do
      const before = usage(product.pid)
      const began = performance.now()
      await sleep(options.seconds * 1000)
      const seconds = (performance.now() - began) / 1000
      const after = usage(product.pid)
      const share = (sum(after.cpuS) - sum(before.cpuS)) / seconds
      const page = firstPage()
      return {
        bench: 'start and idle',
        size: `one workspace, ${options.seconds} s at rest`,
        right: true,
        figures: [
          { what: 'first start (makes the data folder)', value: `${(first.readyMs / 1000).toFixed(1)} s` },
          { what: 'second start', value: `${(product.readyMs / 1000).toFixed(1)} s`, aim: '< 8 s' },
          { what: 'at rest', value: `${(share * 100).toFixed(1)} % of a core`, aim: '< 2 %' },
          { what: 'memory in all (proportional)', value: `${n(sum(after.memoryMb))} MB`, aim: '< 900 MB' },
          ...(page === null
            ? []
            : [
                {
                  what: 'first page',
                  value: `${(page / 1024).toFixed(0)} KB of JS gzipped`,
                  aim: '< 350 KB',
                },
              ]),
        ],
        notes: [
          `CPU seconds at rest: ${cpuBetween(before, after) || 'under 0.05 each'}; memory ${Object.entries(
            after.memoryMb,
          )
            .map(([k, v]) => `${k} ${n(v)} MB`)
            .join(', ')}; load before ${load}`,
        ],
      }
    } finally {
      await product.stop()
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Gzipped bytes of the scripts that index.html and the home page load; null when the web is not built. */
export function firstPage(): number | null {
  const out = join(import.meta.dirname, '../dist/web')
  const manifest = join(out, '.vite/manifest.json')
  if (!existsSync(manifest)) return null
  const entries = JSON.parse(readFileSync(manifest, 'utf8')) as Record<
    string,
    { file: string; imports?: string[] }
  >
  const files = new Set<string>()
  const visit = (key: string): void => {
    const entry = entries[key]
    if (!entry || files.has(entry.file)) return
    files.add(entry.file)
    entry.imports?.forEach(visit)
  }
  for (const key of ['index.html', 'frame/frame.tsx', 'pages/home.tsx']) visit(key)
  return [...files]
    .filter(f => f.endsWith('.js'))
    .reduce((bytes, f) => bytes + readFileSync(join(out, f + '.gz')).length, 0)
}
