// Name, zone, quiet hours and the switch that pauses all sending.
import { Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { Card } from '../parts/page.tsx'
import { Guarded } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { PublishingSettings } from './publishing.tsx'

export function WorkspaceForm({ ws }: { ws: string }) {
  const query = useApi('workspace', { ws })
  // a changed version starts the form anew: what someone else saved is not overwritten by what was shown before
  return <Show query={query}>{data => <Form key={data.version} ws={ws} data={data} />}</Show>
}

function Form({ ws, data }: { ws: string; data: Out<'workspace'> }) {
  const { t } = useTranslation()
  const [name, setName] = useState(data.name)
  const [timezone, setTimezone] = useState(data.timezone)
  const [quiet, setQuiet] = useState(data.quietHours)
  const save = useAct('updateWorkspace', { done: t('common.saved') })
  return (
    <Stack maw={640}>
      <Card title={t('settings.workspace')}>
        <form
          onSubmit={event => {
            event.preventDefault()
            save.mutate({
              ws,
              body: { name: name.trim(), timezone, quietHours: quiet, version: data.version },
            })
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('settings.name')}
              required
              withAsterisk={false}
              maxLength={100}
              value={name}
              onChange={e => setName(e.currentTarget.value)}
            />
            <Select
              label={t('settings.timezone')}
              searchable
              allowDeselect={false}
              limit={60}
              data={Intl.supportedValuesOf('timeZone')}
              value={timezone}
              onChange={value => value && setTimezone(value)}
            />
            <Switch
              label={t('settings.quietOn')}
              description={t('settings.quietText')}
              checked={quiet !== null}
              onChange={e => setQuiet(e.currentTarget.checked ? { from: '22:00', to: '08:00' } : null)}
            />
            {quiet ? (
              <Group>
                <TextInput
                  type="time"
                  label={t('settings.from')}
                  required
                  withAsterisk={false}
                  value={quiet.from}
                  onChange={e => setQuiet({ ...quiet, from: e.currentTarget.value })}
                />
                <TextInput
                  type="time"
                  label={t('settings.to')}
                  required
                  withAsterisk={false}
                  value={quiet.to}
                  onChange={e => setQuiet({ ...quiet, to: e.currentTarget.value })}
                />
              </Group>
            ) : null}
            <Group justify="flex-end">
              <Guarded scope="workspace:write" type="submit" loading={save.isPending}>
                {t('common.save')}
              </Guarded>
            </Group>
          </Stack>
        </form>
      </Card>
      <Card title={t('settings.pause')}>
        <Group justify="space-between" wrap="nowrap">
          <Text>{t('settings.pauseText')}</Text>
          <Guarded
            scope="workspace:write"
            flex="none"
            variant={data.sendingPaused ? 'filled' : 'default'}
            loading={save.isPending}
            onClick={() =>
              save.mutate({ ws, body: { sendingPaused: !data.sendingPaused, version: data.version } })
            }
          >
            {t(data.sendingPaused ? 'journeys.resume' : 'settings.pause')}
          </Guarded>
        </Group>
      </Card>
      <PublishingSettings ws={ws} />
    </Stack>
  )
}
