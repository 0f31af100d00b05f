// Why something that came in was not used, and why a connector needs somebody, in the language at hand.
import { currentLocale, i18n } from '../i18n.ts'
import { REFUSALS_ZH } from '../words/refusals.ts'

/** In Chinese by its code, in English as the API says it. */
export const sayRefusal = ({ code, detail }: { code: string; detail: string }): string =>
  currentLocale() === 'en' ? detail : (REFUSALS_ZH[code] ?? detail)

/** A code of ours in words, or the words of the other side as they came. */
export function whyInWords(why: string): string {
  const key = `connectors.why_${why}` as 'connectors.why_off'
  return i18n.exists(key) ? i18n.t(key) : why
}
