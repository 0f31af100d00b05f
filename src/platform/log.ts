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

/** What a log says of an error. A text may quote data: the beginning of it says enough. */
export const faultOf = (error: unknown): { code?: string; error: string } => {
  const { code, message } = error as { code?: string; message: string }
  return { ...(code === undefined ? {} : { code }), error: message.slice(0, 200) }
}
