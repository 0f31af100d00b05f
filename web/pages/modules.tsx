// The library of message modules: folders, search, what each looks like and who uses it.
import { Button, Group, Modal, NativeSelect, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconFolder, IconPlus, IconTemplate } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNEL_NAMES, isChannel } from '../../src/channels/model.ts'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { contentFor } from '../journey/fields/content-for.ts'
import { ContentPreview, type Shown } from '../messages/content-preview.tsx'
import '../messages/editor/modules.css'
import { contentWithFieldNames } from '../messages/merge-words.ts'
import { FindInput } from '../parts/find-input.tsx'
import { A } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { Badge, Channel, Guarded } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useKnown } from '../rules/vocabulary.tsx'

const route = getRouteApi('/w/$ws/modules')
type Library = Out<'modules'>
type Row = Library['items'][number]

export function Modules() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const filters = route.useSearch()
  const navigate = route.useNavigate()
  const { q, channel, folder, tag, archived } = filters
  const query = useApi(
    'modules',
    {
      ws,
      query: {
        ...(q ? { q } : {}),
        ...(channel && isChannel(channel) ? { channel } : {}),
        ...(folder === undefined ? {} : { folder: folder === '-' ? '' : folder }),
        ...(tag ? { tag } : {}),
        ...(archived === 'true' ? { archived } : {}),
      },
    },
    { keep: true },
  )
  const [adding, add] = useState(false)
  const set = (part: Partial<typeof filters>) => void navigate({ search: { ...filters, ...part } })
  const button = (
    <Guarded scope="modules:write" leftSection={<IconPlus size={16} />} onClick={() => add(true)}>
      {t('modules.add')}
    </Guarded>
  )
  const filtered = Boolean(q || channel || folder || tag || archived)
  return (
    <Page wide title={t('modules.title')} lead={t('modules.lead')} action={button}>
      <Show query={query}>
        {data =>
          data.items.length === 0 && !filtered ? (
            <div className="card">
              <Empty
                icon={<IconTemplate />}
                title={t('modules.empty')}
                text={t('modules.emptyText')}
                action={button}
              />
            </div>
          ) : (
            <div className="modules">
              <Folders folders={data.folders} open={folder} choose={f => set({ folder: f })} />
              <Stack gap="sm">
                <Group gap="sm">
                  <FindInput
                    size="xs"
                    className="filter-search"
                    label={t('modules.search')}
                    value={q}
                    find={text => set({ q: text })}
                  />
                  <Select
                    size="xs"
                    w={160}
                    clearable
                    aria-label={t('modules.channel')}
                    placeholder={t('modules.anyChannel')}
                    data={CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) }))}
                    value={channel ?? null}
                    onChange={c => set({ channel: c ?? undefined })}
                  />
                  <Select
                    size="xs"
                    w={160}
                    clearable
                    aria-label={t('modules.tags')}
                    placeholder={t('modules.anyTag')}
                    data={data.tags}
                    value={tag ?? null}
                    onChange={x => set({ tag: x ?? undefined })}
                  />
                  <Button
                    size="compact-sm"
                    variant={archived === 'true' ? 'light' : 'subtle'}
                    aria-pressed={archived === 'true'}
                    onClick={() => set({ archived: archived === 'true' ? undefined : 'true' })}
                  >
                    {t('modules.archivedOnes')}
                  </Button>
                </Group>
                {data.items.length === 0 ? (
                  <Empty title={t('modules.none')} text={t('modules.noneText')} />
                ) : (
                  <ul className="module-grid">
                    {data.items.map(m => (
                      <ModuleCard key={m.id} ws={ws} module={m} />
                    ))}
                  </ul>
                )}
              </Stack>
            </div>
          )
        }
      </Show>
      {adding ? (
        <NewModule ws={ws} folder={folder === '-' ? '' : (folder ?? '')} close={() => add(false)} />
      ) : null}
    </Page>
  )
}

/** Folders that hold only folders are shown, too. */
function withParents(folders: Library['folders']): { folder: string; count: number | null }[] {
  const counts = new Map<string, number | null>(folders.map(f => [f.folder, f.count]))
  for (const { folder } of folders) {
    const names = folder.split('/')
    for (let i = 1; i < names.length; i++) {
      const parent = names.slice(0, i).join('/')
      if (!counts.has(parent)) counts.set(parent, null)
    }
  }
  return [...counts]
    .map(([folder, count]) => ({ folder, count }))
    .sort((a, b) => a.folder.localeCompare(b.folder))
}

