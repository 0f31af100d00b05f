// Sources: keys, how to install, what came in, what was refused and why.
import { ListTable } from '../parts/list-table.tsx'
import { Anchor, Tabs } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconBolt, IconShieldCheck } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Imports } from '../imports/tab.tsx'
import { useEventLabel } from '../parts/event-label.ts'
import { EventPicker } from '../parts/event-picker.tsx'
import { A } from '../parts/link.tsx'
import { Page } from '../parts/page.tsx'
import { CodeBlock, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { Connectors } from '../sources/connectors.tsx'
import { EventNames } from '../sources/event-names.tsx'
import { EventProps } from '../sources/event-props.tsx'
import { Install } from '../sources/install.tsx'
import { Keys } from '../sources/keys.tsx'
import { sayRefusal } from '../sources/refusal.ts'

const route = getRouteApi('/w/$ws/sources')
const TABS = ['connectors', 'keys', 'install', 'imports', 'events', 'names', 'rejected'] as const

export function Sources() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Page wide title={t('sources.title')} lead={t('sources.lead')}>
      <Tabs
        value={tab ?? 'connectors'}
        onChange={value => void navigate({ search: { tab: value ?? undefined } })}
        keepMounted={false}
      >
        <Tabs.List mb="sm">
          {TABS.map(name => (
            <Tabs.Tab key={name} value={name}>
              {name === 'imports' ? t('imports.tab') : t(`sources.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="connectors">
          <Connectors ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <Keys ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="install">
          <Install ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="imports">
          <Imports ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="events">
          <LastEvents ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="names">
          <EventNames ws={ws} />
        </Tabs.Panel>
        <Tabs.Panel value="rejected">
          <Rejected ws={ws} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function LastEvents({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const { name } = route.useSearch()
  const navigate = route.useNavigate()
  const [text, setText] = useState(name ?? '')
  const filter = useDebouncedCallback(
    (value: string) =>
      void navigate({ search: { tab: 'events', name: value.trim() || undefined }, replace: true }),
    300,
  )
  const labelOf = useEventLabel(ws)
  const list = usePages('lastEvents', { ws, query: { name, limit: 50 } })
  return (
    <>
      <div style={{ maxWidth: 300, marginBottom: 12 }}>
        <EventPicker
          ws={ws}
          label={t('sources.eventFilter')}
          placeholder={t('sources.eventFilter')}
          value={text}
          onChange={value => {
            setText(value)
            filter(value)
          }}
        />
      </div>
      <div className="card">
        <ListTable
          query={list}
          waiting={8}
          hover
          empty={<Empty icon={<IconBolt />} title={t('sources.noEvents')} text={t('sources.noEventsText')} />}
          head={
            <>
              <th>{t('common.time')}</th>
              <th>{t('sources.event')}</th>
              <th>{t('common.customer')}</th>
              <th>{t('sources.source')}</th>
              <th>{t('common.channel')}</th>
              <th>{t('common.details')}</th>
            </>
          }
          row={e => (
            <tr key={e.id}>
              <td className="nowrap">
                <Time at={e.receivedAt} exact />
              </td>
              <td className="nowrap">{labelOf(e.name)}</td>
              <td className="nowrap">
                <A to="/w/$ws/customers/$customer" params={{ ws, customer: e.customer }}>
                  {e.customerName ?? t('customers.anonymous')}
                </A>
              </td>
              <td>{e.source}</td>
              <td className="nowrap">{e.channel ? word('channel', e.channel) : '—'}</td>
              <td>
                <EventProps name={e.name} props={e.props as Record<string, unknown>} />
              </td>
            </tr>
          )}
        />
      </div>
    </>
  )
}

function Rejected({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const list = usePages('rejectedEvents', { ws, query: { limit: 50 } })
  const [open, setOpen] = useState<string | null>(null)
  return (
    <div className="card">
      <ListTable
        query={list}
        waiting={6}
        empty={
          <Empty
            icon={<IconShieldCheck />}
            title={t('sources.noRejected')}
            text={t('sources.noRejectedText')}
          />
        }
        head={
          <>
            <th>{t('common.time')}</th>
            <th>{t('sources.source')}</th>
            <th>{t('sources.code')}</th>
            <th>{t('sources.where')}</th>
            <th>{t('sources.detail')}</th>
          </>
        }
        row={r => (
          <tr key={r.id}>
            <td className="nowrap">
              <Time at={r.at} exact />
            </td>
            <td>{r.source}</td>
            <td className="mono">{r.code}</td>
            <td className="mono">{r.path ?? '—'}</td>
            <td>
              {sayRefusal(r)}{' '}
              <Anchor
                component="button"
                size="xs"
                aria-expanded={open === r.id}
                onClick={() => setOpen(open === r.id ? null : r.id)}
              >
                {t('sources.body')}
              </Anchor>
              {open === r.id ? <CodeBlock text={r.body} label={t('sources.body')} /> : null}
            </td>
          </tr>
        )}
      />
    </div>
  )
}
