// What differs between two versions of a message, in people's words: which part, which field, before and after. Rules are
// told as a whole, and what is made from blocks is not told beside them. Pure.
export type Change = { path: string; before: string | null; after: string | null }
export type ToldChange = { path: string; where: string; before: string; after: string }
type Words = (key: string, values?: Record<string, unknown>) => string
/** Words and whether there are any for a key. */
type Dictionary = { t: Words; has: (key: string) => boolean }

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null
/** What only holds other parts. */
const SILENT = new Set([
  'contents',
  'template',
  'action',
  'body',
  'hero',
  'header',
  'quickReply',
  'items',
  'footer',
])
const NUMBERED: Record<string, string> = {
  messages: 'message',
  blocks: 'block',
  columns: 'column',
  buttons: 'button',
  actions: 'button',
  items: 'reply',
  components: 'component',
}
const MOST = 300

function at(content: unknown, keys: readonly string[]): unknown {
  let value = content
  for (const key of keys) value = isObject(value) ? value[key] : undefined
  return value
}

/** Where the rule begins that a path leads into; -1: into none. */
function ruleAt(keys: readonly string[]): number {
  const when = keys.indexOf('when')
  if (when >= 0) return when + 1
  return keys[0] === 'conditions' ? 2 : -1
}

function kindOf(content: unknown, keys: readonly string[], { t, has }: Dictionary): string {
  const part = at(content, keys)
  const type = isObject(part) && typeof part.type === 'string' ? part.type : ''
  const word = [`editor.mail_${type}`, `editor.kind_${type}`].find(k => type !== '' && has(k))
  return word ? t(word) : ''
}

function whereOf(keys: readonly string[], contents: readonly unknown[], words: Dictionary): string {
  const { t, has } = words
  const parts: string[] = []
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const next = keys[i + 1]
    const isPlace = next !== undefined && /^\d+$/.test(next)
    if (key === 'locales' && next !== undefined) {
      parts.push(has(`editor.language_${next}`) ? t(`editor.language_${next}`) : next)
      i++
    } else if ((key === 'slots' || key === 'conditions') && next !== undefined) {
      parts.push(t(key === 'slots' ? 'moduleDiff.slot' : 'moduleDiff.rule', { name: next }))
      i++
    } else if (isPlace) {
      const kind = contents.map(c => kindOf(c, keys.slice(0, i + 2), words)).find(k => k !== '') ?? ''
      const nth = t(`moduleDiff.${NUMBERED[key] ?? 'item'}`, { n: Number(next) + 1 })
      parts.push(kind === '' ? nth : t('moduleDiff.kind', { nth, kind }))
      i++
    } else if (/^\d+$/.test(key)) parts.push(t('moduleDiff.item', { n: Number(key) + 1 }))
    else if (i < keys.length - 1 && SILENT.has(key)) continue
    else
      parts.push(has(`moduleField.${key}`) ? t(`moduleField.${key}`) : t('moduleDiff.other', { name: key }))
  }
  return parts.join(' · ')
}

const short = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)}…` : text)

function sayValue(text: string | null, key: string, { t, has }: Dictionary): string {
  if (text === null) return '—'
  if (text === 'true' || text === 'false') return t(`moduleDiff.${text}`)
  const word = [`editor.mail_${text}`, `editor.kind_${text}`, `editor.${key}_${text}`].find(
    k => /^[a-z_]+$/.test(text) && has(k),
  )
  return word ? t(word) : short(text)
}

export function tellChanges(
  changes: readonly Change[],
  before: unknown,
  after: unknown,
  words: Dictionary,
): ToldChange[] {
  const { t } = words
  const fromBlocks = (keys: readonly string[]) =>
    keys.at(-1) === 'html' &&
    [before, after].some(c => Array.isArray(at(c, [...keys.slice(0, -1), 'blocks'])))
  const told = new Map<string, ToldChange>()
  for (const change of changes) {
    const keys = change.path.split('/').slice(1)
    if (fromBlocks(keys)) continue
    const rule = ruleAt(keys)
    const own = rule < 0 ? keys : keys.slice(0, rule)
    const path = `/${own.join('/')}`
    if (told.has(path)) continue
    const where = whereOf(own, [after, before], words)
    if (rule < 0) {
      const key = own.at(-1) ?? ''
      told.set(path, {
        path,
        where,
        before: sayValue(change.before, key, words),
        after: sayValue(change.after, key, words),
      })
      continue
    }
    const [was, is] = [at(before, own) !== undefined, at(after, own) !== undefined]
    told.set(path, {
      path,
      where,
      before: t(was ? 'moduleDiff.ruled' : 'moduleDiff.everybody'),
      after: t(!is ? 'moduleDiff.everybody' : was ? 'moduleDiff.ruleChanged' : 'moduleDiff.ruled'),
    })
  }
  return [...told.values()]
}
