// Child processes that never outlive their parent, and strays recognised by pid and start time, never by name.
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { setPriority } from 'node:os'
import { join } from 'node:path'

/** When a process started, as text that differs between two processes that had the same pid; null when it is gone. */
export function startTimeOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const stat = readOrNull(`/proc/${pid}/stat`)
    if (stat === null) return null
    // the command name is in brackets and may hold spaces: fields are counted from the last bracket
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? null : fields[19]!
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch (error) {
    if ((error as { status?: number }).status === 1) return null // ps: no such process
    throw error
  }
}

/** Where Node keeps what it made of our sources: of a process that strips types and compiles anew each time, starting took half
 *  as long again and 10 to 15 MB more. */
export const compileCache = (dataDir: string): string =>
  process.env.NODE_COMPILE_CACHE || join(dataDir, 'compiled')

/** Of 5, 10 and 15 with 100 messages a second in a row of three: p99 46, 43-57, 93-103 ms; 38, 44, 44; 32, 41, 50. With 10 what is
 *  under full load is in history as soon as with 5. */
const BEHIND = 10

/** Lets a process that was just started, with the threads it is going to have, come behind the others where they all want the
 *  processor. A courtesy: where it cannot be done, all are equal. */
export function mayWait(pid: number): void {
  try {
    setPriority(pid, BEHIND)
  } catch {
    // it has ended, or the system has no priorities
  }
}

export const isAlive = (pid: number): boolean => startTimeOf(pid) !== null

export function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return null
    throw error
  }
}

/** Sends `signals` one after another, waiting `waitMs` after each, until the process that has this start time is
 *  gone. True when it is. */
export async function stopPid(
  pid: number,
  startTime: string,
  signals: { signal: NodeJS.Signals; waitMs: number }[],
): Promise<boolean> {
  for (const { signal, waitMs } of signals) {
    if (startTimeOf(pid) !== startTime) return true
    try {
      process.kill(pid, signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      return true
    }
    const end = Date.now() + waitMs
    while (Date.now() < end) {
      if (startTimeOf(pid) !== startTime) return true
      await new Promise(r => setTimeout(r, 20))
    }
  }
  return startTimeOf(pid) !== startTime
}

// `sh` starts the program and a reader of the pipe on fd 3. When the parent ends in whatever way, the kernel closes
// its end of the pipe, the reader sees the end of file and sends the program the signal. Costs 1 MB and no polling;
// prctl(PR_SET_PDEATHSIG) would do, but Node cannot call it and macOS lacks it.
const TIE = `sig=$1; shift
"$@" 3<&- &
p=$!
( read -r _ <&3; kill -"$sig" $p 2>/dev/null ) &
w=$!
exec 3<&-
wait $p; code=$?
kill -9 $w 2>/dev/null
exit $code`

/** Starts a foreign program that gets `signal` when this process ends, also by SIGKILL. */
export function spawnTied(
  command: string,
  args: string[],
  options: {
    signal: 'INT' | 'TERM' | 'KILL'
    cwd: string
    env: NodeJS.ProcessEnv
    uid?: number
    gid?: number
    logFd: number
  },
): ChildProcess {
  const { signal, logFd, ...rest } = options
  // a session of its own (detached): Ctrl-C at the terminal reaches only the supervisor, which stops children in order
  return spawn('/bin/sh', ['-c', TIE, 'tie', signal, command, ...args], {
    ...rest,
    detached: true,
    stdio: ['ignore', logFd, logFd, 'pipe'],
  })
}

/** A free TCP port on loopback: `preferred` when it is free, else one the system picks. */
export async function freePort(preferred?: number): Promise<number> {
  const attempt = (port: number): Promise<number | null> =>
    new Promise((resolve, reject) => {
      const server = createServer()
      server.once('error', (e: NodeJS.ErrnoException) =>
        e.code === 'EADDRINUSE' || e.code === 'EACCES' ? resolve(null) : reject(e),
      )
      server.listen(port, '127.0.0.1', () => {
        const address = server.address() as { port: number }
        server.close(() => resolve(address.port))
      })
    })
  const port = (preferred ? await attempt(preferred) : null) ?? (await attempt(0))
  if (port === null) throw new Error('no free TCP port on 127.0.0.1')
  return port
}

/** Resolves with what ended the child. */
export const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null)
      resolve(child.signalCode ?? `code ${child.exitCode}`)
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
    child.once('error', e => resolve(e.message))
  })
