// What every command has in common: `--json` on standard output, words otherwise, progress on a terminal, exit codes.
import { ConfigError } from '../platform/config.ts'
import { Problem } from '../platform/errors.ts'
import { OtherMajorVersion } from '../platform/embedded/postgres.ts'
import { SchemaMismatch } from '../platform/migrate.ts'

/** 0 done · 1 failed · 2 wrong usage or configuration · 3 a check found faults · 4 refused: see the message */
export const EXIT = { done: 0, failed: 1, usage: 2, faults: 3, refused: 4 } as const

export const EXIT_HELP = `
Exit codes: 0 done; 1 failed; 2 wrong usage or configuration; 3 verify found faults; 4 refused (the message says why).
Works on the installation of DATA_DIR, also while it runs; DATABASE_URL and CLICKHOUSE_URL name other engines.`

/** One line of JSON, or the words. */
export function answer(json: boolean, value: unknown, words: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${words}\n`)
}

export type Progress = { step(text: string, done?: number, total?: number): void; end(): void }

/** A line that is rewritten, on a terminal only: never in a log or a pipe. */
export function openProgress(): Progress {
  const shown = process.stderr.isTTY === true
  let last = ''
  return {
    step(text, done, total) {
      if (!shown) return
      const part = total ? ` ${Math.floor(((done ?? 0) / total) * 100)} %` : ''
      const line = `${text}${part}`
      if (line === last) return
      last = line
      process.stderr.write(`\r\x1b[2K${line}`)
    },
    end() {
      if (shown && last !== '') process.stderr.write('\r\x1b[2K')
    },
  }
}

/** Says what went wrong and what to do; returns the exit code. */
export function explain(error: unknown, json: boolean): number {
  const say = (code: string, title: string, action: string) =>
    process.stderr.write(
      json ? `${JSON.stringify({ code, title, action })}\n` : `itinera: ${title}${action && `\n${action}`}\n`,
    )
  if (error instanceof Problem) {
    say(error.code, error.message, error.action)
    return EXIT.refused
  }
  if (error instanceof ConfigError || error instanceof SchemaMismatch || error instanceof OtherMajorVersion) {
    say('configuration', error.message, '')
    return EXIT.usage
  }
  say('failed', error instanceof Error ? (error.stack ?? error.message) : String(error), '')
  return EXIT.failed
}
