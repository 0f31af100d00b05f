// How people come and go in a live segment: how long the rule must have held, and the tag that goes with it.
import { Group, NumberInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../src/rules/model.ts'
import { ONLY_GROUP } from '../../src/segments/model.ts'
import { Card } from '../parts/page.tsx'
import type { Definition } from './parts.tsx'

const HOUR_MS = 3_600_000
export type Settings = { dwellHours: number; tag: string }

export const settingsOf = (definition: Definition | undefined): Settings => ({
  dwellHours: (definition?.dwellMs ?? 0) / HOUR_MS,
  tag: definition?.tag ?? '',
})

export const liveDefinition = (rule: Rule | null, { dwellHours, tag }: Settings): Definition => ({
  groups: [{ key: ONLY_GROUP, name: '', rule }],
  ...(dwellHours > 0 ? { dwellMs: Math.round(dwellHours * HOUR_MS) } : {}),
  ...(tag.trim() === '' ? {} : { tag: tag.trim() }),
})

export function SettingsCard({
  settings,
  onChange,
}: {
  settings: Settings
  onChange: (settings: Settings) => void
}) {
  const { t } = useTranslation()
  return (
    <Card title={t('segmentEdit.advanced')}>
      <Group gap={20} align="flex-start">
        <NumberInput
          w={220}
          label={t('segmentEdit.dwell')}
          description={t('segmentEdit.dwellText')}
          min={0}
          max={400 * 24}
          decimalScale={2}
          suffix={t('segmentEdit.hours')}
          value={settings.dwellHours}
          onChange={value => onChange({ ...settings, dwellHours: typeof value === 'number' ? value : 0 })}
        />
        <TextInput
          w={260}
          label={t('segmentEdit.tag')}
          description={t('segmentEdit.tagText')}
          maxLength={100}
          value={settings.tag}
          onChange={e => onChange({ ...settings, tag: e.currentTarget.value })}
        />
      </Group>
    </Card>
  )
}
