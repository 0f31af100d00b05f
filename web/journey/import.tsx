// Takes a journey from a JSON file; says so when it is none.
import { FileButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconFileImport } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Guarded } from '../parts/small.tsx'

export function ImportButton({
  label,
  pending,
  take,
  variant,
}: {
  label: string
  pending: boolean
  take: (graph: unknown) => void
  variant?: string
}) {
  const { t } = useTranslation()
  const read = async (file: File | null) => {
    if (!file) return
    try {
      take(JSON.parse(await file.text()))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      notifications.show({ title: t('journeys.badFile'), message: t('journeys.badFileDo'), color: 'red' })
    }
  }
  return (
    <FileButton onChange={file => void read(file)} accept="application/json,.json">
      {props => (
        <Guarded
          scope="journeys:write"
          loading={pending}
          variant={variant}
          leftSection={<IconFileImport size={16} />}
          onClick={props.onClick}
        >
          {label}
        </Guarded>
      )}
    </FileButton>
  )
}
