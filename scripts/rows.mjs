// npm run rows: which hard problems and requirement rows (R1-39 …) have tests, found by the tests' names.
// `npm run rows -- FILE.md` also lists the rows that FILE names and no test does.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './runtime.mjs'

const tests = ['src', 'test', 'web', 'pixel', 'bench']
  .flatMap(folder => {
    try {
      return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(f =>
        join(root, folder, f),
      )
    } catch (error) {
      if (error.code === 'ENOENT') return []
      throw error
    }
  })
  .filter(f => /\.test\.tsx?$/.test(f))

const found = new Map()
for (const file of tests) {
  for (const [, , name] of readFileSync(file, 'utf8').matchAll(
    /\b(?:test|it|describe)(?:\.\w+)*\s*\(\s*(['"`])([^\n]*?)\1/g,
  )) {
    const keys = [
      ...[...name.matchAll(/hard problems? ([\d, and]+)/gi)]
        .flatMap(m => m[1].match(/\d+/g) ?? [])
        .map(n => `hard problem ${n}`),
      ...[...name.matchAll(/\bR\d-\d+\b/g)].map(m => m[0]),
    ]
    for (const key of keys) found.set(key, [...(found.get(key) ?? []), `${relative(root, file)}: ${name}`])
  }
}

const order = key =>
  key.startsWith('hard') ? Number(key.slice(13)) : 1000 * (1 + Number(key[1])) + Number(key.slice(3))
for (const key of [...found.keys()].sort((a, b) => order(a) - order(b))) {
  console.log(key)
  for (const line of found.get(key)) console.log('    ' + line)
}
const missing = Array.from({ length: 15 }, (_, i) => `hard problem ${i + 1}`).filter(key => !found.has(key))
if (process.argv[2]) {
  const named = new Set(readFileSync(process.argv[2], 'utf8').match(/\bR\d-\d+\b/g) ?? [])
  missing.push(...[...named].filter(key => !found.has(key)).sort((a, b) => order(a) - order(b)))
}
console.log(`\n${found.size} with tests; without: ${missing.join(', ') || 'none'}`)
