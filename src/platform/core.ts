// What every role is given when it starts. Composed once in main.ts (and by tests); nothing here is global.
import type { Registry } from 'prom-client'
import type { History } from './clickhouse.ts'
import type { Config } from './config.ts'
import type { Log } from './log.ts'
import type { Pool } from './postgres.ts'
import type { Secrets } from './secrets.ts'
import type { Signals } from './signals.ts'

export type Core = {
  config: Config
  log: Log
  /** for connections of a role's own (pipelined loops, listen) */
  databaseUrl: string
  clickhouseUrl: string
  pool: Pool
  history: History
  signals: Signals
  secrets: Secrets
  metrics: Registry
  /** base of links in messages and of our own stand-in, without a trailing slash; known once the web role listens */
  baseUrl: string
  /** name of this process in leases and claims: pid and a random part */
  processId: string
}

/** A role that runs: `tick` does one round of what is due and says whether there was work (tests drive it),
 *  `start` runs it in a loop, `stop` ends it after the current round. */
export type Role = { start(): void; stop(): Promise<void> }
