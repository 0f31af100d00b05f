// What every list of the catalogue offers: rows from a file, or one by hand.
import { IconFileImport, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ButtonLink } from '../parts/link.tsx'
import { Guarded } from '../parts/small.tsx'

export function ShelfActions({ ws, add, label }: { ws: string; add: () => void; label: string }) {
  const { t } = useTranslation()
  return (
    <>
      <ButtonLink
        size="xs"
        variant="default"
        leftSection={<IconFileImport size={14} />}
        to="/w/$ws/sources"
        params={{ ws }}
        search={{ tab: 'imports' }}
      >
        {t('catalogue.importFile')}
      </ButtonLink>
      <Guarded scope="catalogue:write" size="xs" leftSection={<IconPlus size={14} />} onClick={add}>
        {label}
      </Guarded>
    </>
  )
}
