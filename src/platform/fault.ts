// Named points at which a test may kill this process. Free when ITINERA_FAULT is not set.
// ITINERA_FAULT="point:n" ends the process by SIGKILL the n-th time `point` is reached, after writing the point's
// name to ITINERA_FAULT_FILE, so that the test can assert which point was reached.
import { appendFileSync } from 'node:fs'

const [wanted, nth] = (process.env.ITINERA_FAULT ?? '').split(':')
let left = Number(nth ?? 1)

/** Passes the named point, or ends the process there. */
export function faultPoint(name: string): void {
  if (wanted !== name || --left > 0) return
  const file = process.env.ITINERA_FAULT_FILE
  if (file) appendFileSync(file, name + '\n')
  process.kill(process.pid, 'SIGKILL')
}

/** True when a test asks for this point: pipelined code then waits for its statements before it. */
export const faultsAt = (name: string): boolean => wanted === name
