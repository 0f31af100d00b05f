// Audiences of advertising platforms: which segment, how many the platform has, what went wrong, and the file of hashes.
import { Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPlus, IconTargetArrow } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../api/call.ts'
import { showProblem, useAct, useApi } from '../api/queries.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Card, Page } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Badge, Guarded, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { type Audience, AudienceForm, type Choice } from './audience-form.tsx'

const route = getRouteApi('/w/$ws/audiences')

const TONES = { on: 'good', paused: 'skip', failing: 'bad' } as const

export function Audiences() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const [edited, edit] = useState<Audience | 'new' | null>(null)
  const query = useApi('audiences', { ws })
  const segments = useApi('segments', { ws, query: {} })
  const choices: Choice[] = (segments.data?.items ?? []).map(s => ({ value: s.id, label: s.name }))
  const add = (
    <Guarded
      scope="channels:write"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => edit('new')}
    >
      {t('audiences.add')}
    </Guarded>
  )
  return (
    <Page title={t('audiences.title')} lead={t('audiences.lead')} action={add}>
      <Show query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Card flush>
              <Empty
                icon={<IconTargetArrow />}
                title={t('audiences.empty')}
                text={t('audiences.emptyText')}
                action={add}
              />
            </Card>
          ) : (
            <Stack>
              {items.map(audience => (
                <One
                  key={audience.id}
                  ws={ws}
                  audience={audience}
                  choices={choices}
                  edit={() => edit(audience)}
                />
              ))}
            </Stack>
          )
        }
      </Show>
      {edited !== null ? (
        <AudienceForm
          ws={ws}
          audience={edited === 'new' ? null : edited}
          choices={choices}
          close={() => edit(null)}
        />
      ) : null}
    </Page>
  )
}

const bodyOf = ({ name, provider, segment, exclude, settings }: Audience, on: boolean) => ({
  name,
  provider,
  segment,
  exclude,
  settings,
  on,
})

async function download(ws: string, audience: string, done: (people: number) => string): Promise<void> {
  const { name, csv, people } = await call('audienceFile', { ws, audience })
  saveFile(name, csv, 'text/csv')
  notifications.show({ message: done(people), color: 'green' })
}

function One({
  ws,
  audience,
  choices,
  edit,
}: {
  ws: string
  audience: Audience
  choices: Choice[]
  edit: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const [asking, ask] = useState(false)
  const of = { ws, audience: audience.id }
  const save = useAct('saveAudience', { done: t('common.saved') })
  const remove = useAct('deleteAudience', { done: t('common.saved') })
  const nameOf = (id: string) => choices.find(c => c.value === id)?.label ?? id
  const on = audience.state === 'on'
  return (
    <Card
      title={audience.name}
      aside={
        <Group gap={8}>
          <Badge tone={TONES[audience.state]}>{t(`audiences.${audience.state}`)}</Badge>
          <Guarded scope="channels:write" size="xs" variant="default" onClick={edit}>
            {t('audiences.edit')}
          </Guarded>
        </Group>
      }
    >
      <Stack gap={8}>
        <Text size="sm">
          {t(`audiences.${audience.provider}`)} · {nameOf(audience.segment)}
        </Text>
        {audience.exclude !== null ? (
          <Text size="sm" c="dimmed">
            {t('audiences.exclude')}: {nameOf(audience.exclude)}
          </Text>
        ) : null}
        <Group gap="md">
          <Text size="sm">
            {t('audiences.told')} {say.count(audience.told)}
          </Text>
          <Text size="sm">
            {t('audiences.waiting')} {say.count(audience.waiting)}
          </Text>
          {audience.lastSync !== null ? (
            <Text size="sm">
              {t('audiences.lastSync')} <Time at={audience.lastSync} />
            </Text>
          ) : null}
        </Group>
        {audience.remote !== null ? (
          <Text size="sm">
            {t('audiences.remote')} <code>{audience.remote}</code>
          </Text>
        ) : null}
        {audience.building ? (
          <Text size="sm" c="dimmed">
            {t('audiences.building')}
          </Text>
        ) : null}
        {audience.lastError !== null ? (
          <Text size="sm" c="red" style={{ overflowWrap: 'anywhere' }}>
            {t('audiences.lastError')}: {audience.lastError}
          </Text>
        ) : null}
        <Group gap="xs">
          <Guarded
            scope="channels:write"
            size="xs"
            variant="default"
            onClick={() => save.mutate({ ...of, body: bodyOf(audience, !on) })}
          >
            {t(on ? 'audiences.pause' : 'audiences.resume')}
          </Guarded>
          <Guarded
            scope="customers:export"
            size="xs"
            variant="default"
            onClick={() =>
              void download(ws, audience.id, people => t('audiences.fileDone', { people })).catch(showProblem)
            }
          >
            {t(audience.provider === 'line' ? 'audiences.fileIds' : 'audiences.file')}
          </Guarded>
          <Guarded scope="channels:write" size="xs" variant="subtle" color="red" onClick={() => ask(true)}>
            {t('audiences.remove')}
          </Guarded>
        </Group>
      </Stack>
      <Confirm
        title={t('audiences.remove')}
        text={t('audiences.removeText')}
        action={t('audiences.remove')}
        danger
        opened={asking}
        close={() => ask(false)}
        run={() => remove.mutate(of)}
      />
    </Card>
  )
}
