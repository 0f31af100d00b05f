// Builds the web app to dist/web, with gzip and brotli copies beside each text file and a table of sizes.
// The contract's zod schemas stay on the server: the client gets method, path and scope of each endpoint only.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { endpoints } from '../src/contract.ts'
import { ROLE_SCOPES } from '../src/team/roles.ts'
import { spoken } from './spoken.ts'
import { words } from './words/index.ts'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '../dist/web')
/** First page: what index.html loads before any route is known, plus the home page (bytes, gzipped). */
const FIRST_PAGE_LIMIT = 350 * 1024

function endpointTable(): Plugin {
  const name = 'virtual:endpoints'
  const table = Object.fromEntries(
    Object.entries(endpoints).map(([key, e]) => [key, { method: e.method, path: e.path, scope: e.scope }]),
  )
  const scopes = Object.fromEntries(Object.entries(ROLE_SCOPES).map(([role, set]) => [role, [...set]]))
  const code = `export const endpoints = ${JSON.stringify(table)}; export const roleScopes = ${JSON.stringify(scopes)}`
  return {
    name: 'endpoint-table',
    resolveId: id => (id === name ? '\0' + name : null),
    load: id => (id === '\0' + name ? code : null),
  }
}

/** A chunk for each language: a page loads the words it shows, not both. */
function wordsByLanguage(): Plugin {
  const sides = { 'virtual:words/zh-TW': 0, 'virtual:words/en': 1 } as const
  const isSide = (id: string): id is keyof typeof sides => Object.hasOwn(sides, id)
  return {
    name: 'words-by-language',
    resolveId: id => (isSide(id) ? '\0' + id : null),
    load(id) {
      const name = id.slice(1)
      if (!id.startsWith('\0') || !isSide(name)) return null
      // as text: an engine parses a long JSON faster than an object literal
      return `export const words = JSON.parse(${JSON.stringify(JSON.stringify(spoken(words, sides[name])))})`
    },
  }
}

function compressAndMeasure(): Plugin {
  return {
    name: 'compress-and-measure',
    apply: 'build',
    closeBundle() {
      const rows: { file: string; raw: number; gzip: number }[] = []
      for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(js|css|html|svg)$/.test(file)) continue
        const raw = readFileSync(join(out, file))
        const gzip = gzipSync(raw, { level: 9 })
        writeFileSync(join(out, file + '.gz'), gzip)
        writeFileSync(join(out, file + '.br'), brotliCompressSync(raw))
        rows.push({ file, raw: raw.length, gzip: gzip.length })
      }
      const first = firstPage(rows)
      const kb = (n: number) => (n / 1024).toFixed(1).padStart(8)
      rows.sort((a, b) => b.gzip - a.gzip)
      for (const r of rows.filter(r => r.gzip > 2048)) {
        console.log(
          `${kb(r.raw)} KB ${kb(r.gzip)} KB gz  ${first.files.has(r.file) ? '1st' : '   '}  ${r.file}`,
        )
      }
      console.log(
        `first page: ${kb(first.bytes).trim()} KB of JS gzipped (limit ${FIRST_PAGE_LIMIT / 1024} KB)`,
      )
      if (first.bytes > FIRST_PAGE_LIMIT)
        throw new Error('the first page is too heavy: split what it does not need')
    },
  }
}

/** The scripts of index.html and of the home page, with everything they import statically. */
function firstPage(rows: { file: string; gzip: number }[]): { files: Set<string>; bytes: number } {
  const manifest = JSON.parse(readFileSync(join(out, '.vite/manifest.json'), 'utf8')) as Record<
    string,
    { file: string; imports?: string[] }
  >
  const files = new Set<string>()
  const visit = (key: string) => {
    const entry = manifest[key]
    if (!entry || files.has(entry.file)) return
    files.add(entry.file)
    entry.imports?.forEach(visit)
  }
  // of the two languages the one whose words weigh more
  for (const key of ['index.html', 'frame/frame.tsx', 'pages/home.tsx', '../virtual:words/zh-TW']) visit(key)
  const bytes = rows
    .filter(r => files.has(r.file) && r.file.endsWith('.js'))
    .reduce((sum, r) => sum + r.gzip, 0)
  return { files, bytes }
}

export default defineConfig({
  root: here,
  plugins: [react(), endpointTable(), wordsByLanguage(), compressAndMeasure()],
  // the reducer runs in the simulator; of Node it needs one hash (src/platform/ids.ts)
  resolve: { alias: { 'node:crypto': join(here, 'crypto.ts') } },
  build: {
    outDir: out,
    emptyOutDir: true,
    manifest: true,
    target: 'es2023',
    chunkSizeWarningLimit: 600,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': process.env.API ?? 'http://127.0.0.1:8080' } },
})
