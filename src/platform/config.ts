// The environment, read once and checked. A mistake is refused at start with the variable's name.
import { z } from 'zod'
import { resolve } from 'node:path'

export const ROLE_NAMES = ['web', 'fold', 'deliver', 'history'] as const
export type RoleName = (typeof ROLE_NAMES)[number]

const url = (protocols: string[]) =>
  z.string().refine(v => URL.canParse(v) && protocols.includes(new URL(v).protocol), {
    error: `must be a URL starting with ${protocols.map(p => p + '//').join(' or ')}`,
  })

const schema = z.object({
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65535).default(8080),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATA_DIR: z.string().min(1).default('data'),
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  CLICKHOUSE_URL: url(['http:', 'https:']).optional(),
  ROLES: z
    .string()
    .default(ROLE_NAMES.join(','))
    .transform(v =>
      v
        .split(',')
        .map(r => r.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.enum(ROLE_NAMES, { error: `must list roles among ${ROLE_NAMES.join(', ')}` })).min(1)),
  SECRET_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, { error: 'must be 64 hexadecimal characters (32 bytes)' })
    .optional(),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be debug, info, warn, error or silent',
    })
    .default('info'),
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  ALLOW_PRIVATE_URLS: z
    .enum(['0', '1'], { error: 'must be 0 or 1' })
    .default('0')
    .transform(v => v === '1'),
})

export type Config = {
  port: number
  host: string
  dataDir: string
  databaseUrl: string | undefined
  clickhouseUrl: string | undefined
  roles: RoleName[]
  secretKey: string | undefined
  logLevel: string
  /** base of links in messages; default http://HOST:PORT */
  publicUrl: string | undefined
  /** outgoing calls may reach private and loopback addresses (sandbox accounts always may reach our own stand-in) */
  allowPrivateUrls: boolean
}

export class ConfigError extends Error {}

/** @throws ConfigError naming each wrong variable and what it must be */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, v]) => v !== undefined && v !== ''))
  const result = schema.safeParse(given)
  if (!result.success) {
    throw new ConfigError(result.error.issues.map(i => `${String(i.path[0])}: ${i.message}`).join('\n'))
  }
  const c = result.data
  return {
    port: c.PORT,
    host: c.HOST,
    dataDir: resolve(c.DATA_DIR),
    databaseUrl: c.DATABASE_URL,
    clickhouseUrl: c.CLICKHOUSE_URL,
    roles: c.ROLES,
    secretKey: c.SECRET_KEY?.toLowerCase(),
    logLevel: c.LOG_LEVEL,
    publicUrl: c.PUBLIC_URL,
    allowPrivateUrls: c.ALLOW_PRIVATE_URLS,
  }
}
