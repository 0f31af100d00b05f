// Finds the Node 24 that runs the product (its TypeScript needs no build), whichever Node started the script.
// Plain Node >= 20, no dependencies: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** Path of a Node >= 24: this one, else the npm package for this platform. */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const name = process.platform === 'win32' ? 'node.exe' : 'bin/node'
  const path = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, name)
  if (existsSync(path)) return path
  throw new Error(
    `No Node 24 found: this is Node ${process.versions.node} and ${process.platform}-${process.arch} has no copy in node_modules. ` +
      'Install Node 24 or later and run the command with it.',
  )
}

/** Installs from the lockfile when node_modules is missing or older than the lockfile. */
export function installIfNeeded() {
  const done = join(root, 'node_modules', '.package-lock.json')
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (npm.status !== 0) throw new Error('npm ci failed; its message is above')
}

/** Path of an installed package's command, as a script for Node. */
export const bin = path => join(root, 'node_modules', path)

/** Runs a command with its output shown; gives the exit code. Ctrl-C reaches the child by itself. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  })
}
