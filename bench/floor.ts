// The limit of the machine: the same events and customer states written straight to the same engines, with no product
// code: event rows under the inbox's key and the customers' new states in one transaction, and the events into
// ClickHouse, both at once. Best of batch sizes, COPY and unnest, and connections.
import { rmSync } from 'node:fs'
import pg from 'pg'
import { openClickHouse } from '../src/platform/clickhouse.ts'
import { startEmbeddedChdb } from '../src/platform/embedded/chdb.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.ts'
import { bucketOf, newId, type Uuid } from '../src/platform/ids.ts'
import { openLog } from '../src/platform/log.ts'
import { migrateClickHouse, migratePostgres } from '../src/platform/migrate.ts'
import { copyIn } from './copy.ts'
import { random } from './events.ts'
import { machine } from './machine.ts'
import { temporaryDataDir } from './product.ts'
import { n, type Report } from './report.ts'

const STATE_BYTES = 1_200
const BODY_BYTES = 300

type Way = { how: 'copy' | 'unnest'; batch: number; connections: number }
type Written = { events: number; seconds: number }

export type FloorOptions = { people: number; seconds: number; quick: boolean }

export async function floor(options: FloorOptions): Promise<{ report: Report; eventsPerS: number }> {
  const dir = temporaryDataDir()
  const log = openLog('warn', 'floor')
  const [postgres, chdb] = await Promise.all([
    startEmbeddedPostgres({ dataDir: dir, log }),
    startEmbeddedChdb({ dataDir: dir, log }),
  ])
  const history = openClickHouse(chdb.url)
  const admin = new pg.Client({ connectionString: postgres.url })
  try {
    await migratePostgres(postgres.url, log)
    await migrateClickHouse(history, log)
    const workspace = newId()
    const people = Array.from({ length: options.people }, () => newId())
    const state = (i: number, v: number): string =>
      JSON.stringify({ v, i, pad: (i * 2_654_435_761).toString(36) }).padEnd(STATE_BYTES, 'abcdefghij klmnop')
    await admin.connect()
    for (let from = 0; from < people.length; from += 10_000) {
      const rows = people
        .slice(from, from + 10_000)
        .map((id, i) => `${bucketOf(id)}\t${id}\t${workspace}\t${state(from + i, 0)}\t1\n`)
      await copyIn(
        admin,
        'copy customer (bucket, id, workspace_id, state, version) from stdin',
        Buffer.from(rows.join('')),
      )
    }
    await admin.query('vacuum analyze customer')

    let total = 0
    const write = async (way: Way, seconds: number): Promise<Written> => {
      const end = performance.now() + seconds * 1000
      const began = performance.now()
      let events = 0
      const lane = async (seed: number): Promise<void> => {
        const r = random(seed)
        // COPY cannot be pipelined
        const client = new pg.Client({
          connectionString: postgres.url,
          pipeline: way.how === 'unnest',
        } as pg.ClientConfig)
        await client.connect()
        client.on('error', () => undefined) // when a lane fails, its error is told, not that the server then stops
        const sendRows = way.how === 'copy' ? writeByCopy : writeByUnnest
        while (performance.now() < end) {
          const rows = makeRows(r, people, way.batch)
          await Promise.all([sendRows(client, workspace, rows, state), insertHistory(rows)])
          events += way.batch
        }
        await client.end()
      }
      const insertHistory = async (rows: Rows): Promise<void> => {
        const now = Date.now()
        await history.insert({
          table: 'event',
          format: 'JSONEachRow',
          values: rows.ids.map((id, i) => ({
            workspace_id: workspace,
            customer_id: id,
            bucket: rows.buckets[i],
            seq: 1,
            line: i,
            kind: 'event',
            name: 'Product Viewed',
            occurred: now,
            received: now,
            folded: now,
            message_id: rows.messages[i],
            source: 'floor',
            props: rows.bodies[i],
          })),
        })
      }
      await Promise.all(Array.from({ length: way.connections }, (_, i) => lane(i + 1 + total)))
      total += events
      return { events, seconds: (performance.now() - began) / 1000 }
    }

    const ways: Way[] = (options.quick ? [1_000, 5_000] : [1_000, 5_000, 20_000]).flatMap(batch =>
      (['copy', 'unnest'] as const).flatMap(how =>
        (options.quick ? [2] : [1, 2, 4]).map(connections => ({ how, batch, connections })),
      ),
    )
    const tried: { way: Way; rate: number }[] = []
    for (const way of ways) {
      const w = await write(way, options.quick ? 1 : 3)
      tried.push({ way, rate: w.events / w.seconds })
    }
    tried.sort((a, b) => b.rate - a.rate)
    const best = tried[0]!
    // what the tries left behind is no part of the longer run
    await admin.query('vacuum customer')
    await admin.query('checkpoint')
    const w = await write(best.way, options.seconds)
    const rate = w.events / w.seconds
    const { rows } = await admin.query<{ n: number }>('select count(*)::int as n from inbox')
    const answer = await history.query({
      query: 'select count() as n, uniqExact(message_id) as ids from event',
      format: 'JSONEachRow',
    })
    const [seen] = await answer.json<{ n: string; ids: string }>()
    const right = rows[0]!.n === total && Number(seen!.n) === total && Number(seen!.ids) === total
    const name = (t: { way: Way }) =>
      `${t.way.how}, batches of ${n(t.way.batch)}, ${t.way.connections} connection${t.way.connections > 1 ? 's' : ''}`
    return {
      eventsPerS: rate,
      report: {
        bench: 'floor',
        size: `${n(options.people)} customers of ${STATE_BYTES} bytes, events of ${BODY_BYTES} bytes, ${options.seconds} s`,
        right,
        figures: [
          { what: 'both engines at once', value: `${n(rate)} events/s` },
          { what: 'written so', value: name(best) },
        ],
        notes: [
          `others: ${tried
            .slice(1)
            .map(t => `${name(t)} ${n(t.rate)}/s`)
            .join('; ')}`,
          `checked: ${n(total)} events written, ${n(rows[0]!.n)} rows in PostgreSQL, ${n(Number(seen!.ids))} distinct of ${n(Number(seen!.n))} in ClickHouse; load now ${machine().load}`,
        ],
      },
    }
  } finally {
    await admin.end()
    await history.close()
    await Promise.all([postgres.stop(), chdb.stop()])
    rmSync(dir, { recursive: true, force: true })
  }
}

