// npm run bench [name …]: see bench/run.ts.
import { join } from 'node:path'
import { ensureInstalled, ensureWebBuilt, findNode, root } from './runtime.mjs'
import { run } from './run.mjs'

ensureInstalled()
const node = findNode()
ensureWebBuilt(node)
process.exit(
  await run(node, [
    '--disable-warning=ExperimentalWarning',
    join(root, 'bench', 'run.ts'),
    ...process.argv.slice(2),
  ]),
)
