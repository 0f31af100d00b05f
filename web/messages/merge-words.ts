// Merge fields of a message by their names, for a look at it without a customer: 〔姓名〕 instead of {{ customer.name }}.
import type { Names } from '../rules/names.ts'

/** What stands in a condition stays, the tags of the condition go. */
export function withFieldNames(text: string, names: Pick<Names, 'trait' | 'prop'>): string {
  return text
    .replace(/\{%-?.*?-?%\}/gs, '')
    .replace(
      /\{\{-?\s*(\w+)\.(?:traits\.|props\.)?([\w-]+)[^}]*\}\}/g,
      (_, of: string, name: string) => `〔${of === 'customer' ? names.trait(name) : names.prop(name)}〕`,
    )
    .replace(/\{\{[^}]*\}\}/g, '〔…〕')
}

/** The same in every text of a content. */
export function contentWithFieldNames<T>(content: T, names: Pick<Names, 'trait' | 'prop'>): T {
  if (typeof content === 'string') return withFieldNames(content, names) as T
  if (Array.isArray(content)) return content.map(part => contentWithFieldNames(part as unknown, names)) as T
  if (typeof content !== 'object' || content === null) return content
  return Object.fromEntries(
    Object.entries(content).map(([key, part]) => [key, contentWithFieldNames(part as unknown, names)]),
  ) as T
}
