// What can be done with a whole segment: export, tag everybody, keep as a list, archive.
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Menu,
  Modal,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../api/queries.ts'
import { wallTime } from '../format.ts'
import { Confirm } from '../parts/confirm.tsx'
import { useDisabledReason, useNow, useSay } from '../use.ts'
import type { SegmentDetail } from './parts.tsx'

export function Actions({ ws, of }: { ws: string; of: SegmentDetail }) {
  const { t } = useTranslation()
  const say = useSay()
  const barred = useDisabledReason()
  const [dialog, show] = useState<'tag' | 'snapshot' | 'archive' | null>(null)
  const archive = useAct('archiveSegment', { done: t('segment.archived') })
  const exportOf = (form: string) =>
    `/api/w/${encodeURIComponent(ws)}/segments/${encodeURIComponent(of.id)}/export/members.${form}`
  const live = of.status === 'live'
  const used = of.usedBy.map(u => u.name)
  return (
    <>
      <Menu position="bottom-end" withinPortal withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Tooltip label={t('segment.more')}>
            <ActionIcon variant="default" size={36} aria-label={t('segment.more')}>
              <IconDots size={17} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('segment.export')}</Menu.Label>
          {(['csv', 'xlsx'] as const).map(form => (
            <Menu.Item
              key={form}
              component="a"
              href={exportOf(form)}
              download
              disabled={!live || barred('customers:export') !== null}
            >
              {t(form === 'csv' ? 'segment.exportCsv' : 'segment.exportXlsx')}
            </Menu.Item>
          ))}
          <Menu.Item disabled={!live || barred('customers:write') !== null} onClick={() => show('tag')}>
            {t('segment.tag')}
          </Menu.Item>
          <Menu.Item disabled={!live || barred('segments:write') !== null} onClick={() => show('snapshot')}>
            {t('segment.snapshot')}
          </Menu.Item>
          <Menu.Item
            className="tone-bad"
            disabled={of.status === 'archived' || barred('segments:publish') !== null}
            onClick={() => show('archive')}
          >
            {t('segment.archive')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dialog === 'tag' ? <TagDialog ws={ws} of={of} close={() => show(null)} /> : null}
      {dialog === 'snapshot' ? <SnapshotDialog ws={ws} of={of} close={() => show(null)} /> : null}
      <Confirm
        title={t('segment.archiveTitle', { name: of.name })}
        text={
          used.length > 0 ? t('segment.archiveUsed', { names: say.list(used) }) : t('segment.archiveText')
        }
        action={t('segment.archiveDo')}
        danger
        typed={of.name}
        opened={dialog === 'archive'}
        close={() => show(null)}
        run={() => archive.mutate({ ws, segment: of.id, body: undefined })}
      />
    </>
  )
}

type Props = { ws: string; of: SegmentDetail; close: () => void }

function TagDialog({ ws, of, close }: Props) {
  const { t } = useTranslation()
  const say = useSay()
  const [tag, setTag] = useState('')
  const [remove, setRemove] = useState(false)
  const act = useAct('tagSegment', { done: t('segment.tagStarted'), after: close })
  return (
    <Modal
      opened
      onClose={close}
      centered
      title={t('segment.tagTitle', { n: of.size === null ? '' : say.count(of.size) })}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          act.mutate({ ws, segment: of.id, body: { tag: tag.trim(), remove } })
        }}
      >
        <Stack>
          <Text>{t('segment.tagText')}</Text>
          <TextInput
            label={t('segment.tagName')}
            maxLength={100}
            required
            withAsterisk={false}
            data-autofocus
            value={tag}
            onChange={e => setTag(e.currentTarget.value)}
          />
          <Checkbox
            label={t('segment.tagRemove')}
            checked={remove}
            onChange={e => setRemove(e.currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={act.isPending} disabled={tag.trim() === ''}>
              {t(remove ? 'segment.untagDo' : 'segment.tagDo')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function SnapshotDialog({ ws, of, close }: Props) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const now = useNow()
  const navigate = useNavigate()
  const [name, setName] = useState(() =>
    t('segment.snapshotName', { name: of.name, date: wallTime(now, zone).slice(0, 10) }),
  )
  const act = useAct('snapshotSegment', {
    after: ({ segment }) => {
      close()
      void navigate({ to: '/w/$ws/segments/$segment', params: { ws, segment: segment.id } })
    },
  })
  return (
    <Modal opened onClose={close} centered title={t('segment.snapshotTitle')}>
      <form
        onSubmit={event => {
          event.preventDefault()
          act.mutate({ ws, segment: of.id, body: { name: name.trim() } })
        }}
      >
        <Stack>
          <Text>{t('segment.snapshotText')}</Text>
          <TextInput
            label={t('segments.name')}
            maxLength={200}
            required
            withAsterisk={false}
            data-autofocus
            value={name}
            onChange={e => setName(e.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={act.isPending} disabled={name.trim() === ''}>
              {t('segment.snapshotDo')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
