// Which parts of a content a person gets: the language, the parts whose rule holds. What only steers this is taken away.
// Pure.
import { inLocale, type MessageContent } from '../channels/content.ts'
import type { CustomerState } from '../customers/model.ts'
import type { Rule } from '../rules/model.ts'
import { isDict } from '../platform/values.ts'

/** The language a person reads, of those there are: said by `language` or `locale` of their attributes; else the
 *  workspace's, in which the content itself is written. 'zh-Hant' and 'zh' are read as 'zh-TW', 'en-GB' as 'en'. */
export function languageOf(
  customer: CustomerState | null,
  content: { locales?: Record<string, unknown> | undefined },
  workspaceLocale: string,
): string {
  const said = customer?.traits.language?.v ?? customer?.traits.locale?.v
  if (typeof said !== 'string' || said === '') return workspaceLocale
  const wanted = said.replace('_', '-').toLowerCase()
  const offered = [...Object.keys(content.locales ?? {}), workspaceLocale]
  const of = (l: string) => l.toLowerCase().split('-')[0]
  return (
    offered.find(l => l.toLowerCase() === wanted) ??
    offered.find(l => of(l) === of(wanted)) ??
    workspaceLocale
  )
}

function keep(value: unknown, holds: (rule: Rule) => boolean): unknown {
  if (Array.isArray(value))
    return value
      .filter(v => !isDict(v) || v.when === undefined || holds(v.when as Rule))
      .map(v => {
        if (!isDict(v) || v.when === undefined) return keep(v, holds)
        const { when: _, ...rest } = v
        return keep(rest, holds)
      })
  if (!isDict(value)) return value
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, keep(v, holds)]))
}

/** The content for one person, still with its templates; and what `{% if conditions.… %}` reads. */
export function chooseParts(
  content: MessageContent,
  locale: string,
  holds: (rule: Rule) => boolean,
): { content: MessageContent; conditions: Record<string, boolean> } {
  const {
    conditions = {},
    slots: _slots,
    module: _module,
    track: _track,
    ...plain
  } = inLocale(content, locale)
  if ('blocks' in plain) delete plain.blocks
  return {
    content: keep(plain, holds) as MessageContent,
    conditions: Object.fromEntries(
      Object.entries(conditions).map(([name, rule]) => [name, holds(rule as Rule)]),
    ),
  }
}
