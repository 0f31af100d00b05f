// Reading a request's body: plain or gzip, never more than the limit, whatever its headers claim.
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Problem } from '../platform/errors.ts'
import { LIMITS } from './json.ts'
import { type Dict, isDict } from '../platform/values.ts'

const unzip = promisify(gunzip)

const tooLarge = () =>
  new Problem(413, 'batch_too_large', `The request has more than ${LIMITS.batch} bytes`, {
    action: 'Send smaller batches.',
  })

/** The body as text.
 *  @throws Problem 413 `batch_too_large`, 415 `bad_encoding`, 400 `bad_gzip` */
async function readText(request: Request): Promise<string> {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').toLowerCase()
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Problem(415, 'bad_encoding', `Content-Encoding ${encoding.slice(0, 40)} is not taken`, {
      action: 'Send the body plain or with gzip.',
    })
  }
  const length = request.headers.get('content-length')
  if (length !== null && Number(length) > LIMITS.batch) throw tooLarge()
  if (length !== null && encoding === 'identity') return request.text()

  const chunks: Uint8Array[] = []
  let bytes = 0
  if (request.body) {
    for await (const chunk of request.body) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > LIMITS.batch) throw tooLarge()
    }
  }
  const raw = Buffer.concat(chunks)
  if (encoding === 'identity') return raw.toString('utf8')
  try {
    return (await unzip(raw, { maxOutputLength: LIMITS.batch })).toString('utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new Problem(400, 'bad_gzip', 'The body is not valid gzip', {
      action: 'Compress the body with gzip, or leave out Content-Encoding.',
    })
  }
}

/** The body as a JSON object, whatever its content type says: browsers send JSON as text/plain to spare a preflight. */
export async function readBody(request: Request): Promise<{ body: Dict; bytes: number }> {
  const text = await readText(request)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new Problem(400, 'bad_json', 'The body is not valid JSON', {
      action: 'Send one JSON object in UTF-8.',
    })
  }
  if (!isDict(body))
    throw new Problem(400, 'not_an_object', 'The body is not a JSON object', {
      action: 'Send one JSON object.',
    })
  // characters, a lower bound of bytes three times over: tells when no event can be over its limit
  return { body, bytes: text.length * 3 }
}
