// Two languages from one list of words (words/*.ts holds each pair side by side). Keys are typed.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { words } from './words/index.ts'

export const LOCALES = ['zh-TW', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** A leaf is [zh-TW, en]. */
export type Words = { [key: string]: readonly [string, string] | Words }
type Spoken<T> = { [K in keyof T]: T[K] extends readonly [string, string] ? string : Spoken<T[K]> }
export type Resource = Spoken<typeof words>

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Resource }
  }
}

export function spoken(tree: Words, side: 0 | 1): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      Array.isArray(value) ? value[side] : spoken(value as Words, side),
    ]),
  )
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

export function setLocale(locale: Locale): void {
  localStorage.setItem(STORE, locale)
  document.documentElement.lang = locale
  void i18next.changeLanguage(locale)
}

export const i18n = i18next
export function startI18n(): void {
  const locale = storedLocale()
  document.documentElement.lang = locale
  void i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: { 'zh-TW': { translation: spoken(words, 0) }, en: { translation: spoken(words, 1) } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
}

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
    | 'identifier'
    | 'node'
    | 'port'
    | 'attention'
    | 'auditAction'
    | 'setting'
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
