// Serves the built web app. Browsers keep hashed assets for ever and ask for the page each time; every other path that looks
// like a page gets the page too. The build is small, and is read into memory at its first use.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { promisify } from 'node:util'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.map': 'application/json',
}
const COMPRESSIBLE = /text|javascript|json|svg/
const gzipAsync = promisify(gzip)
const brotliAsync = promisify(brotliCompress)

type Encoding = 'br' | 'gzip' | 'identity'
type File = {
  type: string
  etag: string
  bodies: Partial<Record<Encoding, Uint8Array<ArrayBuffer>>>
  modified: number
}

export type StaticFiles = {
  /** null when there is no such file */
  serve(path: string, headers: { acceptEncoding: string; ifNoneMatch: string }): Promise<Response | null>
  /** CSP sources of the inline scripts of index.html */
  inlineScripts(): Promise<string[]>
}

/** `root`: the folder of the build; it may appear later. */
export function openStatic(root: string): StaticFiles {
  const files = new Map<string, File>()

  async function load(path: string): Promise<File | null> {
    const full = normalize(join(root, path))
    if (!full.startsWith(root + sep)) return null
    const info = existsSync(full) ? await stat(full) : null
    if (!info?.isFile()) return null
    const known = files.get(full)
    if (known && known.modified === info.mtimeMs) return known
    const body = new Uint8Array(await readFile(full))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    const file: File = {
      type: TYPES[extname(full)] ?? 'application/octet-stream',
      etag,
      bodies: { identity: body },
      modified: info.mtimeMs,
    }
    files.set(full, file)
    return file
  }

  async function bodyIn(file: File, path: string, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
    const plain = file.bodies.identity!
    if (encoding === 'identity') return plain
    const built = await load(`${path}${encoding === 'br' ? '.br' : '.gz'}`)
    file.bodies[encoding] ??= built
      ? built.bodies.identity!
      : new Uint8Array(
          encoding === 'br'
            ? await brotliAsync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 7 } })
            : await gzipAsync(plain),
        )
    return file.bodies[encoding]
  }

  return {
    async serve(path, { acceptEncoding, ifNoneMatch }) {
      const file = await load(path)
      if (!file) return null
      const headers: Record<string, string> = {
        'content-type': file.type,
        etag: file.etag,
        vary: 'Accept-Encoding',
        'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      }
      if (ifNoneMatch === file.etag) return new Response(null, { status: 304, headers })
      const wanted: Encoding = !COMPRESSIBLE.test(file.type)
        ? 'identity'
        : /\bbr\b/.test(acceptEncoding)
          ? 'br'
          : /\bgzip\b/.test(acceptEncoding)
            ? 'gzip'
            : 'identity'
      if (wanted !== 'identity') headers['content-encoding'] = wanted
      return new Response(await bodyIn(file, path, wanted), { headers })
    },

    async inlineScripts() {
      const page = await load('/index.html')
      if (!page) return []
      const html = Buffer.from(page.bodies.identity!).toString('utf8')
      return [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
        m => `'sha256-${createHash('sha256').update(m[1]!).digest('base64')}'`,
      )
    },
  }
}
