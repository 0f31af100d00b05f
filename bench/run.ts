// npm run bench [name …] [--quick] [--size=1]: runs the benches asked for (all without a name), prints each and adds it
// to RESULTS.md. Never fails a build: what goes wrong is printed and recorded as wrong.
import { alarms } from './alarms.ts'
import { backfill } from './backfill.ts'
import { floor } from './floor.ts'
import { importOrders } from './import.ts'
import { journeys } from './journeys.ts'
import { latency } from './latency.ts'
import { pipeline } from './pipeline.ts'
import { preview } from './preview.ts'
import { print, record, type Report } from './report.ts'
import { replay } from './replay.ts'
import { send } from './send.ts'
import { startAndIdle } from './rest.ts'
import { segments } from './segments.ts'
import { web } from './web.ts'

const args = process.argv.slice(2)
const names = args.filter(a => !a.startsWith('--'))
const quick = args.includes('--quick')
const size = Number(args.find(a => a.startsWith('--size='))?.slice(7) ?? 1)
const keep = !args.includes('--no-record') && !quick
const KNOWN = [
  'floor',
  'pipeline',
  'latency',
  'alarms',
  'journeys',
  'import',
  'send',
  'preview',
  'replay',
  'backfill',
  'segments',
  'start',
  'idle',
  'web',
]
const unknown = names.filter(name => !KNOWN.includes(name))
if (unknown.length > 0 || !(size > 0)) {
  console.error(`Benches: ${KNOWN.join(', ')}. Options: --quick, --size=N, --no-record.`)
  process.exit(2)
}
const wanted = (name: string): boolean => names.length === 0 || names.includes(name)
const people = quick ? 2_000 : Math.round(100_000 * size)

function done(report: Report): void {
  print(report)
  if (keep) record(report)
}
async function attempt(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    console.error(
      `\n${name} broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    process.exitCode = 1
  }
}

// the floor is measured in the same run as the pipeline, so that their ratio counts
let floorRate: number | null = null
if (wanted('floor') || wanted('pipeline'))
  await attempt('floor', async () => {
    const f = await floor({ people, seconds: quick ? 3 : 15, quick })
    floorRate = f.eventsPerS
    done(f.report)
  })
if (wanted('pipeline'))
  await attempt('pipeline', async () => done(await pipeline({ people, seconds: quick ? 8 : 60, floorRate })))
if (wanted('latency'))
  await attempt('latency', async () =>
    done(
      await latency({
        seconds: quick ? 5 : 20,
        rates: quick ? [1, 20, 100] : [1, 20, 100, 500],
        beside: true,
      }),
    ),
  )
if (wanted('send')) await attempt('send', async () => done(await send({ people })))
if (wanted('journeys')) await attempt('journeys', async () => done(await journeys({ people })))
if (wanted('alarms')) await attempt('alarms', async () => done(await alarms({ people })))
if (wanted('import'))
  await attempt('import', async () =>
    done(await importOrders({ rows: quick ? 10_000 : Math.round(100_000 * size) })),
  )
if (wanted('backfill')) await attempt('backfill', async () => done(await backfill({ people })))
if (wanted('segments'))
  await attempt('segments', async () => done(await segments({ people, seconds: quick ? 8 : 60 })))
if (wanted('preview'))
  await attempt('preview', async () =>
    done(
      await preview({
        people: quick ? 20_000 : Math.round(1_000_000 * size),
        events: quick ? 200_000 : Math.round(10_000_000 * size),
      }),
    ),
  )
if (wanted('replay'))
  await attempt('replay', async () =>
    done(
      await replay({
        people: quick ? 4_000 : Math.round(100_000 * size),
        events: quick ? 100_000 : Math.round(3_000_000 * size),
      }),
    ),
  )
if (wanted('start') || wanted('idle'))
  await attempt('start and idle', async () => done(await startAndIdle({ seconds: quick ? 10 : 60 })))
if (wanted('web')) await attempt('web', async () => done(await web({ seconds: quick ? 2 : 5 })))
