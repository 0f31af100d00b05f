// The placeholders of a message: which names its Liquid reads, and whether its brackets close. What they stand for is
// known only when the message is rendered; whether they can stand for anything is known here.

/** What templates see (src/messages/render.ts). */
const ROOTS = ['customer', 'event', 'journey', 'workspace', 'unsubscribe_url']
const WORDS = new Set(
  [
    'and',
    'or',
    'not',
    'contains',
    'true',
    'false',
    'nil',
    'null',
    'empty',
    'blank',
    'in',
    'reversed',
    'limit',
    'offset',
  ].concat(['with', 'as', 'by', 'continue', 'forloop']),
)

/** Every text of a message's content, with its path. */
export function textsOf(value: unknown, path = ''): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}/${key}`))
}

/** First names read in an expression: quoted texts, filter names and what follows a dot are left out. */
function namesIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/"[^"]*"|'[^']*'/g, ' ')
    .replaceAll(/\|\s*[a-z_]+:?/gi, ' ')
    .replaceAll(/[a-z_]+:/gi, ' ')
  return [...bare.matchAll(/(?<![.\w-])[A-Za-z_][\w-]*/g)].map(m => m[0]).filter(name => !WORDS.has(name))
}

/** What is wrong with a text's placeholders: names that nothing gives, or a bracket that does not close. */
export function placeholderFaults(
  text: string,
): { code: 'unknown_placeholder' | 'open_bracket'; name: string }[] {
  const faults: { code: 'unknown_placeholder' | 'open_bracket'; name: string }[] = []
  const known = new Set(ROOTS)
  const rest = text.replaceAll(
    /\{\{([\s\S]*?)\}\}|\{%-?([\s\S]*?)-?%\}/g,
    (_all, output: string | undefined, tag: string | undefined) => {
      let expression = output ?? ''
      if (tag !== undefined) {
        const [, word = '', more = ''] = /^\s*(\w+)\s*([\s\S]*)$/.exec(tag) ?? []
        const named = /^([\w-]+)/.exec(more)?.[1]
        if (
          (word === 'assign' || word === 'capture' || word === 'for' || word === 'tablerow') &&
          named !== undefined
        ) {
          known.add(named)
          expression = more.slice(named.length)
        } else expression = ['if', 'elsif', 'unless', 'case', 'when', 'echo'].includes(word) ? more : ''
      }
      for (const name of namesIn(expression))
        if (!known.has(name)) faults.push({ code: 'unknown_placeholder', name })
      return ''
    },
  )
  if (/\{\{|\{%|%\}|\}\}/.test(rest))
    faults.push({ code: 'open_bracket', name: (/\{\{|\{%|%\}|\}\}/.exec(rest) ?? [''])[0] })
  return faults
}
