// Logs: JSON off a terminal, readable on one. No personal data or secrets: log ids, counts and codes only.
import { pino, type Logger } from 'pino'

export type Log = Logger

export function openLog(level: string, name: string): Log {
  const options = {
    level,
    base: { name, pid: process.pid },
    redact: { paths: ['*.email', '*.phone', '*.password', '*.secret', '*.token', '*.authorization', '*.body'], censor: '[hidden]' },
  }
  return process.stdout.isTTY
    ? pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } })
    : pino(options)
}
