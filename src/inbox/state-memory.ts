// An owner's memory of customers between folds: their states as bytes in one ring, the oldest overwritten first. Nothing of it
// is for the garbage collector: as strings, eight thousand new ones a second outlived its short generation, and a third of all that
// it moved was they.
import { must } from '../platform/errors.ts'
import type { Uuid } from '../platform/ids.ts'
import type { Kept } from './fold-model.ts'

/** `start`: counted on since the ring was new, so that it never goes back; its place is `start` modulo the ring's size. */
type Entry = Pick<Kept, 'version' | 'due' | 'merged_into'> & { start: number; length: number }

export class StateMemory {
  private readonly size: number
  private ring: Buffer | null = null
  /** where the next state begins */
  private head = 0
  /** in the order they were written, the oldest first */
  private readonly entries = new Map<Uuid, Entry>()

  /** @param size bytes of all states together */
  constructor(size: number) {
    this.size = size
  }

  /** What was remembered last of this customer. Its bytes hold until the next `set` or `clear`. */
  get(id: Uuid): Kept | undefined {
    const entry = this.entries.get(id)
    if (!entry) return undefined
    const at = entry.start % this.size
    const { version, due, merged_into } = entry
    return { state: this.ring!.subarray(at, at + entry.length), version, due, merged_into }
  }

  set(id: Uuid, kept: Kept & { state: Buffer }): void {
    const { length } = kept.state
    must(length <= this.size, 'a state is smaller than the memory of states')
    this.entries.delete(id)
    this.ring ??= Buffer.allocUnsafeSlow(this.size)
    const room = this.size - (this.head % this.size)
    if (room < length) this.head += room // a state lies in one piece
    for (const [oldest, { start }] of this.entries) {
      if (start >= this.head + length - this.size) break
      this.entries.delete(oldest)
    }
    kept.state.copy(this.ring, this.head % this.size)
    this.entries.set(id, {
      start: this.head,
      length,
      version: kept.version,
      due: kept.due,
      merged_into: kept.merged_into,
    })
    this.head += length
  }

  delete(id: Uuid): void {
    this.entries.delete(id)
  }

  clear(): void {
    this.entries.clear()
  }
}
