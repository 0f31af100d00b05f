// A certificate of erasure that somebody shows: was it made here, and does it say what it said then.
import { Button, FileButton, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { In } from '../../src/contract.ts'
import { useAct } from '../api/queries.ts'

export function CheckCertificate({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const check = useAct('checkCertificate')
  const [unreadable, setUnreadable] = useState(false)

  async function take(file: File | null): Promise<void> {
    if (!file) return
    check.reset()
    setUnreadable(false)
    try {
      const certificate = JSON.parse(await file.text()) as In<'checkCertificate'>['certificate']
      check.mutate({ ws, body: { certificate } })
    } catch {
      setUnreadable(true)
    }
  }

  const wrong = unreadable || check.isError
  return (
    <Group gap="sm" p="sm">
      <FileButton accept="application/json,.json" onChange={file => void take(file)}>
        {props => (
          <Button {...props} size="xs" variant="default" loading={check.isPending}>
            {t('privacy.check')}
          </Button>
        )}
      </FileButton>
      <Text size="sm" role="status" c={wrong || check.data?.genuine === false ? 'red.9' : undefined}>
        {wrong
          ? t('privacy.checkUnreadable')
          : check.data
            ? t(check.data.genuine ? 'privacy.checkGenuine' : 'privacy.checkForged')
            : ''}
      </Text>
    </Group>
  )
}
