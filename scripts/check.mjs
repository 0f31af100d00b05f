// npm run check: format and lint, types, dead code, then the checks that are tests (import directions, texts, golden
// files). `--fix` mends what can be mended; `--static` leaves the tests out (npm test runs them with the others).
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bin, run } from './run.mjs'
import { ensureInstalled, findNode, root } from './runtime.mjs'

const args = new Set(process.argv.slice(2))
ensureInstalled()
const node = findNode()

const stages = [
  {
    name: 'lockfile',
    args: [join(root, 'scripts/complete-lockfile.mjs'), '--check'],
    mend: 'node scripts/complete-lockfile.mjs',
  },
  {
    name: 'format and lint',
    args: [
      bin('@biomejs/biome/bin/biome'),
      args.has('--fix') ? 'check' : 'ci',
      ...(args.has('--fix') ? ['--write'] : []),
      '--colors=off',
      '.',
    ],
    mend: 'npm run check -- --fix',
  },
  ...['.', 'web', 'pixel']
    .filter(folder => existsSync(join(root, folder, 'tsconfig.json')))
    .map(folder => ({
      name: `types (${folder})`,
      args: [bin('typescript/bin/tsc'), '-p', folder],
      mend: 'correct the types above',
    })),
  {
    name: 'dead code',
    args: [bin('knip/bin/knip.js'), '--no-progress'],
    mend: 'remove what nothing uses (or stop exporting it)',
  },
]
if (!args.has('--static')) {
  stages.push({
    name: 'architecture and golden files',
    args: [bin('vitest/vitest.mjs'), 'run', 'test/architecture', 'test/golden'],
    mend: 'the message above says how',
  })
}

for (const stage of stages) {
  const began = Date.now()
  const code = await run(node, stage.args)
  console.log(
    `${code === 0 ? 'ok    ' : 'FAILED'} ${stage.name} (${((Date.now() - began) / 1000).toFixed(1)} s)${code === 0 ? '' : ': ' + stage.mend}`,
  )
  if (code !== 0) process.exit(1)
}
