// The inbox of the team: who waits at the left, one conversation at the right.
import { Button, Group, Select } from '@mantine/core'
import { IconClockHour4, IconMessages } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNEL_NAMES } from '../../src/channels/model.ts'
import { usePages } from '../api/queries.ts'
import { ConversationList } from '../conversations/list.tsx'
import { ConversationSettings } from '../conversations/settings.tsx'
import { Thread } from '../conversations/thread.tsx'
import { word } from '../i18n.ts'
import { FindInput } from '../parts/find-input.tsx'
import { Page } from '../parts/page.tsx'
import { More } from '../parts/small.tsx'
import { Empty, Waiting, Wrong } from '../parts/state.tsx'
import '../conversations/conversations.css'

const route = getRouteApi('/w/$ws/inbox')
const STATUSES = ['open', 'waiting', 'closed', 'all'] as const
const WHOSE = { all: 'everyone', me: 'mine', none: 'unassigned' } as const
type Status = (typeof STATUSES)[number]
type Whose = keyof typeof WHOSE

export function Inbox() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [hours, showHours] = useState(false)
  const put = (part: Record<string, string | undefined>) =>
    void navigate({ search: previous => ({ ...previous, ...part }), replace: true })
  const status = (STATUSES.find(s => s === search.status) ?? 'open') satisfies Status
  const assignee = (['me', 'none', 'all'] as const).find(w => w === search.whose) ?? ('all' satisfies Whose)
  const list = usePages('conversations', {
    ws,
    query: { status, assignee, channel: search.channel, q: search.q, limit: 40 },
  })
  const chosen = search.customer && search.at ? { customer: search.customer, channel: search.at } : null
  const counts = list.first?.counts
  return (
    <Page
      wide
      title={t('inbox.title')}
      lead={t('inbox.lead')}
      action={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconClockHour4 size={15} aria-hidden />}
          onClick={() => showHours(true)}
        >
          {t('inbox.settings')}
        </Button>
      }
    >
      <Group gap={8} mb="sm">
        <Select
          size="xs"
          w={150}
          allowDeselect={false}
          aria-label={t('inbox.status')}
          data={STATUSES.map(s => ({
            value: s,
            label: s === 'open' && counts ? `${t('inbox.open')} ${counts.open}` : t(`inbox.${s}`),
          }))}
          value={status}
          onChange={value => put({ status: value === 'open' ? undefined : (value ?? undefined) })}
        />
        <Select
          size="xs"
          w={150}
          allowDeselect={false}
          aria-label={t('inbox.whose')}
          data={Object.entries(WHOSE).map(([value, name]) => ({
            value,
            label:
              counts && value === 'me'
                ? `${t('inbox.mine')} ${counts.mine}`
                : counts && value === 'none'
                  ? `${t('inbox.unassigned')} ${counts.unassigned}`
                  : t(`inbox.${name}`),
          }))}
          value={assignee}
          onChange={value => put({ whose: value === 'all' ? undefined : (value ?? undefined) })}
        />
        <Select
          size="xs"
          w={150}
          clearable
          aria-label={t('common.channel')}
          placeholder={t('inbox.allChannels')}
          data={CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) }))}
          value={search.channel ?? null}
          onChange={value => put({ channel: value ?? undefined })}
        />
        <FindInput size="xs" w={220} label={t('inbox.search')} value={search.q} find={q => put({ q })} />
      </Group>
      <div className={`inbox${chosen ? ' inbox-has-thread' : ''}`}>
        <div className="card inbox-side">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className="inbox-list" tabIndex={0} aria-label={t('inbox.list')}>
            {list.isPending ? (
              <Waiting rows={8} />
            ) : list.error && list.items.length === 0 ? (
              <Wrong error={list.error} retry={() => void list.refetch()} />
            ) : (
              <ConversationList
                items={list.items}
                chosen={chosen}
                filtered={Boolean(search.q || search.channel || search.status || search.whose)}
                choose={of => put({ customer: of.customer, at: of.channel })}
              />
            )}
            <More query={list} />
          </section>
        </div>
        {chosen ? (
          <Thread
            key={`${chosen.customer}/${chosen.channel}`}
            where={{ ws, ...chosen }}
            back={() => put({ customer: undefined, at: undefined })}
          />
        ) : (
          <div className="card">
            <Empty icon={<IconMessages />} title={t('inbox.pick')} text={t('inbox.pickText')} />
          </div>
        )}
      </div>
      {hours ? <ConversationSettings ws={ws} close={() => showHours(false)} /> : null}
    </Page>
  )
}
