// Merge fields of a text by the names that people know them by.
import type { Names } from '../../rules/names.ts'

export const fieldsNamed = (text: string, names: Pick<Names, 'trait' | 'prop'>): string =>
  text
    .replace(
      /\{\{\s*(\w+)\.(?:traits\.|props\.)?([\w-]+)[^}]*\}\}/g,
      (_, of: string, name: string) => `〔${of === 'customer' ? names.trait(name) : names.prop(name)}〕`,
    )
    .replace(/\{\{[^}]*\}\}/g, '〔…〕')
