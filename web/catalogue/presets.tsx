// Industry presets: what each adds, and installing one.
import { Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

type Preset = Out<'presets'>['items'][number]

export function Presets({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('presets', { ws })
  return (
    <Stack>
      <Text c="dimmed">{t('catalogue.presetsLead')}</Text>
      <Show query={query}>
        {({ items }) => (
          <div className="half">
            {items.map(p => (
              <PresetCard key={p.key} ws={ws} preset={p} />
            ))}
          </div>
        )}
      </Show>
    </Stack>
  )
}

function PresetCard({ ws, preset }: { ws: string; preset: Preset }) {
  const { t } = useTranslation()
  const side = useSay().locale === 'en' ? 'en' : 'zh'
  const install = useAct('installPreset', { done: t('catalogue.installDone') })
  const remove = useAct('removePreset', { done: t('common.saved') })
  const [asking, ask] = useState(false)
  const lists = [
    { label: t('catalogue.presetEvents'), names: preset.events.map(e => e.label[side]) },
    { label: t('catalogue.presetChannels'), names: preset.channels.map(c => c.label[side]) },
    { label: t('catalogue.presetTouchpoints'), names: preset.touchpoints.map(c => c.label[side]) },
    { label: t('catalogue.presetJourneys'), names: preset.journeys },
  ]
  return (
    <Card
      title={preset.name[side]}
      aside={
        preset.installedAt ? (
          <Group gap="xs">
            <Badge tone="good">{t('catalogue.installed')}</Badge>
            <ButtonLink size="xs" variant="default" to="/w/$ws/journeys" params={{ ws }}>
              {t('catalogue.seeJourneys')}
            </ButtonLink>
            <Guarded scope="catalogue:write" size="xs" variant="default" onClick={() => ask(true)}>
              {t('catalogue.removePreset')}
            </Guarded>
          </Group>
        ) : (
          <Guarded
            scope="catalogue:write"
            size="xs"
            variant="default"
            loading={install.isPending}
            onClick={() => install.mutate({ ws, preset: preset.key })}
          >
            {t('catalogue.install')}
          </Guarded>
        )
      }
    >
      <Stack gap="xs">
        <Text>{preset.lead[side]}</Text>
        {lists.map(l => (
          <div key={l.label}>
            <Text size="xs" c="dimmed" mb={3}>
              {l.label}
            </Text>
            <Group gap={4}>
              {l.names.map(n => (
                <span key={n} className="chip">
                  {n}
                </span>
              ))}
            </Group>
          </div>
        ))}
      </Stack>
      <Confirm
        title={t('catalogue.removePreset')}
        text={t('catalogue.removePresetSure', { name: preset.name[side] })}
        action={t('catalogue.removePreset')}
        opened={asking}
        close={() => ask(false)}
        run={() => remove.mutate({ ws, preset: preset.key })}
      />
    </Card>
  )
}
