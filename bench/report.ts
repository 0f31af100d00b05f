// One line a measurement: printed as a table and added to bench/RESULTS.md.
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machine } from './machine.ts'

export type Figure = { what: string; value: string; aim?: string }
export type Report = { bench: string; size: string; figures: Figure[]; right: boolean; notes: string[] }

export function print(report: Report): void {
  const width = Math.max(...report.figures.map(f => f.what.length))
  console.log(
    `\n${report.bench} (${report.size})${report.right ? '' : '   THE WORK WENT WRONG: these are no figures'}`,
  )
  for (const f of report.figures)
    console.log(`  ${f.what.padEnd(width)}  ${f.value}${f.aim ? `   (aim ${f.aim})` : ''}`)
  for (const n of report.notes) console.log('  ' + n)
}

export function record(report: Report): void {
  const path = join(import.meta.dirname, 'RESULTS.md')
  if (!existsSync(path))
    writeFileSync(
      path,
      '# Measured\n\nEach run of `npm run bench` adds to this file. Engines, product and load share the cores; the load average before the run tells how idle the machine was.\n',
    )
  const m = machine()
  const lines = [
    '',
    `## ${report.bench}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    '',
    `${m.cpu}, ${m.cores} cores, load before ${loadBefore}, commit ${m.commit}, ${report.size}`,
    '',
    ...(report.right ? [] : ['**The work went wrong: these are no figures.**', '']),
    '| what | measured | aim |',
    '|---|---|---|',
    ...report.figures.map(f => `| ${f.what} | ${f.value} | ${f.aim ?? ''} |`),
    ...(report.notes.length > 0 ? ['', ...report.notes.map(n => `- ${n}`)] : []),
  ]
  appendFileSync(path, lines.join('\n') + '\n')
}

const loadBefore = machine().load
export const n = (value: number): string => Math.round(value).toLocaleString('en-US')
export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
