// The views of customers: the list, and the conflicts that wait for a person.
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { A } from '../parts/link.tsx'

export function CustomerTabs({ ws, at }: { ws: string; at: 'list' | 'conflicts' }) {
  const { t } = useTranslation()
  const conflicts = useApi('identityConflicts', { ws, query: { limit: 1 } })
  const open = conflicts.data?.open ?? 0
  return (
    <nav className="tabs" aria-label={t('identity.tabs')}>
      <A to="/w/$ws/customers" params={{ ws }} aria-current={at === 'list' ? 'page' : undefined}>
        {t('identity.list')}
      </A>
      <A
        to="/w/$ws/customers/conflicts"
        params={{ ws }}
        aria-current={at === 'conflicts' ? 'page' : undefined}
      >
        {t('identity.conflicts')}
        {open > 0 ? ` (${open})` : ''}
      </A>
    </nav>
  )
}
