// Builds the web app and the pixel into dist/, unless they were built from the same sources.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, node24, root, run } from './node24.mjs'

/** Over everything a build may read; the web also imports the contract and models from src. */
function hashOfSources() {
  const hash = createHash('sha256')
  const add = path =>
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
  for (const dir of ['web', 'pixel', 'src']) {
    if (!existsSync(join(root, dir))) continue
    for (const name of readdirSync(join(root, dir), { recursive: true }).sort()) {
      if (/\.(ts|tsx|css|html|svg|json|mjs|png|ico|woff2)$/.test(name) && !/\.test\.tsx?$/.test(name))
        add(join(dir, name))
    }
  }
  add('package-lock.json')
  return hash.digest('hex')
}

/** @throws when a build fails; what it said is on stderr */
export async function buildIfNeeded() {
  const stamp = join(root, 'dist', 'built-from')
  const hash = hashOfSources()
  if (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === hash &&
    existsSync(join(root, 'dist/web/index.html'))
  )
    return
  for (const folder of ['web', 'pixel']) {
    if (!existsSync(join(root, folder, 'vite.config.ts'))) continue
    console.error(`Building ${folder} …`)
    const args = [
      bin('vite/bin/vite.js'),
      'build',
      '--config',
      `${folder}/vite.config.ts`,
      '--logLevel',
      'warn',
      folder,
    ]
    const code = await run(node24(), args, { stdio: ['ignore', 'ignore', 2] })
    if (code !== 0) throw new Error(`The build of ${folder} failed; its message is above`)
  }
  writeFileSync(stamp, hash)
}
