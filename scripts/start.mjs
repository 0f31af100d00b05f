// `npm start`: installs and builds what is missing, then runs src/main.ts under the Node 24 of node_modules.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureInstalled, ensureWebBuilt, findNode, root } from './runtime.mjs'

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(`Itinera needs Node 20 or newer to start; this is ${process.version}.`)
  process.exit(2)
}
let node
try {
  ensureInstalled()
  node = findNode()
  ensureWebBuilt(node)
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

const args = ['--disable-warning=ExperimentalWarning', join(root, 'src/main.ts')]
const DATA_DIR = process.env.DATA_DIR || join(root, 'data')
const env = { NODE_COMPILE_CACHE: join(DATA_DIR, 'compiled'), ...process.env, DATA_DIR }
// a Node that can become another program does; an older one stays as a thin parent
if (process.execve) process.execve(node, [node, ...args], env)

// fd 3 is a pipe that the kernel closes when this process ends in whatever way: the supervisor then stops everything
const child = spawn(node, args, {
  env: { ...env, ITINERA_TIE_FD: '3' },
  stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
