// How many rows were erased or changed, by place.
import type { Place } from './model.ts'

export class Tally {
  private readonly rows = new Map<string, number>()
  add(place: string, rows: number): void {
    if (rows > 0) this.rows.set(place, (this.rows.get(place) ?? 0) + rows)
  }
  list = (): Place[] => [...this.rows].map(([place, rows]) => ({ place, rows }))
}
