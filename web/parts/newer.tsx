// Somebody else saved what is being edited here: nothing is overwritten, and nothing lost, without being asked.
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

export type Base = ReturnType<typeof useBase>

/** `base` is the version that is edited, which a save names; it tells `rest` the version that it made. A newer one is taken
 *  by `load` at once where nothing unsaved would be lost; otherwise the person is asked by `<Newer>`. */
export function useBase(latest: number, unsaved: boolean, load: () => void) {
  const [base, rest] = useState(latest)
  const newer = latest > base
  const take = () => {
    load()
    rest(latest)
  }
  useEffect(() => {
    if (newer && !unsaved) take()
  })
  return { base, rest, newer: newer && unsaved, take, keep: () => rest(latest) }
}

/** `latest` as it was when this was opened: what is being written in a drawer is not swept away when somebody saves the
 *  same thing meanwhile. Its own save names that version, and is refused then. */
export function AsOpened<T>({ latest, children }: { latest: T; children: (opened: T) => ReactNode }) {
  const [opened] = useState(latest)
  return children(opened)
}

export function Newer({ than: { newer, take, keep } }: { than: Base }) {
  const { t } = useTranslation()
  if (!newer) return null
  return (
    <Alert
      color="orange"
      variant="light"
      role="alert"
      icon={<IconUsers size={18} />}
      styles={{ title: { color: 'var(--app-wait)' } }}
      title={t('newer.title')}
    >
      <Text size="sm" mb={8}>
        {t('newer.text')}
      </Text>
      <Group gap="xs">
        <Button size="xs" onClick={keep}>
          {t('draftConflict.mine')}
        </Button>
        <Button size="xs" variant="default" onClick={take}>
          {t('draftConflict.theirs')}
        </Button>
      </Group>
    </Alert>
  )
}
