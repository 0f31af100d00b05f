// The views of customers: the list, and the conflicts that wait for a person.
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { A } from '../parts/link.tsx'

/** the list is not where one is while a page below it is open */
const exactly = { exact: true, includeSearch: false }

export function CustomerTabs({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const conflicts = useApi('identityConflicts', { ws, query: { limit: 1 } })
  const open = conflicts.data?.open ?? 0
  return (
    <nav className="tabs" aria-label={t('identity.tabs')}>
      <A to="/w/$ws/customers" params={{ ws }} activeOptions={exactly}>
        {t('identity.list')}
      </A>
      <A to="/w/$ws/customers/conflicts" params={{ ws }} activeOptions={exactly}>
        {t('identity.conflicts')}
        {open > 0 ? ` (${open})` : ''}
      </A>
    </nav>
  )
}
