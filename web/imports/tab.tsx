// Sources > Imports: upload, the health of each feed, every import.
import { ListTable } from '../parts/list-table.tsx'
import { Anchor, Button, FileButton, Group, Menu, Select, Stack, Text } from '@mantine/core'
import { IconFileImport, IconTableImport, IconTemplate } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type DragEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { showProblem, useAct, useApi, usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { A } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Badge, Guarded, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import { errorFileOf, type Import, ImportState, useTargets } from './parts.tsx'
import { uploadFile } from './upload.ts'

export function Imports({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const why = useDisabledReason()('customers:import')
  const [share, setShare] = useState<number | null>(null)
  const [over, setOver] = useState(false)
  const { targets, named } = useTargets(ws)

  const take = async (file: File | null | undefined) => {
    if (!file || share !== null || why !== null) return
    setShare(0)
    try {
      const made = await uploadFile(ws, file, setShare)
      await navigate({ to: '/w/$ws/imports/$import', params: { ws, import: made.id } })
    } catch (error) {
      showProblem(error)
    } finally {
      setShare(null)
    }
  }
  const drop = (e: DragEvent) => {
    e.preventDefault()
    setOver(false)
    void take(e.dataTransfer.files[0])
  }
  return (
    <Stack>
      <section
        className="card card-body"
        aria-label={t('imports.upload')}
        style={over ? { outline: '2px dashed var(--app-accent)' } : undefined}
        onDragOver={e => {
          e.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Group justify="space-between">
          <div>
            <Text>{t('imports.kinds')}</Text>
            <Text size="sm" c="dimmed">
              {t('imports.drop')}
            </Text>
          </div>
          <Group gap="xs">
            <Menu>
              <Menu.Target>
                <Button variant="default" leftSection={<IconTemplate size={16} />}>
                  {t('imports.templates')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {targets?.targets
                  .filter(x => x.kind !== 'documents')
                  .map(x => (
                    <Menu.Item
                      key={x.name}
                      component="a"
                      href={`/api/w/${ws}/import-templates/${x.name}.csv`}
                      download
                    >
                      {named(x.label)}
                    </Menu.Item>
                  ))}
              </Menu.Dropdown>
            </Menu>
            <FileButton
              onChange={file => void take(file)}
              accept=".csv,.tsv,.txt,.xlsx,.json,.ndjson,.jsonl,.gz"
              inputProps={{ 'aria-label': t('imports.upload') }}
            >
              {props => (
                <Guarded
                  scope="customers:import"
                  leftSection={<IconFileImport size={16} />}
                  loading={share === 1}
                  onClick={props.onClick}
                >
                  {share === null
                    ? t('imports.upload')
                    : t('imports.uploading', { percent: Math.round(share * 100) })}
                </Guarded>
              )}
            </FileButton>
          </Group>
        </Group>
      </section>
      <Feeds ws={ws} />
      <List ws={ws} />
    </Stack>
  )
}

const HEALTH = { ok: 'good', failed: 'bad', wrong: 'bad', late: 'wait' } as const

function Feeds({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const feeds = useApi('importFeeds', { ws })
  if (!feeds.data || feeds.data.items.length === 0) return null
  return (
    <Card title={t('imports.feeds')} flush>
      <Text size="sm" c="dimmed" px="md" pt="xs">
        {t('imports.feedsText')}
      </Text>
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th>{t('imports.source')}</th>
              <th>{t('imports.health')}</th>
              <th>{t('imports.lastRun')}</th>
              <th className="end">{t('imports.rowsIn')}</th>
              <th className="end">{t('imports.rejected')}</th>
              <th>{t('imports.every')}</th>
            </tr>
          </thead>
          <tbody>
            {feeds.data.items.map(f => (
              <Feed key={f.source} ws={ws} feed={f} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Feed({ ws, feed }: { ws: string; feed: Out<'importFeeds'>['items'][number] }) {
  const { t } = useTranslation()
  const say = useSay()
  const save = useAct('setImportFeed', { done: t('imports.saved') })
  const why = useDisabledReason()('sources:write')
  const usual = [null, 1, 24, 168]
  const choices = usual.includes(feed.everyHours) ? usual : [...usual, feed.everyHours]
  const label = (h: number | null) =>
    h === null
      ? t('imports.whenever')
      : h === 1
        ? t('imports.hourly')
        : h === 24
          ? t('imports.daily')
          : h === 168
            ? t('imports.weekly')
            : t('imports.hours', { n: h })
  const { last } = feed
  return (
    <tr>
      <td>{feed.source}</td>
      <td>
        <Badge tone={HEALTH[feed.health]}>{word('feedHealth', feed.health)}</Badge>
      </td>
      <td className="nowrap">
        {last ? (
          <A to="/w/$ws/imports/$import" params={{ ws, import: last.id }}>
            <Time at={last.endedAt ?? last.createdAt} />
          </A>
        ) : (
          '—'
        )}
      </td>
      <td className="end">{last ? say.count(last.rows - last.counts.wrong) : '—'}</td>
      <td className="end">
        {last && last.counts.wrong > 0 ? (
          <Anchor href={errorFileOf(ws, last.id)} download>
            {say.count(last.counts.wrong)}
          </Anchor>
        ) : (
          '—'
        )}
      </td>
      <td>
        <Select
          size="xs"
          w={170}
          aria-label={`${t('imports.every')}: ${feed.source}`}
          allowDeselect={false}
          disabled={why !== null}
          data={choices.map(h => ({ value: String(h), label: label(h) }))}
          value={String(feed.everyHours)}
          onChange={value =>
            save.mutate({
              ws,
              source: feed.source,
              body: { everyHours: value === 'null' ? null : Number(value) },
            })
          }
        />
      </td>
    </tr>
  )
}

function List({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const list = usePages('imports', { ws, query: { limit: 30 } })
  const { targets, named } = useTargets(ws)
  const labelOf = (name: string | null) => {
    const found = targets?.targets.find(x => x.name === name)
    return found ? named(found.label) : (name ?? '—')
  }
  return (
    <div className="card">
      <ListTable
        query={list}
        waiting={5}
        hover
        empty={<Empty icon={<IconTableImport />} title={t('imports.empty')} text={t('imports.emptyText')} />}
        head={
          <>
            <th>{t('imports.file')}</th>
            <th>{t('imports.source')}</th>
            <th>{t('imports.holds')}</th>
            <th>{t('imports.status')}</th>
            <th className="end">{t('imports.rows')}</th>
            <th className="end">{t('imports.wrong')}</th>
            <th>{t('imports.by')}</th>
            <th>{t('imports.started')}</th>
          </>
        }
        row={i => <Row key={i.id} ws={ws} of={i} holds={labelOf(i.target)} />}
      />
    </div>
  )
}

function Row({ ws, of, holds }: { ws: string; of: Import; holds: string }) {
  const say = useSay()
  return (
    <tr>
      <td>
        <A to="/w/$ws/imports/$import" params={{ ws, import: of.id }} fw={550}>
          {of.fileName}
        </A>
      </td>
      <td>{of.source}</td>
      <td className="nowrap">{holds}</td>
      <td>
        <ImportState of={of} />
      </td>
      <td className="end">{of.rows === 0 ? '—' : say.count(of.rows)}</td>
      <td className="end">
        {of.counts.wrong === 0 ? (
          '—'
        ) : (
          <Anchor href={errorFileOf(ws, of.id)} download className="tone-bad">
            {say.count(of.counts.wrong)}
          </Anchor>
        )}
      </td>
      <td>{of.createdBy}</td>
      <td className="nowrap">
        <Time at={of.startedAt ?? of.createdAt} />
      </td>
    </tr>
  )
}
