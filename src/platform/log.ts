// Logs: JSON off a terminal, readable on one. No personal data or secrets: log ids, counts and codes only.
import { destination, type Logger, pino } from 'pino'

export type Log = Logger

/** `fd` 2: for commands whose standard output is their answer. */
export function openLog(level: string, name: string, fd: 1 | 2 = 1): Log {
  const options = {
    level,
    base: { name, pid: process.pid },
    redact: {
      paths: ['*.email', '*.phone', '*.password', '*.secret', '*.token', '*.authorization', '*.body'],
      censor: '[hidden]',
    },
  }
  return (fd === 1 ? process.stdout : process.stderr).isTTY
    ? pino({
        ...options,
        transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', destination: fd } },
      })
    : pino(options, destination({ fd, sync: fd === 2 }))
}
