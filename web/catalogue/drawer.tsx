// Where a row of the catalogue is edited: a form at the right, with save, and archive or bring back.
import { Drawer, Group, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ArchiveBar } from '../parts/archive-bar.tsx'
import { Badge } from '../parts/small.tsx'

export function EditDrawer({
  title,
  name,
  archived,
  saving,
  close,
  save,
  archive,
  children,
}: {
  title: string
  name: string
  archived: boolean
  saving: boolean
  close: () => void
  save: () => void
  /** absent while it is new */
  archive?: (archived: boolean) => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="lg"
      title={
        <Group gap="xs">
          <Text fw={650}>{title}</Text>
          {archived ? <Badge tone="skip">{t('catalogue.archived')}</Badge> : null}
        </Group>
      }
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          save()
        }}
      >
        <Stack gap="sm">
          {children}
          <ArchiveBar
            scope="catalogue:write"
            archived={archived}
            saving={saving}
            words={{
              archive: t('catalogue.archive'),
              restore: t('catalogue.restore'),
              sure: t('catalogue.archiveSure', { name }),
            }}
            archive={archive}
          />
        </Stack>
      </form>
    </Drawer>
  )
}

/** What a text field gives: nothing when it is empty. */
export const orNull = (text: string): string | null => text.trim() || null

type Field = { isNew: boolean; value: string; set: (value: string) => void }

/** The code by which files and events name the row; it is given once. */
export function CodeField({ isNew, value, set }: Field) {
  const { t } = useTranslation()
  return (
    <TextInput
      label={t('catalogue.code')}
      description={isNew ? t('catalogue.codeText') : undefined}
      required={isNew}
      withAsterisk={false}
      disabled={!isNew}
      maxLength={100}
      value={value}
      onChange={e => set(e.currentTarget.value)}
      data-autofocus={isNew || undefined}
    />
  )
}

export function NameField({ isNew, value, set, most }: Field & { most: number }) {
  const { t } = useTranslation()
  return (
    <TextInput
      label={t('catalogue.name')}
      required
      withAsterisk={false}
      maxLength={most}
      value={value}
      onChange={e => set(e.currentTarget.value)}
      data-autofocus={!isNew || undefined}
    />
  )
}
