// What live segments cost the pipeline: the same traffic beside 0, 20 and 200 of them.
import { run } from './pipeline.ts'
import { n, type Report } from './report.ts'

export async function segments(options: { people: number; seconds: number }): Promise<Report> {
  const runs = []
  for (const count of [0, 20, 200])
    runs.push({ count, ...(await run({ ...options, floorRate: null, segments: count })) })
  const base = runs[0]!
  return {
    bench: 'segments',
    size: `${n(options.people)} customers, ${options.seconds} s each`,
    right: runs.every(r => r.report.right),
    figures: runs.flatMap(r => [
      {
        what: `${r.count} live segments: sustained`,
        value: `${n(r.sustained)} events/s (${Math.round((1 - r.sustained / base.sustained) * 100)} % less)`,
        ...(r.count === 200 ? { aim: '< 40 % less' } : {}),
      },
      {
        what: `${r.count} live segments: CPU of all processes, engines included`,
        value: `${n(r.cpuUs)} us/event (${Math.round((r.cpuUs / base.cpuUs - 1) * 100)} % more); states p95 ${n(r.stateP95)} bytes`,
      },
    ]),
    notes: runs.map(r => `${r.count}: ${r.report.notes[0] ?? ''}; ${r.report.notes.at(-1) ?? ''}`),
  }
}
