// The placeholders of a message: which names its Liquid reads, and whether its brackets close, as liquidjs itself reads
// them. What they stand for is known only when the message is rendered; whether they can stand for anything is known here.
import { Liquid, Tokenizer, TypeGuards } from 'liquidjs'

/** What templates see (src/messages/render.ts). */
const ROOTS = new Set([
  'customer',
  'event',
  'journey',
  'workspace',
  'unsubscribe_url',
  'preferences_url',
  'order',
  'cart',
  'coupon',
  'products',
  'recommendations',
  'stores',
  'slots',
  'conditions',
])

// no file is ever read; which filters there are is said by the engine that renders
const engine = new Liquid({ parseLimit: 200_000, templates: {}, relativeReference: false })

/** Every text of a message's content, with its path. */
export function textsOf(value: unknown, path = ''): { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}/${key}`))
}

/** An end without its beginning: Liquid prints it as it stands. */
function strayEnd(text: string): string | undefined {
  for (const token of new Tokenizer(text).readTopLevelTokens()) {
    if (!TypeGuards.isHTMLToken(token)) continue
    const plain = token.getContent()
    const end = /\{\{|\{%/.test(plain) ? undefined : /\}\}|%\}/.exec(plain)?.[0] // with both, it stands in `raw`
    if (end !== undefined) return end
  }
  return undefined
}

type PlaceholderFault = { code: 'unknown_placeholder' | 'open_bracket'; name: string }

/** What is wrong with a text's placeholders: names that nothing gives, or a bracket that does not close. Other faults
 *  of its syntax are told before publishing (templateFault of src/messages/render.ts). */
export function placeholderFaults(text: string): PlaceholderFault[] {
  if (!/\{\{|\{%|\}\}|%\}/.test(text)) return []
  try {
    const names = engine.globalVariablesSync(engine.parse(text), { partials: false })
    const faults = names
      .filter(name => !ROOTS.has(name))
      .map((name): PlaceholderFault => ({ code: 'unknown_placeholder', name }))
    const stray = strayEnd(text)
    return stray === undefined ? faults : [...faults, { code: 'open_bracket', name: stray }]
  } catch (error) {
    const { name, message } = error as Error
    const open =
      name === 'TokenizationError' ? /^(?:output|tag) "(\{[{%])[\s\S]*not closed/.exec(message) : null
    return open ? [{ code: 'open_bracket', name: open[1]! }] : []
  }
}
