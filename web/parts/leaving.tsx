// Asks before a page is left on which something is written and not saved.
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

const partOf = (search: object, key: string): unknown => (search as Record<string, unknown>)[key]

/** @param within the address's parameters that lead away, too */
export function AskBeforeLeaving({ unsaved, within = [] }: { unsaved: boolean; within?: string[] }) {
  const { t } = useTranslation()
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      unsaved &&
      (current.pathname !== next.pathname ||
        within.some(key => partOf(current.search, key) !== partOf(next.search, key))),
    enableBeforeUnload: () => unsaved,
    withResolver: true,
  })
  const { reset: stay, proceed: leave } = blocker
  return (
    <Modal opened={blocker.status === 'blocked'} onClose={() => stay?.()} title={t('leaving.title')} centered>
      <Stack>
        <Text>{t('leaving.text')}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => leave?.()}>
            {t('leaving.leave')}
          </Button>
          <Button data-autofocus onClick={() => stay?.()}>
            {t('leaving.stay')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
