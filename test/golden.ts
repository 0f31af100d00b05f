// Compares a text with a file of test/golden, or writes it when UPDATE_GOLDEN=1.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** 'same', or what differs first and the command that accepts it. */
export function golden(file: string, text: string): string {
  const folder = join(import.meta.dirname, 'golden')
  const path = join(folder, file)
  const wanted = text.trimEnd() + '\n'
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, wanted)
    return 'same'
  }
  const accept = `\nIf this is meant: UPDATE_GOLDEN=1 npm test -- golden, look at the difference, commit it.`
  if (!existsSync(path)) return `test/golden/${file} does not exist.${accept}`
  const found = readFileSync(path, 'utf8')
  if (found === wanted) return 'same'
  const old = found.split('\n')
  const now = wanted.split('\n')
  const line = now.findIndex((l, i) => l !== old[i])
  const at = line < 0 ? now.length : line
  return `test/golden/${file}, line ${at + 1}:\n  golden: ${old[at] ?? '(end)'}\n  now:    ${now[at] ?? '(end)'}${accept}`
}
