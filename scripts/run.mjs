// Running installed commands from scripts, with their output shown.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './runtime.mjs'

/** Path of an installed package's command, as a script for Node. */
export const bin = path => join(root, 'node_modules', path)

/** Runs a command in the project's folder; gives the exit code, 1 when a signal ended it. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  })
}
