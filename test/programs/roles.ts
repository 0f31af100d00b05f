// One process of the product for kill tests: runs the roles of ROLES on the databases of a test until it is killed.
import { openCore, startRoles } from '../../src/compose.ts'
import { readConfig } from '../../src/platform/config.ts'

const must = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
const config = readConfig(process.env)
const core = await openCore(
  config,
  {
    databaseUrl: must('DATABASE_URL'),
    clickhouseUrl: must('CLICKHOUSE_URL'),
    secretKey: must('SECRET_KEY'),
    baseUrl: process.env.PUBLIC_URL ?? 'http://127.0.0.1:8080',
  },
  { name: 'killed', poolMax: 6 },
)
await startRoles(core, config.roles)
process.stdout.write('ready\n')
