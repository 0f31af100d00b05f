// The file of wrong rows: the row as it was, its number and why. It can be mended and uploaded again: the two columns in
// front are not mapped. Its length is part of each chunk's transaction; what a killed run wrote beyond it is cut off.
import { open, type FileHandle } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'
import { choicesOf, faultInWords } from './fault-words.ts'
import type { ImportTarget, RowFault, Words } from './model.ts'

export type WrongLine = { no: number; values: string[]; doc?: Record<string, unknown>; fault: RowFault }
export type ErrorFile = {
  readonly bytes: number
  add(lines: WrongLine[]): Promise<void>
  /** back to a length it had */
  cut(bytes: number): Promise<void>
  close(): Promise<void>
}

export const csvLines = (rows: unknown[][], bom = false): string =>
  stringify(rows, { bom, record_delimiter: '\r\n', escape_formulas: true })

/** A fault in words: the field's name, why, and what the cell says. */
export const reasonIn =
  (target: ImportTarget, language: keyof Words) =>
  ({ field, code, detail, value }: RowFault): string => {
    const of = target.fields.find(f => f.key === field)
    const label = of?.label[language] ?? field
    const why = faultInWords({ code, detail }, of?.choices ? choicesOf(of.choices) : null, language)
    const colon = language === 'zh' ? '：' : ': '
    return `${label === null ? '' : label + colon}${why}${value === undefined ? '' : ` (${value})`} [${code}]`
  }

/** `bytes`: how much of it holds; 0: anew, with a header. */
export async function openErrorFile(
  path: string,
  columns: string[],
  reason: (fault: RowFault) => string,
  bytes: number,
): Promise<ErrorFile> {
  const file: FileHandle = await open(path, bytes === 0 ? 'w+' : 'r+')
  await file.truncate(bytes)
  let length = bytes
  const write = async (text: string): Promise<void> => {
    const buffer = Buffer.from(text)
    await file.write(buffer, 0, buffer.length, length)
    length += buffer.length
  }
  if (bytes === 0) await write(csvLines([['#row', '#reason', ...columns]], true))
  return {
    get bytes() {
      return length
    },
    async add(lines) {
      if (lines.length === 0) return
      await write(
        csvLines(
          lines.map(({ no, fault, doc, values }) => [
            no,
            reason(fault),
            ...(values.length > 0 || !doc ? values : [JSON.stringify(doc)]),
          ]),
        ),
      )
      await file.datasync()
    },
    async cut(to) {
      await file.truncate(to)
      length = to
    },
    close: () => file.close(),
  }
}
