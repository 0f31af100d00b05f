// The project's own source files and what they import, read as text: for the checks of test/architecture.test.ts.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = join(import.meta.dirname, '..')

export type Import = {
  /** a path of ours (src/…), or a package's or Node module's name */
  to: string
  ours: boolean
  /** false: types only, gone at run time */
  atRunTime: boolean
  /** import() inside a function: loaded later */
  later: boolean
}
export type Source = { path: string; text: string; lines: number; imports: Import[] }

function filesBelow(folder: string): string[] {
  const at = join(root, folder)
  if (!existsSync(at)) return []
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .map(f => join(folder, f).replaceAll('\\', '/'))
    .filter(f => /\.(ts|tsx|mjs)$/.test(f) && !f.includes('node_modules/'))
}

const STATIC = /^[ \t]*(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)(\.\w+)?/g

/** `{ type A, type B }` is types only; `{ type A, b }` is not. */
function onlyTypes(names: string | undefined): boolean {
  const inner = /^\{([^}]*)\}$/.exec((names ?? '').trim())?.[1]
  if (inner === undefined) return false
  const parts = inner
    .split(',')
    .map(p => p.trim())
    .filter(Boolean)
  return parts.length > 0 && parts.every(p => p.startsWith('type '))
}

function resolve(from: string, name: string): { to: string; ours: boolean } {
  if (!name.startsWith('.')) return { to: name, ours: false }
  const base = join(dirname(from), name).replaceAll('\\', '/')
  const found = [base, base + '.ts', base + '.tsx', base + '/index.ts'].find(
    p => /\.\w+$/.test(p) && existsSync(join(root, p)),
  )
  return { to: found ?? base, ours: true }
}

export function importsOf(path: string, text: string): Import[] {
  const imports: Import[] = []
  for (const [, type, names, name] of text.matchAll(STATIC))
    imports.push({ ...resolve(path, name!), atRunTime: !type && !onlyTypes(names), later: false })
  // import('x').Name in a type position is erased
  for (const line of text.split('\n'))
    for (const m of line.matchAll(DYNAMIC))
      imports.push({
        ...resolve(path, m[1]!),
        atRunTime: /\bawait\b|=>|\bvoid\b|\breturn\b|lazy/.test(line.slice(0, m.index)),
        later: true,
      })
  return imports
}

export function readSources(folders: string[]): Map<string, Source> {
  return new Map(
    folders.flatMap(filesBelow).map(path => {
      const text = readFileSync(join(root, path), 'utf8')
      return [path, { path, text, lines: text.split('\n').length, imports: importsOf(path, text) }]
    }),
  )
}

/** Everything a file loads at run time, itself included, with the way there. */
export function reach(sources: Map<string, Source>, start: string): Map<string, string[]> {
  const ways = new Map<string, string[]>([[start, [start]]])
  const open = [start]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const i of sources.get(path)?.imports ?? []) {
      if (!i.atRunTime || i.later || ways.has(i.to)) continue
      ways.set(i.to, [...ways.get(path)!, i.to])
      if (i.ours) open.push(i.to)
    }
  }
  return ways
}

/** Groups of files that load each other in a circle. */
export function cycles(sources: Map<string, Source>): string[][] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[][] = []
  const walk = (path: string, way: string[]): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      found.push([...way.slice(way.indexOf(path)), path])
      return
    }
    state.set(path, 'open')
    for (const i of sources.get(path)?.imports ?? [])
      if (i.ours && i.atRunTime && !i.later && sources.has(i.to)) walk(i.to, [...way, path])
    state.set(path, 'done')
  }
  for (const path of sources.keys()) walk(path, [])
  return found
}
