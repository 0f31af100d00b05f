// Several chDB Sessions over one data folder: one for inserts, the others for questions, each running one statement
// at a time. (One Session for all let an insert wait 4.9 s behind a scan; a second one: 2 ms.)
import { Session, type RawInsertFormat } from 'chdb'
import { checkStatement, type Known, parametersOf, Refused, tokenize } from './chdb-guard.ts'

export type Request = {
  sql: string
  /** rows of an insert whose statement ends with FORMAT; empty otherwise */
  body: Buffer
  database: string
  params: Record<string, string>
  settings: Record<string, string>
  format: string
}

export type Result = {
  bytes: Uint8Array
  readRows: number
  readBytes: number
  writtenRows: number
  writtenBytes: number
  elapsedS: number
}

type Lane = {
  session: Session
  database: string
  settings: Map<string, string>
  busy: boolean
}

export type ChdbEngine = { run(request: Request): Promise<Result>; idle(): Promise<void>; close(): void }

/** For questions that say nothing else: chDB cannot be told to stop one, so each must end by itself. */
const LIMITS = { max_execution_time: '60', max_memory_usage: '1000000000' }

const INSERT = /^\s*insert\s+into\s+(?:table\s+)?([\w.`"]+)\s*(?:\(([^()]*)\)\s*)?format\s+(\w+)\s*;?\s*$/i
const FORMATS = [
  'JSONEachRow',
  'JSONCompactEachRow',
  'CSV',
  'CSVWithNames',
  'TSV',
  'TabSeparated',
  'TSVWithNames',
  'TabSeparatedWithNames',
]

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const bare = (name: string): string => name.trim().replaceAll(/[`"]/g, '')

/** Opens the data folder; `questions` is how many statements may run beside inserts. One process at a time may have it open.
 *  @throws when chDB cannot open the folder */
export async function openChdb(
  path: string,
  configFile: string,
  database: string,
  questions = 3,
): Promise<ChdbEngine> {
  // loads tables before the first question, not beside it; more than one Session needs the same arguments
  const open = () =>
    new Session(path, { connectionArgs: ['--async_load_databases=0', `--config-file=${configFile}`] })
  const lane = (): Lane => ({ session: open(), database: '', settings: new Map(), busy: false })
  const insertLane = lane()
  const lanes = Array.from({ length: questions }, lane)
  const waiting: (() => void)[] = []
  let running = 0
  const idlers: (() => void)[] = []

  const list = async (table: string): Promise<Set<string>> => {
    const r = await insertLane.session.queryAsync(`select lower(name) as name from system.${table}`, {
      format: 'TSV',
    })
    return new Set(r.text().split('\n').filter(Boolean))
  }
  await insertLane.session.queryAsync(`create database if not exists ${database} engine = Atomic`)
  const known: Known = {
    tableFunctions: await list('table_functions'),
    engines: new Set([...(await list('table_engines')), ...(await list('database_engines'))]),
  }

  async function take(candidates: Lane[]): Promise<Lane> {
    for (;;) {
      const free = candidates.find(l => !l.busy)
      if (free) {
        free.busy = true
        running++
        return free
      }
      await new Promise<void>(r => waiting.push(r))
    }
  }
  function give(l: Lane): void {
    l.busy = false
    running--
    for (const wake of waiting.splice(0)) wake()
    if (running === 0) for (const wake of idlers.splice(0)) wake()
  }

  /** Brings a session to the database, settings and parameters of a request: nothing of the one before remains. */
  async function prepare(l: Lane, r: Request): Promise<void> {
    if (l.database !== r.database) {
      if (!/^\w+$/.test(r.database) || r.database === 'default')
        throw new Refused(81, 'UNKNOWN_DATABASE', `Database ${r.database} does not exist`)
      await l.session.queryAsync(`use ${r.database}`)
      l.database = r.database
    }
    const settings: Record<string, string> = { ...LIMITS, ...r.settings }
    const changes: string[] = []
    for (const name of l.settings.keys()) if (!(name in settings)) changes.push(`${name} = default`)
    for (const [name, value] of Object.entries(settings))
      if (l.settings.get(name) !== value) changes.push(`${name} = ${quote(value)}`)
    if (changes.length) {
      await l.session.queryAsync(`set ${changes.join(', ')}`)
      l.settings = new Map(Object.entries(settings))
    }
    const wanted = parametersOf(r.sql)
    for (const { name, type } of wanted) {
      const value = r.params[name]
      if (value === undefined)
        throw new Refused(456, 'UNKNOWN_QUERY_PARAMETER', `Substitution \`${name}\` is not set`)
      if (type === 'Identifier' && !/^[\w.]+$/.test(value))
        throw new Refused(36, 'BAD_ARGUMENTS', `Parameter ${name} is not a plain name`)
    }
    if (wanted.length)
      await l.session.queryAsync(
        `set ${wanted.map(p => `param_${p.name} = ${quote(r.params[p.name]!)}`).join(', ')}`,
      )
  }

  async function insert(r: Request, m: RegExpExecArray): Promise<Result> {
    const table = bare(m[1]!)
    const format = FORMATS.find(f => f.toLowerCase() === m[3]!.toLowerCase())
    if (!format)
      throw new Refused(
        73,
        'UNKNOWN_FORMAT',
        `The embedded ClickHouse inserts ${FORMATS.join(', ')}, not ${m[3]}`,
      )
    const l = await take([insertLane])
    try {
      const s = await l.session.insert({
        table: table.includes('.') ? table : `${r.database}.${table}`,
        values: r.body,
        format: format as RawInsertFormat,
        ...(m[2] ? { columns: m[2].split(',').map(bare) } : {}),
        settings: r.settings,
      })
      return {
        bytes: new Uint8Array(),
        readRows: 0,
        readBytes: 0,
        writtenRows: s.rowsWritten,
        writtenBytes: s.bytesWritten,
        elapsedS: s.elapsed,
      }
    } finally {
      give(l)
    }
  }

  return {
    async run(r) {
      const tokens = tokenize(r.sql)
      if (!tokens.length) throw new Refused(62, 'SYNTAX_ERROR', 'Empty query')
      checkStatement(tokens, known)
      const m = INSERT.exec(r.sql)
      if (m) return insert(r, m)
      if (r.body.length)
        throw new Refused(
          62,
          'SYNTAX_ERROR',
          'Rows came with a statement that is not INSERT INTO table [(columns)] FORMAT name',
        )
      const l = await take(lanes)
      try {
        await prepare(l, r)
        const q = await l.session.queryAsync(r.sql, { format: r.format })
        return {
          bytes: q.bytes(),
          readRows: q.rowsRead,
          readBytes: q.bytesRead,
          writtenRows: 0,
          writtenBytes: 0,
          elapsedS: q.elapsed,
        }
      } finally {
        give(l)
      }
    },
    async idle() {
      if (running) await new Promise<void>(r => idlers.push(r))
    },
    close() {
      for (const l of [insertLane, ...lanes]) l.session.close()
    },
  }
}
