// npm test: everything, on a fresh clone. Installs, finds a browser, checks, builds the web, runs every test on the
// embedded engines, and those that speak to PostgreSQL once more on the machine's own server binaries (15+) where there
// are any (TEST_POSTGRES_BIN, else the usual folders). Stops at the first stage that fails. `npm test -- FILTER` runs
// only the test files whose path holds FILTER, without the checks.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { bin, run } from './run.mjs'
import { ensureInstalled, ensureWebBuilt, findNode, root } from './runtime.mjs'

const filters = process.argv.slice(2)
const began = Date.now()
const total = { passed: 0, failed: 0 }
const results = join(root, 'test-results')

function end(failedStage) {
  if (failedStage && total.failed === 0) total.failed = 1
  if (failedStage) console.log(`\nFailed: ${failedStage}`)
  console.log(`${((Date.now() - began) / 1000).toFixed(0)} s in all`)
  console.log(`${total.passed} passed, ${total.failed} failed`)
  process.exit(failedStage || total.failed > 0 ? 1 : 0)
}

async function stage(name, work) {
  console.log(`\n── ${name}`)
  const from = Date.now()
  let good
  try {
    good = await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    good = false
  }
  console.log(`── ${name}: ${good ? 'ok' : 'failed'} in ${((Date.now() - from) / 1000).toFixed(1)} s`)
  if (!good) end(name)
}

/** Path of Chromium; installs it where apt-get may. Null when there is none: the browser tests then fail. */
function findBrowser() {
  const known = [
    process.env.CHROME_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ]
  const found = () => known.find(path => path && existsSync(path)) ?? null
  if (found()) return found()
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = args =>
      spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
    if (apt(['update', '-qq']))
      apt(['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'])
  }
  return found()
}

/** Folder of another PostgreSQL's server programs, 15 or later, and its version; null when there is none. */
function findPostgres() {
  const debian = '/usr/lib/postgresql'
  const folders = process.env.TEST_POSTGRES_BIN
    ? [process.env.TEST_POSTGRES_BIN]
    : [
        ...(existsSync(debian)
          ? readdirSync(debian)
              .sort((a, b) => Number(b) - Number(a))
              .map(v => join(debian, v, 'bin'))
          : []),
        ...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
      ]
  for (const folder of folders) {
    if (!existsSync(join(folder, 'initdb')) || !existsSync(join(folder, 'postgres'))) continue
    const version = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout?.match(
      /\) (\d+)/,
    )?.[1]
    if (Number(version) >= 15) return { folder, version }
  }
  if (process.env.TEST_POSTGRES_BIN)
    throw new Error('TEST_POSTGRES_BIN: no initdb and postgres of version 15 or later there')
  return null
}

async function vitest(name, args, env = {}) {
  mkdirSync(results, { recursive: true })
  const file = join(results, name + '.json')
  rmSync(file, { force: true })
  const code = await run(
    findNode(),
    [
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...args,
    ],
    { env: { ...process.env, NO_COLOR: '1', ...env } },
  )
  if (!existsSync(file)) return false
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const ran = report.numPassedTests + report.numFailedTests
  total.passed += report.numPassedTests
  total.failed += report.numFailedTests
  const pending = report.numPendingTests + report.numTodoTests
  if (pending > 0) console.log(`${pending} tests were skipped`)
  if (ran === 0) console.log('no test ran')
  return code === 0 && report.success && ran > 0
}

await stage('install', () => {
  ensureInstalled()
  console.log('Node for the product: ' + findNode())
  return true
})

let browser = null
await stage('browser', () => {
  browser = findBrowser()
  console.log(
    browser ??
      'No Chromium: install it (apt-get install chromium) or set CHROME_PATH. The browser tests will fail.',
  )
  return true
})
const env = browser ? { CHROME_PATH: browser } : {}

if (filters.length === 0) {
  await stage(
    'checks',
    async () => (await run(process.execPath, [join(root, 'scripts', 'check.mjs'), '--static'])) === 0,
  )
}
await stage('build the web', () => {
  ensureWebBuilt(findNode())
  return true
})
await stage('tests, embedded engines', () => vitest('embedded', filters, env))
if (filters.length === 0) {
  const other = findPostgres()
  if (other) {
    await stage(`tests, PostgreSQL ${other.version} of this machine`, () =>
      vitest('machine', ['.pg.test.ts'], { ...env, TEST_POSTGRES_BIN: other.folder }),
    )
  } else {
    console.log('\nNo other PostgreSQL 15+ on this machine: the engine tests ran on the embedded one only.')
  }
}
end(null)
