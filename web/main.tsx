// Starts the app: words, theme, query cache, router.
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './style.css'
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode, useMemo } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from './api/queries.ts'
import { startI18n } from './i18n.ts'
import { router } from './router.tsx'
import { useTranslation } from 'react-i18next'
import { cssVariables, themeFor } from './theme.ts'
import { loadWords } from './words/load.ts'

await startI18n(loadWords)
const schemes = localStorageColorSchemeManager({ key: 'itinera.scheme' })
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

function App() {
  const { t } = useTranslation()
  const close = t('common.close')
  const theme = useMemo(() => themeFor(close), [close])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={schemes}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      <Notifications position="bottom-right" />
    </MantineProvider>
  )
}
