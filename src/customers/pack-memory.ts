// How a memory is written down (pack.ts): lists of whole numbers as one short text, times as how long each is before the
// one before it. 1,000 orders take 12 KB instead of 27. What is not whole is written as it is. Pure.
import type { Memory } from '../rules/memory.ts'

/** By the kind that a key begins with (src/rules/needs.ts): numbers in a row, and which of them goes down row by row. */
const SHAPES: Readonly<Record<string, [width: number, falls: number]>> = {
  t: [1, 0],
  r: [1, 0],
  o: [4, 0],
  d: [2, 0],
  v: [2, 1],
}
/** Of an order: quantity and number are mostly 1, and left out then. */
const MOSTLY = 1

const DAY_MS = 86_400_000
const START: Readonly<Record<string, (last: number) => number>> = { d: last => Math.floor(last / DAY_MS) }
const startOf = (key: string, last: number): number => START[key[0]!]?.(last) ?? last

export type Written = Memory | string[]

/** @param last where times count from */
export function writeMemory(key: string, memory: Memory, last: number): Written {
  if (key[0] === 'q') return (memory as number[][]).flatMap(list => writeMemory('t', list, last) as string[])
  const shape = SHAPES[key[0]!]
  if (shape === undefined || !memory.every(Number.isSafeInteger)) return memory
  const [width, falls] = shape
  const rows: string[] = []
  let before = startOf(key, last)
  for (let i = 0; i < memory.length; i += width) {
    const row = memory.slice(i, i + width) as number[]
    const at = row[falls]!
    row[falls] = before - at
    before = at
    while (row.length > 2 && row.at(-1) === MOSTLY) row.pop()
    rows.push(row.map(n => n.toString(36)).join('.'))
  }
  return [rows.join(',')]
}

export function readMemory(key: string, written: Written, last: number): Memory {
  if (key[0] === 'q') return (written as string[]).map(text => readMemory('t', [text], last) as number[])
  const shape = SHAPES[key[0]!]
  const text = written[0]
  if (text === '') return []
  if (shape === undefined || typeof text !== 'string') return written as Memory
  const [width, falls] = shape
  const memory: number[] = []
  let before = startOf(key, last)
  for (const part of text.split(',')) {
    const row = part.split('.').map(n => Number.parseInt(n, 36))
    while (row.length < width) row.push(MOSTLY)
    before -= row[falls]!
    row[falls] = before
    memory.push(...row)
  }
  return memory
}
