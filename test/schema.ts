// A database's schema as text, from its catalogue: the same on PostgreSQL 15 and 18, and ordered.
import type { History } from '../src/platform/clickhouse.ts'
import type { Pool } from '../src/platform/postgres.ts'

export async function postgresSchema(pool: Pool): Promise<string> {
  const columns = await pool.query<{ tab: string; line: string }>(
    `select c.relname as tab,
            a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
              || case when a.attnotnull then ' not null' else '' end
              || case when a.attidentity <> '' then ' identity' else '' end
              || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
              || case when a.attstorage <> t.typstorage then ' storage ' || a.attstorage::text else '' end as line
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       join pg_type t on t.oid = a.atttypid
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relkind in ('r', 'p')
      order by c.relname, a.attnum`,
  )
  // not null is told with the column; PostgreSQL 18 lists it as a constraint too
  const more = await pool.query<{ tab: string; line: string }>(
    `select c.relname as tab, 'constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as line
       from pg_constraint k join pg_class c on c.oid = k.conrelid
       join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      where k.contype <> 'n' order by 1, 2`,
  )
  const indexes = await pool.query<{ line: string }>(
    `select indexdef as line from pg_indexes i
      where schemaname = 'public' and not exists (select from pg_constraint k where k.conname = i.indexname)
      order by tablename, indexname`,
  )
  const options = await pool.query<{ line: string }>(
    `select c.relname || ' (' || array_to_string(c.reloptions, ', ') || ')' as line
       from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      where c.relkind = 'r' and c.reloptions is not null order by c.relname`,
  )
  const tables = new Map<string, string[]>()
  for (const { tab, line } of [...columns.rows, ...more.rows])
    tables.set(tab, [...(tables.get(tab) ?? []), line])
  return [
    '-- PostgreSQL',
    ...[...tables].map(([tab, lines]) => `create table ${tab} (\n${lines.map(l => '  ' + l).join(',\n')}\n)`),
    ...indexes.rows.map(r => r.line.replaceAll('public.', '')),
    ...options.rows.map(r => 'options ' + r.line),
  ].join('\n')
}

export async function clickhouseSchema(history: History): Promise<string> {
  const answer = await history.query({
    query:
      "select replaceAll(create_table_query, currentDatabase() || '.', '') as line from system.tables where database = currentDatabase() order by name",
    format: 'JSONEachRow',
  })
  const rows = await answer.json<{ line: string }>()
  return ['-- ClickHouse', ...rows.map(r => r.line)].join('\n')
}
