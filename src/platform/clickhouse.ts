// ClickHouse over its HTTP interface, embedded (chDB behind our shim) or a server: the same client, never told apart.
import { ClickHouseError, ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { Problem } from './errors.ts'

export type History = ClickHouseClient

/** `url` may carry user, password and database (http://user:password@host:port/database). */
export function openClickHouse(url: string): History {
  return createClient({
    url,
    request_timeout: 60_000,
    max_open_connections: 20,
    application: 'itinera',
    // its own log would print parameters, which may hold personal data; every error is thrown to the caller anyway
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 }, // older servers write them as text
  })
}

/** Rows of a question about the past. `params` are bound by ClickHouse ({name:Type} in the text).
 *  @throws Problem 503 `history_down` when ClickHouse does not answer; a wrong query throws as it is */
export async function askHistory<T>(
  history: History,
  query: string,
  params: Record<string, unknown>,
): Promise<T[]> {
  try {
    const result = await history.query({ query, query_params: params, format: 'JSONEachRow' })
    return await result.json<T>()
  } catch (error) {
    if (error instanceof ClickHouseError) throw error
    throw historyDown()
  }
}

/** The answer of the past, or null while ClickHouse is down: the page says so and shows the rest. */
export async function unlessDown<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Problem && error.code === 'history_down') return null
    throw error
  }
}

/** What a question to the past is answered while ClickHouse is down: 503 `history_down`. */
export const historyDown = (): Problem =>
  new Problem(503, 'history_down', 'The history engine does not answer', {
    action: 'What is asked needs the past. Intake and messages go on; try again in a moment.',
    retryAfterS: 5,
  })