type Rows = { ids: Uuid[]; picks: number[]; buckets: number[]; messages: Uuid[]; bodies: string[] }

function makeRows(r: () => number, people: Uuid[], size: number): Rows {
  const rows: Rows = { ids: [], picks: [], buckets: [], messages: [], bodies: [] }
  for (let i = 0; i < size; i++) {
    const pick = Math.floor(r() * people.length)
    rows.picks.push(pick)
    rows.ids.push(people[pick]!)
    rows.buckets.push(bucketOf(people[pick]!))
    rows.messages.push(newId())
    rows.bodies.push(
      JSON.stringify({ product_id: pick % 900, price: pick % 5_000 }).padEnd(BODY_BYTES, ' 精華'),
    )
  }
  return rows
}

type State = (i: number, v: number) => string
const UPDATE = `update customer c set state = s.state, version = c.version + 1
  from unnest($1::smallint[], $2::uuid[], $3::text[]) s (bucket, id, state) where c.bucket = s.bucket and c.id = s.id`

/** New states of the customers of a batch, each once, as the fold writes them. */
function statesOf(rows: Rows, state: State): [number[], Uuid[], string[]] {
  const last = new Map(rows.picks.map((pick, i) => [pick, i]))
  const order = [...last].sort((a, b) => a[0] - b[0])
  return [
    order.map(([, i]) => rows.buckets[i]!),
    order.map(([, i]) => rows.ids[i]!),
    order.map(([pick, i]) => state(pick, i)),
  ]
}

async function writeByUnnest(client: pg.Client, workspace: Uuid, rows: Rows, state: State): Promise<void> {
  await Promise.all([
    client.query('begin'),
    client.query({
      name: 'insert',
      text: `insert into inbox (bucket, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body)
             select bucket, $6::uuid, ordinal, $5::uuid, id, 'event', hash, body
               from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::text[]) with ordinality s (bucket, id, hash, body, ordinal)`,
      values: [rows.buckets, rows.ids, rows.messages, rows.bodies, workspace, newId()],
    }),
    update(client, rows, state),
    client.query('commit'),
  ])
}

async function writeByCopy(client: pg.Client, workspace: Uuid, rows: Rows, state: State): Promise<void> {
  const request = newId()
  const text = rows.ids
    .map(
      (id, i) =>
        `${rows.buckets[i]}\t${request}\t${i}\t${workspace}\t${id}\tevent\t${rows.messages[i]}\t${rows.bodies[i]}\n`,
    )
    .join('')
  await client.query('begin')
  await copyIn(
    client,
    'copy inbox (bucket, request_id, ordinal, workspace_id, customer_id, kind, message_hash, body) from stdin',
    Buffer.from(text),
  )
  await update(client, rows, state)
  await client.query('commit')
}

/** Two lanes may meet in a customer: a deadlock is tried again, as in the product. */
const update = (client: pg.Client, rows: Rows, state: State) =>
  client.query({ name: 'update', text: UPDATE, values: statesOf(rows, state) })
