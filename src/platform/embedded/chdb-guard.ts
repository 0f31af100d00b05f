// What the embedded ClickHouse refuses to run. chDB gives every caller all rights of its process, among them reading
// files and calling other hosts, and its access control cannot be narrowed (its user is fixed: tried with a config
// file and REVOKE). So each statement is cut into tokens as ClickHouse does and checked against lists of what is
// allowed; what the lists do not know is refused. Second line of defence: the first is the token and our own SQL.

/** A refused or broken statement; `code` is ClickHouse's number for it. */
export class Refused extends Error {
  readonly code: number
  constructor(code: number, name: string, message: string) {
    super(`Code: ${code}. DB::Exception: ${message}. (${name})`)
    this.code = code
  }
}

type Token = { kind: 'word' | 'quoted' | 'string' | 'number' | 'sign'; text: string }

const denied = (what: string): Refused =>
  new Refused(497, 'ACCESS_DENIED', `${what} is switched off in the embedded ClickHouse`)

/** Statements by their first word; anything else is refused. Notably absent: set, use, system, attach, grant. */
const STATEMENTS = new Set(
  'select with insert create alter drop truncate optimize show describe desc explain exists rename exchange delete update check kill backup restore ('.split(
    ' ',
  ),
)
const CREATE = new Set('table temporary database view materialized dictionary or if'.split(' '))
/** Table functions that touch nothing outside the database. `merge`, `dictionary` read our own tables. */
const TABLE_FUNCTIONS = new Set(
  'numbers numbers_mt zeros zeros_mt generate_series generateseries generaterandom values null merge dictionary view input primes format'.split(
    ' ',
  ),
)
const ENGINES =
  /^(?:(?:Replacing|Summing|Aggregating|Collapsing|VersionedCollapsing|Coalescing)?MergeTree|Memory|Null|View|MaterializedView|Log|TinyLog|StripeLog|Join|Set|Atomic|Merge)$/i

const STRING_ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', f: '\f' }

/** ClickHouse's lexical rules: comments, '…' with \ and '' escapes, "…" and `…` identifiers, $tag$…$tag$ strings.
 *  @throws Refused when a quote or comment is not closed */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  let i = 0
  const open = (what: string) => new Refused(62, 'SYNTAX_ERROR', `${what} is not closed`)
  while (i < sql.length) {
    const c = sql[i]!
    const two = sql.slice(i, i + 2)
    if (/\s/.test(c)) i++
    else if (two === '--' || two === '#!' || two === '# ') {
      const end = sql.indexOf('\n', i)
      i = end < 0 ? sql.length : end
    } else if (two === '/*') {
      const end = sql.indexOf('*/', i + 2)
      if (end < 0) throw open('A comment')
      i = end + 2
    } else if (c === "'" || c === '"' || c === '`') {
      let text = ''
      for (i++; ; i++) {
        if (i >= sql.length) throw open('A quote')
        if (sql[i] === '\\') text += STRING_ESCAPES[sql[++i] ?? ''] ?? sql[i] ?? ''
        else if (sql[i] !== c) text += sql[i]
        else if (sql[i + 1] === c) text += sql[++i]
        else break
      }
      i++
      tokens.push({ kind: c === "'" ? 'string' : 'quoted', text })
    } else if (c === '$') {
      const tag = /^\$\w*\$/.exec(sql.slice(i, i + 100))?.[0]
      const end = tag ? sql.indexOf(tag, i + tag.length) : -1
      if (!tag || end < 0) throw open('A $ string')
      tokens.push({ kind: 'string', text: sql.slice(i + tag.length, end) })
      i = end + tag.length
    } else {
      const word = /^[\p{L}_][\p{L}\p{N}_$]*/u.exec(sql.slice(i, i + 300))?.[0]
      const number = word ? undefined : /^\d\w*/.exec(sql.slice(i, i + 100))?.[0]
      const text = word ?? number ?? c
      tokens.push({ kind: word ? 'word' : number ? 'number' : 'sign', text })
      i += text.length
    }
  }
  return tokens
}

