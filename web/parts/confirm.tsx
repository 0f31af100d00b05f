// Nothing destructive happens without being asked: a dialog that says what will happen, with a typed name when asked.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

export function Confirm({
  title,
  text,
  action,
  danger,
  typed,
  opened,
  close,
  run,
}: {
  title: string
  text: ReactNode
  action: string
  danger?: boolean
  /** must be typed before the action is offered */
  typed?: string
  opened: boolean
  close: () => void
  run: () => void
}) {
  const { t } = useTranslation()
  const [written, write] = useState('')
  const ready = typed === undefined || written.trim() === typed.trim()
  return (
    <Modal opened={opened} onClose={close} title={title} centered>
      <form
        onSubmit={event => {
          event.preventDefault()
          event.stopPropagation() // React would pass it on to a form that the dialog is asked from
          if (!ready) return
          close()
          run()
        }}
      >
        <Stack>
          <Text component="div">{text}</Text>
          {typed === undefined ? null : (
            <TextInput
              label={t('common.typeToConfirm', { name: typed })}
              value={written}
              onChange={e => write(e.currentTarget.value)}
              data-autofocus
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color={danger ? 'red.9' : undefined} disabled={!ready}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
