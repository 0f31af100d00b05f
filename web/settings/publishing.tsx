// Whether journeys are published by one person, or need a second one's word.
import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../api/queries.ts'
import { Card } from '../parts/page.tsx'
import { Show } from '../parts/state.tsx'
import { useDisabledReason } from '../use.ts'

export function PublishingSettings({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const query = useApi('publishingSettings', { ws })
  const why = useDisabledReason()('workspace:write')
  const save = useAct('savePublishingSettings', { done: t('common.saved') })
  return (
    <Card title={t('publishing.title')}>
      <Show query={query} rows={1}>
        {({ settings, version }) => (
          <Switch
            label={t('publishing.settingTitle')}
            description={why ?? t('publishing.settingText')}
            checked={settings.approval}
            disabled={why !== null || save.isPending}
            onChange={e =>
              save.mutate({ ws, body: { settings: { approval: e.currentTarget.checked }, version } })
            }
          />
        )}
      </Show>
    </Card>
  )
}
