// itinera secrets rotate: another SECRET_KEY. The new one stands in a file of its own until the database is sealed under it, so
// that a run that breaks off is finished by the next.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Config, ConfigError, readConfig } from '../platform/config.ts'
import { secretKeyOf } from '../platform/embedded/engines.ts'
import { WrongKey } from '../platform/signing-roots.ts'
import { rotateSecretKey } from '../team/secret-key.ts'
import { withInstallation } from './open.ts'
import { answer } from './output.ts'

const KEY = /^[0-9a-f]{64}$/

type Options = { json?: boolean; leaked?: boolean }

export function addSecretCommands(program: Command): void {
  program
    .command('secrets')
    .description('The key that seals what is secret')
    .command('rotate')
    .description('Change SECRET_KEY; every server process must be stopped')
    .option('--leaked', 'the old key is in wrong hands: links in mails sent before stop working, too')
    .option('--json', 'one line of JSON')
    .action((options: Options) => rotate(readConfig(process.env), options))
}

async function rotate(config: Config, options: Options): Promise<void> {
  const given = config.secretKey !== undefined
  const next = given ? keyFromEnvironment() : keyInFile(config)
  let sealed: Record<string, number> = {}
  try {
    ;({ sealed } = await withInstallation(({ core }) =>
      rotateSecretKey(core.pool, secretKeyOf(config), next, { links: options.leaked === true }),
    ))
  } catch (error) {
    // sealed under the new key already: a run before this one ended between that and the change of the files
    if (given || !(error instanceof WrongKey)) throw error
  }
  const old = given ? null : swapFiles(config)
  const rows = Object.values(sealed).reduce((a, b) => a + b, 0)
  answer(
    options.json === true,
    { sealed, rows, oldKey: old },
    `${rows} secrets are sealed under the new key. ` +
      (old === null
        ? 'Start every process with SECRET_KEY set to what was NEW_SECRET_KEY.'
        : `It is in ${join(config.dataDir, 'secret.key')}: back it up, then start.\nBackups made before open with ${old}: keep it as long as them, apart from them.`),
  )
}

function keyFromEnvironment(): string {
  const key = process.env.NEW_SECRET_KEY?.toLowerCase() ?? ''
  if (KEY.test(key)) return key
  throw new ConfigError(
    'NEW_SECRET_KEY: must be 64 hexadecimal characters (32 bytes), as SECRET_KEY is given by the environment. Make one: openssl rand -hex 32',
  )
}

const pathOf = (config: Config, more = '') => join(config.dataDir, `secret.key${more}`)

/** The key to come: made now, or by a run that broke off. */
function keyInFile(config: Config): string {
  const path = pathOf(config, '.next')
  if (!existsSync(path))
    writeFileSync(path, randomBytes(32).toString('hex') + '\n', { mode: 0o600, flag: 'wx' })
  const key = readFileSync(path, 'utf8').trim()
  if (!KEY.test(key)) throw new ConfigError(`${path} does not hold 64 hexadecimal characters. Remove it.`)
  return key
}

/** Returns the path of the old key. */
function swapFiles(config: Config): string {
  const kept = pathOf(config, `.until-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`)
  renameSync(pathOf(config), kept)
  renameSync(pathOf(config, '.next'), pathOf(config))
  return kept
}
