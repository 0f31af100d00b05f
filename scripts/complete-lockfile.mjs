// Adds to package-lock.json the optional packages of other platforms that npm left out (it does where a registry does
// not serve them), so that `npm ci` accepts the file everywhere. Run it after every `npm install`.
// `--check` only says whether something is missing. Entries made here carry no integrity hash: npm fills it in where it
// installs them for the first time.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const path = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8'))
const packages = lock.packages

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'wasi',
  'win32',
]
const CPU = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32']

/** What a package's name says about where it runs: `@x/y-linux-x64-musl`. */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const os = OS.filter(o => words.includes(o) || (o === 'win32' && words.includes('windows')))
  const cpu = CPU.filter(c => words.includes(c) || words.some(w => c === 'ppc64' && w === 'ppc64le'))
  return {
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(words.some(w => w.startsWith('musl')) ? { libc: ['musl'] } : {}),
    ...(words.some(w => w === 'gnu') ? { libc: ['glibc'] } : {}),
    ...(os.length > 0 ? { os } : {}),
  }
}

/** Whether a package below `from` finds `name`, as Node looks for it. */
function isThere(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[(at ? `${at}/` : '') + `node_modules/${name}`]) return true
    if (at === '') return false
  }
}

const added = []
for (const [from, entry] of Object.entries({ ...packages })) {
  for (const [name, wanted] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isThere(from, name)) continue
    packages[`node_modules/${name}`] = {
      version: wanted.replace(/^[\^~]/, ''),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...platformOf(name),
    }
    added.push(name)
  }
}
if (added.length === 0) process.exit(0)
if (process.argv.includes('--check')) {
  console.error(`package-lock.json lacks ${added.join(', ')}: run node scripts/complete-lockfile.mjs`)
  process.exit(1)
}
const root = packages['']
lock.packages = {
  '': root,
  ...Object.fromEntries(
    Object.entries(packages)
      .filter(([k]) => k !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ),
}
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`added ${added.length}: ${added.join(', ')}`)
