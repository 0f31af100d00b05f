#!/usr/bin/env node
// The command `itinera`: runs src/cli/main.ts under the Node 24 of node_modules; `itinera start` and
// `itinera bench` are npm start and npm run bench.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const args = process.argv.slice(2)

if (args[0] === 'start') await import('../scripts/start.mjs')
else if (args[0] === 'bench') {
  process.argv.splice(2, 1) // the script reads the names of benches from its own arguments
  await import('../scripts/bench.mjs')
} else {
  const own = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  const node = existsSync(own) ? own : process.execPath
  if (node === process.execPath && Number(process.versions.node.split('.')[0]) < 24) {
    console.error('itinera: not installed yet. Run `npm ci` (or `npm start`) in its folder first.')
    process.exit(2)
  }
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', join(root, 'src', 'cli', 'main.ts'), ...args],
    {
      stdio: 'inherit',
      env: { ...process.env, DATA_DIR: process.env.DATA_DIR || join(root, 'data') },
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
