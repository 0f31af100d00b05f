// What came of importing a journey: what this workspace lacks, what was matched by name.
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../../src/contract.ts'
import { useSay } from '../../use.ts'

export function ImportDone({
  done,
  open,
}: {
  done: Out<'importJourney'> | null
  open: (journey: string) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  if (done === null) return null
  const go = () => open(done.journey)
  return (
    <Modal opened onClose={go} title={t('versions.imported')} centered>
      <Stack gap="sm">
        {done.missing.length > 0 ? (
          <div>
            <Text>{t('versions.importedText')}</Text>
            <ul>
              {done.missing.map(m => (
                <li key={m.kind + m.name}>
                  {t('versions.useNamed', { kind: t(`useKind.${m.kind}`), name: m.name })}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        {done.mapped.length > 0 ? (
          <Text c="dimmed">{t('versions.mapped', { names: say.list(done.mapped.map(m => m.name)) })}</Text>
        ) : null}
        <Group justify="flex-end">
          <Button onClick={go}>{t('versions.open')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