export type Known = { tableFunctions: ReadonlySet<string>; engines: ReadonlySet<string> }

/** @param known lower-case names of all table functions and engines this build has, as it says itself
 *  @throws Refused saying what is not allowed */
export function checkStatement(tokens: Token[], known: Known): void {
  const last = tokens.at(-1)
  if (last?.kind === 'sign' && last.text === ';') tokens = tokens.slice(0, -1)
  const low = tokens.map(t => (t.kind === 'word' ? t.text.toLowerCase() : t.kind === 'sign' ? t.text : ''))
  const name = (i: number): string | null => {
    const t = tokens[i]
    return t && (t.kind === 'word' || t.kind === 'quoted') ? t.text.toLowerCase() : null
  }
  const first = low[0] ?? ''
  if (!STATEMENTS.has(first)) throw denied(`The statement ${(first || '?').toUpperCase()}`)
  if (first === 'create' && !CREATE.has(low[1] ?? '')) throw denied(`CREATE ${(low[1] || '?').toUpperCase()}`)
  const backup = first === 'backup' || first === 'restore'

  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i]!
    const next = low[i + 1]
    if (low[i] === ';') throw new Refused(62, 'SYNTAX_ERROR', 'Multi-statements are not allowed')
    if (low[i] === 'into' && next === 'outfile') throw denied('INTO OUTFILE')
    if (low[i] === 'from' && next === 'infile') throw denied('FROM INFILE')
    if (t.kind === 'quoted' && /[/\\]|\.\./.test(t.text)) throw denied('A path as a name')
    // the database `default` of chDB shows the files of the disk as tables
    if (name(i) === 'default' && next === '.') throw denied('The database `default`')
    if (
      (low[i] === 'from' || low[i] === 'join') &&
      tokens[i + 1]?.kind === 'string' &&
      /[/\\.]/.test(tokens[i + 1]!.text)
    ) {
      throw denied('A file as a table')
    }
    if (low[i] === 'source' && next === '(') checkDictionarySource(tokens.slice(i + 2), name(i + 2))
    const word = name(i)
    if (word === null) continue
    if (word === 'engine') checkEngine(first, name(next === '=' ? i + 2 : i + 1), known)
    if (next !== '(') continue
    if (
      backup &&
      word === 'file' &&
      (low[i - 1] === 'to' || low[i - 1] === 'from') &&
      !/\.\./.test(tokens[i + 2]?.text ?? '')
    )
      continue
    if (
      word === 'disk' ||
      word === 'file' ||
      (known.tableFunctions.has(word) && !TABLE_FUNCTIONS.has(word))
    ) {
      throw denied(`${t.text}()`)
    }
  }
}

function checkEngine(first: string, engine: string | null, known: Known): void {
  // `engine` is also a column of system.tables: only names of engines matter, and only where something is made
  if ((first !== 'create' && first !== 'alter') || engine === null) return
  if (known.engines.has(engine) && !ENGINES.test(engine)) throw denied(`The engine ${engine}`)
}

/** Dictionaries may read our own tables only; a query inside a string would escape this check. */
function checkDictionarySource(rest: Token[], source: string | null): void {
  if (source === 'null') return
  if (source !== 'clickhouse') throw denied(`The dictionary source ${source ?? '?'}`)
  for (const t of rest) {
    if (t.kind === 'sign' && t.text === ')') return
    if (/^(host|port|query|name)$/i.test(t.text) && t.kind !== 'string')
      throw denied(`A dictionary source with ${t.text}`)
  }
}

/** Names and types of `{name:Type}` in a statement. */
export function parametersOf(sql: string): { name: string; type: string }[] {
  return [...sql.matchAll(/\{\s*(\w+)\s*:\s*([^}]+?)\s*\}/g)].map(m => ({ name: m[1]!, type: m[2]! }))
}
