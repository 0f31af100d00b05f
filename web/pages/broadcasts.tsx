// Broadcasts: the list with how far each is, and how they compare with journeys.
import { Group, Tabs } from '@mantine/core'
import { IconPlus, IconSpeakerphone } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { usePages } from '../api/queries.ts'
import { Compare } from '../broadcasts/compare.tsx'
import { peopleDone } from '../broadcasts/spec.ts'
import { BroadcastState } from '../broadcasts/state.tsx'
import { A } from '../parts/link.tsx'
import { ListTable } from '../parts/list-table.tsx'
import { Page } from '../parts/page.tsx'
import { Channel, Guarded, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/broadcasts')
type Row = Out<'broadcasts'>['items'][number]

export function Broadcasts() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const add = (
    <Guarded
      scope="journeys:write"
      leftSection={<IconPlus size={16} />}
      onClick={() =>
        void navigate({ to: '/w/$ws/broadcasts/$broadcast', params: { ws, broadcast: 'new' }, search: {} })
      }
    >
      {t('broadcasts.new')}
    </Guarded>
  )
  return (
    <Page wide title={t('broadcasts.title')} lead={t('broadcasts.lead')} action={add}>
      <Tabs
        keepMounted={false}
        value={tab ?? 'list'}
        onChange={next =>
          void navigate({ search: { tab: next === 'list' ? undefined : (next ?? undefined) } })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="list">{t('broadcasts.tab_list')}</Tabs.Tab>
          <Tabs.Tab value="compare">{t('broadcasts.tab_compare')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="list">
          <List ws={ws} add={add} />
        </Tabs.Panel>
        <Tabs.Panel value="compare">
          <Compare ws={ws} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function List({ ws, add }: { ws: string; add: React.ReactNode }) {
  const { t } = useTranslation()
  const query = usePages('broadcasts', { ws, query: {} })
  return (
    <div className="card">
      <ListTable
        query={query}
        waiting={4}
        hover
        empty={
          <Empty
            icon={<IconSpeakerphone />}
            title={t('broadcasts.empty')}
            text={t('broadcasts.emptyText')}
            action={add}
          />
        }
        head={
          <>
            <th>{t('broadcasts.name')}</th>
            <th>{t('common.status')}</th>
            <th>{t('broadcasts.channels')}</th>
            <th>{t('broadcasts.progress')}</th>
            <th className="end">{t('broadcasts.sent')}</th>
            <th>{t('broadcasts.started')}</th>
          </>
        }
        row={(b: Row) => <BroadcastRow key={b.id} ws={ws} b={b} />}
      />
    </div>
  )
}

function BroadcastRow({ ws, b }: { ws: string; b: Row }) {
  const { t } = useTranslation()
  const say = useSay()
  const at = b.startedAt ?? b.startAt
  return (
    <tr>
      <td>
        <A to="/w/$ws/broadcasts/$broadcast" params={{ ws, broadcast: b.id }} fw={550}>
          {b.name}
        </A>
      </td>
      <td>
        <BroadcastState state={b.state} />
      </td>
      <td>
        <Group gap="xs">
          {b.channels.map(c => (
            <Channel key={c} name={c} />
          ))}
        </Group>
      </td>
      <td className="nowrap">
        {b.progress
          ? t('broadcasts.progressOf', {
              done: say.count(peopleDone(b.state, b.progress)),
              all: say.count(b.progress.audience),
            })
          : '—'}
      </td>
      <td className="end">{b.progress ? say.count(b.progress.accepted) : '—'}</td>
      <td className="nowrap">{at === null ? '—' : <Time at={at} />}</td>
    </tr>
  )
}
