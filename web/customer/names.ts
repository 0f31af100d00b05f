// Names of attributes and wanted contacts in the language at hand.
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { currentLocale, word } from '../i18n.ts'
import { useWs } from '../use.ts'

const CONTACT = 'contact.'

export const labelOf = (label: { zh: string; en: string }): string =>
  currentLocale() === 'en' ? label.en : label.zh

/** The declared label; a name nobody declared as it is; `contact.email` as the contact. */
export function useAttributeName(): (name: string) => string {
  useTranslation() // another language renders anew
  const attributes = useApi('attributes', { ws: useWs() })
  return name => {
    if (name.startsWith(CONTACT)) return word('wantedContact', name.slice(CONTACT.length))
    const found = attributes.data?.items.find(a => a.name === name)
    return found ? labelOf(found.label) : name
  }
}
