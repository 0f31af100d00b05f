// Whether the draft is saved, and what to do when it is not.
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconCloudCheck, IconCloudOff, IconCloudUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Time } from '../../parts/small.tsx'
import type { Conflict, SaveState } from './use-draft.ts'

const ICONS = {
  saved: IconCloudCheck,
  saving: IconCloudUp,
  offline: IconCloudOff,
  conflict: IconCloudOff,
  refused: IconCloudOff,
}

export function SaveMark({ state, retry }: { state: SaveState; retry: () => void }) {
  const { t } = useTranslation()
  const Icon = ICONS[state]
  const wrong = state !== 'saved' && state !== 'saving'
  return (
    <Group gap={6} role="status" wrap="nowrap">
      <Text size="xs" c={wrong ? undefined : 'dimmed'} className={wrong ? 'tone-wait' : undefined}>
        <Icon size={15} aria-hidden style={{ verticalAlign: '-2px' }} /> {t(`draftState.${state}`)}
      </Text>
      {state === 'offline' || state === 'refused' ? (
        <Button size="compact-xs" variant="default" onClick={retry}>
          {t('common.retry')}
        </Button>
      ) : null}
    </Group>
  )
}

export function ConflictNotice({
  conflict,
  settle,
}: {
  conflict: Conflict
  settle: (whose: 'mine' | 'theirs') => void
}) {
  const { t } = useTranslation()
  return (
    <Alert
      color="orange"
      variant="light"
      radius={0}
      role="alert"
      styles={{ title: { color: 'var(--app-wait)' } }}
      title={t('draftConflict.title', { who: conflict.by ?? t('draftConflict.somebody') })}
    >
      <Text size="sm" mb={8}>
        {conflict.at ? <Time at={conflict.at} /> : null} {t('draftConflict.text')}
      </Text>
      <Group gap="xs">
        <Button size="xs" onClick={() => settle('mine')}>
          {t('draftConflict.mine')}
        </Button>
        <Button size="xs" variant="default" onClick={() => settle('theirs')}>
          {t('draftConflict.theirs')}
        </Button>
      </Group>
    </Alert>
  )
}
