// The way from a list of the catalogue to the import of its file.
import { IconFileImport } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ButtonLink } from '../parts/link.tsx'

export function ImportLink({ ws, target }: { ws: string; target: 'products' | 'stores' | 'staff' }) {
  const { t } = useTranslation()
  return (
    <ButtonLink
      size="xs"
      variant="default"
      leftSection={<IconFileImport size={14} />}
      to="/w/$ws/sources"
      params={{ ws }}
      search={{ tab: 'imports', name: target }}
    >
      {t('catalogue.importFile')}
    </ButtonLink>
  )
}
