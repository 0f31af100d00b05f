// What a file is: format, encoding, delimiter, where its header stands. Read from its first part only; what is found can
// be overruled by the user. Libraries do the work: csv-parse tries the delimiters, chardet guesses the encoding.
import { open } from 'node:fs/promises'
import { gunzipSync, constants } from 'node:zlib'
import { analyse } from 'chardet'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { Problem } from '../platform/errors.ts'
import { knownHeaders, normalHeader } from './headers.ts'

export type FileFormat = 'csv' | 'xlsx' | 'ndjson'
export type FileShape = {
  format: FileFormat
  gzip: boolean
  /** iconv-lite's name; null for .xlsx */
  encoding: string | null
  delimiter: string | null
  /** records before the header (titles that tills print) */
  skip: number
}

const SAMPLE_BYTES = 256 * 1024
const HEADER_AMONG = 10
export const ENCODINGS = [
  'utf8',
  'big5',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'shift_jis',
  'windows-1252',
] as const
const DELIMITERS = [',', '\t', ';', '|']

/** Reads the beginning of the file.
 *  @throws Problem 400 when it is no file that can be imported */
export async function detectShape(path: string, given: { encoding?: string } = {}): Promise<FileShape> {
  let sample = await readSample(path)
  if (sample.length === 0)
    throw new Problem(400, 'file_empty', 'The file is empty', { action: 'Choose the file with the rows.' })
  if (sample.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 3, 4])))
    return { format: 'xlsx', gzip: false, encoding: null, delimiter: null, skip: 0 }
  if (sample.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0])))
    throw new Problem(
      400,
      'old_excel',
      'This is an Excel file of the old kind (.xls), or one with a password',
      {
        action: 'Open it in Excel, remove the password and save it as .xlsx or CSV UTF-8.',
      },
    )
  const gzip = sample[0] === 0x1f && sample[1] === 0x8b
  if (gzip) sample = inflated(sample)
  const encoding = given.encoding ?? encodingOf(sample)
  const text = iconv.decode(wholeCharacters(sample, encoding), encoding).replace(/^\ufeff/, '')
  if (/^\s*\{/.test(text)) return { format: 'ndjson', gzip, encoding, delimiter: null, skip: 0 }
  if (text.includes('\u0000'))
    throw new Problem(400, 'not_a_table', 'This file is neither text nor an Excel file', {
      action: 'Save it as .xlsx, CSV (UTF-8) or JSON lines.',
    })
  const delimiter = delimiterOf(text)
  return { format: 'csv', gzip, encoding, delimiter, skip: headerAt(recordsOf(text, delimiter)) }
}

async function readSample(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    const buffer = Buffer.alloc(SAMPLE_BYTES)
    const { bytesRead } = await file.read(buffer, 0, SAMPLE_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** What the first part of a gzip stream unpacks to, at most a sample. */
function inflated(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, SAMPLE_BYTES)
  } catch {
    throw new Problem(400, 'bad_gzip', 'The file is not valid gzip', {
      action: 'Pack it again, or send it plain.',
    })
  }
}

function encodingOf(sample: Buffer): string {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le'
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be'
  if (isUtf8(sample)) return 'utf8'
  const zeros = [0, 0]
  for (let i = 0; i < Math.min(sample.length, 4096); i++) if (sample[i] === 0) zeros[i & 1]!++
  if (zeros[0]! + zeros[1]! > 8) return zeros[1]! > zeros[0]! ? 'utf-16le' : 'utf-16be'
  for (const { name } of analyse(sample)) {
    const encoding = name.toLowerCase().replace('iso-8859-1', 'windows-1252')
    if ((ENCODINGS as readonly string[]).includes(encoding)) return encoding
  }
  return 'big5'
}

function isUtf8(sample: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true })
    return !sample.subarray(0, 4096).includes(0)
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Without the last line, which the sample may have cut in the middle of a character. */
function wholeCharacters(sample: Buffer, encoding: string): Buffer {
  if (sample.length < SAMPLE_BYTES) return sample
  const end = encoding.startsWith('utf-16') ? sample.length & ~1 : sample.lastIndexOf(10) + 1
  return end > 0 ? sample.subarray(0, end) : sample
}

/** The first records of a text; a record that the sample cut is left out. */
function recordsOf(text: string, delimiter: string): string[][] {
  return parse(text.slice(0, 60_000), {
    delimiter,
    to: 50,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
  })
}

/** The delimiter that gives most columns. */
function delimiterOf(text: string): string {
  let best = ','
  let columns = 1
  for (const delimiter of DELIMITERS) {
    const counts = recordsOf(text, delimiter).map(r => r.length)
    const usual = counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 0
    if (usual > columns) {
      best = delimiter
      columns = usual
    }
  }
  return best
}

/** Which of the first records is the header: the one with most headers that are known. */
export function headerAt(records: string[][]): number {
  const known = knownHeaders()
  let best = 0
  let most = 0
  records.slice(0, HEADER_AMONG).forEach((record, i) => {
    const count = record.filter(cell => known.has(normalHeader(cell))).length
    if (count > most) {
      most = count
      best = i
    }
  })
  return best
}
