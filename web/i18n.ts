// Two languages from one list of words (words/*.ts holds each pair side by side). Keys are typed.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { words } from './words/index.ts'

export const LOCALES = ['zh-TW', 'en'] as const
export type Locale = (typeof LOCALES)[number]
/** each in its own words, to choose from */
export const LANGUAGES = [
  { value: 'zh-TW', label: '繁體中文' },
  { value: 'en', label: 'English' },
]

type Spoken<T> = { [K in keyof T]: T[K] extends readonly [string, string] ? string : Spoken<T[K]> }
export type Resource = Spoken<typeof words>

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Resource }
  }
}

const STORE = 'itinera.locale'

export function storedLocale(): Locale {
  const kept = localStorage.getItem(STORE)
  if (kept === 'en' || kept === 'zh-TW') return kept
  return navigator.language.toLowerCase().startsWith('zh') ||
    !navigator.language.toLowerCase().startsWith('en')
    ? 'zh-TW'
    : 'en'
}

/** The words of one language: a page loads only those it shows. */
export type LoadWords = (locale: Locale) => Promise<Resource>
let load: LoadWords | null = null

export async function setLocale(locale: Locale): Promise<void> {
  localStorage.setItem(STORE, locale)
  if (load && !i18next.hasResourceBundle(locale, 'translation'))
    i18next.addResourceBundle(locale, 'translation', await load(locale))
  document.documentElement.lang = locale
  await i18next.changeLanguage(locale)
}

export const i18n = i18next
export async function startI18n(from: LoadWords): Promise<void> {
  load = from
  const locale = storedLocale()
  document.documentElement.lang = locale
  await i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: { [locale]: { translation: await from(locale) } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
}

/** All words of a group in the present language, by their keys. */
export const wordsOf = <G extends keyof Resource>(group: G): Resource[G] =>
  (i18next.getResourceBundle(i18next.language, 'translation') as Resource)[group]

export const currentLocale = (): Locale => (i18next.language === 'en' ? 'en' : 'zh-TW')

/** The word for a code of the server, such as a message state; the code itself when there is none (yet). */
export function word(
  group:
    | 'state'
    | 'reason'
    | 'kind'
    | 'channel'
    | 'fact'
    | 'exitHow'
    | 'role'
    | 'country'
    | 'identifier'
    | 'node'
    | 'port'
    | 'attention'
    | 'demoStep'
    | 'auditAction'
    | 'setting'
    | 'standInFault'
    | 'whatsappCategory'
    | 'whatsappStatus'
    | 'whatsappMedia'
    | 'prop'
    | 'leaf'
    | 'notNow'
    | 'importStatus'
    | 'feedHealth'
    | 'stage'
    | 'phase'
    | 'per'
    | 'salesChannel'
    | 'touchKind'
    | 'wantedContact'
    | 'entryKind'
    | 'weekday'
    | 'purpose'
    | 'place'
    | 'erasureKept'
    | 'segmentCause'
    | 'libraryFamily'
    | 'adapter'
    | 'mailCode',
  code: string,
): string {
  const key = `${group}.${code.replaceAll('.', '_')}`
  return i18next.exists(key) ? i18next.t(key as 'state.accepted') : code
}
