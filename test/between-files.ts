// The files of a worker share their modules (vitest.config.ts): what one changed for itself does not reach the next.
import i18next from 'i18next'
import { afterAll, vi } from 'vitest'

afterAll(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  if (i18next.isInitialized) await i18next.changeLanguage('zh-TW')
})
