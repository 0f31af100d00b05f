// Each language's words are a chunk of their own, which vite.config.ts makes of words/index.ts.
import type { LoadWords } from '../i18n.ts'

export const loadWords: LoadWords = async locale =>
  (await (locale === 'en' ? import('virtual:words/en') : import('virtual:words/zh-TW'))).words
