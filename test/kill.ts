// Real processes that are killed at named points, for the tests of hard problems 1 and 2.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestCore } from './harness.ts'

export type Victim = {
  pid: number
  /** Resolves when the process has ended; says at which named point it killed itself, if it did. */
  ended: Promise<{ signal: NodeJS.Signals | null; point: string | null }>
  kill(): void
}

/** Starts roles in a process of its own. `fault`: "point:n" (src/platform/fault.ts). Resolves once it runs, or ended. */
export async function startVictim(
  core: TestCore,
  roles: string,
  fault: string | null,
  env: Record<string, string> = {},
): Promise<Victim> {
  const folder = mkdtempSync(join(tmpdir(), 'itinera-kill-'))
  const file = join(folder, 'point')
  const child: ChildProcess = spawn(
    process.execPath,
    [new URL('./programs/roles.ts', import.meta.url).pathname],
    {
      env: {
        ...process.env,
        ROLES: roles,
        DATABASE_URL: core.databaseUrl,
        CLICKHOUSE_URL: core.clickhouseUrl,
        SECRET_KEY: core.secretKey,
        DATA_DIR: folder,
        ...env,
        LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
        ITINERA_FAULT: fault ?? '',
        ITINERA_FAULT_FILE: file,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'exit').then(async ([, signal]) => {
    await connectionsGone(core, child.pid!)
    const point = existsSync(file) ? readFileSync(file, 'utf8').trim() : null
    rmSync(folder, { recursive: true, force: true })
    return { signal: signal as NodeJS.Signals | null, point }
  })
  await Promise.race([once(child.stdout!, 'data'), ended])
  return { pid: child.pid!, ended, kill: () => child.kill('SIGKILL') }
}

/** PostgreSQL notices the end of a killed process a moment later; until then the others leave it its share of the leases. */
async function connectionsGone(core: TestCore, pid: number): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const { rows } = await core.pool.query<{ n: number }>(
      'select count(*)::int as n from pg_stat_activity where application_name like $1',
      [`itinera ${pid}.%`],
    )
    if (rows[0]!.n === 0) return
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  throw new Error(`PostgreSQL still has connections of process ${pid}, which has ended`)
}

/** Small seeded generator (mulberry32), so that a failing round can be run again. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
