// What the machine is, and what a tree of processes has used of it (Linux: /proc).
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'

const TICKS_PER_S = 100

export type Usage = { cpuS: Record<string, number>; memoryMb: Record<string, number> }

export function machine(): { cpu: string; cores: number; load: number; commit: string } {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  }).trim()
  return {
    cpu: cpus()[0]?.model ?? '?',
    cores: cpus().length,
    load: Math.round(loadavg()[0]! * 10) / 10,
    commit,
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return '' // it has ended
    throw error
  }
}

type Process = { pid: number; parent: number; name: string; ticks: number; ofChildren: number }

function processes(): Process[] {
  return readdirSync('/proc')
    .filter(n => /^\d+$/.test(n))
    .flatMap(n => {
      const stat = read(`/proc/${n}/stat`)
      if (!stat) return []
      const f = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const line = read(`/proc/${n}/cmdline`).replaceAll('\0', ' ')
      const roles = /src\/app\.ts/.test(line)
        ? (/ROLES=([\w,]+)/.exec(read(`/proc/${n}/environ`))?.[1] ?? 'app')
        : null
      const name =
        roles ??
        (/chdb-child/.test(line)
          ? 'clickhouse'
          : /postgres/.test(line)
            ? 'postgresql'
            : /main\.ts/.test(line)
              ? 'supervisor'
              : 'other')
      return [
        {
          pid: Number(n),
          parent: Number(f[1]),
          name,
          ticks: Number(f[11]) + Number(f[12]),
          ofChildren: Number(f[13]) + Number(f[14]),
        },
      ]
    })
}

/** CPU seconds and memory (proportional share, MB) by kind of process, of `root` and all below it. */
export function usage(root: number): Usage {
  const all = processes()
  const tree = new Set([root])
  for (let grown = true; grown; ) {
    grown = false
    for (const p of all) if (tree.has(p.parent) && !tree.has(p.pid)) grown = !!tree.add(p.pid)
  }
  const out: Usage = { cpuS: {}, memoryMb: {} }
  for (const p of all) {
    if (!tree.has(p.pid)) continue
    // PostgreSQL's workers come and go: their time is counted with the process that started them
    const ticks = p.ticks + (p.name === 'postgresql' ? p.ofChildren : 0)
    out.cpuS[p.name] = (out.cpuS[p.name] ?? 0) + ticks / TICKS_PER_S
    const pss = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${p.pid}/smaps_rollup`))?.[1]
    out.memoryMb[p.name] = (out.memoryMb[p.name] ?? 0) + Number(pss ?? 0) / 1024
  }
  return out
}

export const sum = (r: Record<string, number>): number => Object.values(r).reduce((a, b) => a + b, 0)

/** CPU seconds used between two looks, by process, as one line. */
export function cpuBetween(before: Usage, after: Usage): string {
  return Object.entries(after.cpuS)
    .map(([name, s]) => [name, s - (before.cpuS[name] ?? 0)] as const)
    .filter(([, s]) => s >= 0.05)
    .sort((a, b) => b[1] - a[1])
    .map(([name, s]) => `${name} ${s.toFixed(1)}`)
    .join(', ')
}

export const sleep = (ms: number): Promise<void> => new Promise(r => setTimeout(r, ms))

/** Asks again every `everyMs` until `done`; throws after `limitMs`. */
export async function until<T>(
  what: string,
  limitMs: number,
  everyMs: number,
  ask: () => Promise<T>,
  done: (v: T) => boolean,
): Promise<T> {
  const end = performance.now() + limitMs
  for (;;) {
    const value = await ask()
    if (done(value)) return value
    if (performance.now() > end)
      throw new Error(`${what}: not within ${limitMs / 1000} s, last seen ${JSON.stringify(value)}`)
    await sleep(everyMs)
  }
}

/** The value below which a share `p` of the sorted list lies. */
export function percentile(sorted: number[], p: number): number {
  return sorted.length === 0
    ? Number.NaN
    : sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)]!
}