function Folders({
  folders,
  open,
  choose,
}: {
  folders: Library['folders']
  open: string | undefined
  choose: (folder: string | undefined) => void
}) {
  const { t } = useTranslation()
  const one = (key: string | undefined, label: string, count: number | null, depth = 0) => (
    <li key={key ?? 'all'}>
      <button
        type="button"
        className="module-folder"
        aria-pressed={open === key}
        style={{ paddingInlineStart: 8 + depth * 14 }}
        onClick={() => choose(key)}
      >
        <IconFolder size={15} aria-hidden /> {label}
        {count === null ? null : <span className="dim">{count}</span>}
      </button>
    </li>
  )
  return (
    <nav aria-label={t('modules.folders')}>
      <ul className="plain">
        {one(undefined, t('modules.allFolders'), null)}
        {withParents(folders).map(f =>
          f.folder === ''
            ? one('-', t('modules.topFolder'), f.count)
            : one(f.folder, f.folder.split('/').at(-1) ?? f.folder, f.count, f.folder.split('/').length - 1),
        )}
      </ul>
    </nav>
  )
}

function ModuleCard({ ws, module }: { ws: string; module: Row }) {
  const { t } = useTranslation()
  const { name, channel, liveVersion, changed, usedBy, tags, folder } = module
  const { names } = useKnown(ws)
  const journeys = usedBy.filter(u => u.versions.length > 0)
  return (
    <li className="module-card">
      <div className="module-thumb" aria-hidden="true" inert>
        <ContentPreview content={contentWithFieldNames(module.content as Shown, names)} height={150} />
      </div>
      <Stack gap={4} p="sm">
        <A fw={600} to="/w/$ws/modules/$module" params={{ ws, module: module.id }}>
          {name}
        </A>
        <Group gap={8}>
          <Channel name={channel} />
          {liveVersion === null ? (
            <Badge tone="wait">{t('modules.unpublished')}</Badge>
          ) : (
            <Badge tone="good">{t('modules.version', { n: liveVersion })}</Badge>
          )}
          {changed && liveVersion !== null ? <Badge tone="wait">{t('modules.changed')}</Badge> : null}
        </Group>
        <Text size="xs" c="dimmed">
          {[folder, ...tags].filter(Boolean).join(' · ')}
        </Text>
        <Text size="xs" c="dimmed">
          {journeys.length === 0 ? t('modules.unused') : t('modules.usedBy', { count: journeys.length })}
        </Text>
      </Stack>
    </li>
  )
}

function NewModule({ ws, folder, close }: { ws: string; folder: string; close: () => void }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const [name, setName] = useState('')
  const [channel, setChannel] = useState<(typeof CHANNEL_NAMES)[number]>('line')
  const [purpose, setPurpose] = useState<'marketing' | 'transactional'>('marketing')
  const [where, setWhere] = useState(folder)
  const create = useAct('createModule', {
    after: made => void navigate({ to: '/w/$ws/modules/$module', params: { ws, module: made.id } }),
  })
  return (
    <Modal
      opened
      onClose={close}
      title={t('modules.add')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          const content = contentFor(channel, null, t('fieldForm.unsubscribe'))
          create.mutate({ ws, body: { name: name.trim(), channel, purpose, folder: where.trim(), content } })
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            withAsterisk={false}
            maxLength={120}
            label={t('modules.name')}
            value={name}
            onChange={e => setName(e.currentTarget.value)}
          />
          <NativeSelect
            label={t('modules.channel')}
            data={CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) }))}
            value={channel}
            onChange={e => setChannel(e.currentTarget.value as typeof channel)}
          />
          <NativeSelect
            label={t('modules.purpose')}
            data={(['marketing', 'transactional'] as const).map(p => ({
              value: p,
              label: t(`modules.purpose_${p}`),
            }))}
            value={purpose}
            onChange={e => setPurpose(e.currentTarget.value as typeof purpose)}
          />
          <TextInput
            label={t('modules.folder')}
            description={t('modules.folderHint')}
            maxLength={120}
            value={where}
            onChange={e => setWhere(e.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={create.isPending}>
              {t('modules.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
