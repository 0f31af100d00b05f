// ClickHouse over its HTTP interface, embedded (chDB behind our shim) or a server: the same client, never told apart.
import { createClient, type ClickHouseClient } from '@clickhouse/client'

export type History = ClickHouseClient

/** `url` may carry user, password and database (http://user:password@host:port/database). */
export function openClickHouse(url: string): History {
  return createClient({ url, request_timeout: 60_000, max_open_connections: 20, application: 'itinera' })
}
