// Parameters of a query: bound by ClickHouse under a name, never part of the text.
export type SqlType =
  | 'String'
  | 'Float64'
  | 'Int64'
  | 'UInt8'
  | 'UInt32'
  | 'UUID'
  | 'Array(String)'
  | 'Array(UUID)'

/** Equal values of one type share a parameter; `params` goes with the query as query_params. */
export class Bound {
  readonly params: Record<string, unknown> = {}
  readonly #names = new Map<string, string>()

  /** Where the text names this value. */
  of(value: unknown, type: SqlType): string {
    const key = type + JSON.stringify(value)
    let name = this.#names.get(key)
    if (name === undefined) {
      name = `p${this.#names.size}`
      this.#names.set(key, name)
      this.params[name] = value
    }
    return `{${name}:${type}}`
  }
  text(value: string): string {
    return this.of(value, 'String')
  }
  texts(values: readonly string[]): string {
    return this.of([...new Set(values)], 'Array(String)')
  }
  number(value: number): string {
    return this.of(value, 'Float64')
  }
  /** A moment, ms. */
  moment(ms: number): string {
    return `fromUnixTimestamp64Milli(${this.of(clamped(ms), 'Int64')}, 'UTC')`
  }
}

/** What DateTime64(3) can hold: 1900 to 2299. */
const EARLIEST = -2_208_988_800_000
const LATEST = 10_413_791_999_999
const clamped = (ms: number): number => Math.round(Math.min(LATEST, Math.max(EARLIEST, ms)))
