// Who is behind a figure of messages, and each message of it, in a drawer.
import { Drawer, Tabs } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Query } from '../../src/contract.ts'
import type { Figure } from '../../src/insight/engagement/model.ts'
import { usePages } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Scroll } from '../parts/page.tsx'
import { Channel, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { ExportPeople } from './export-people.tsx'
import { PeopleTable } from './people.tsx'
import { ShowList } from '../parts/list-table.tsx'

type Asked = Omit<NonNullable<Query<'engagement'>>, 'by'>
type Props = { ws: string; figure: Figure; asked: Asked }

export function BehindFigure({ ws, figure, asked, close }: Props & { close: () => void }) {
  const { t } = useTranslation()
  const [tab, setTab] = useState<string | null>('people')
  const title = t('engagement.people', { figure: t(`engagementFigure.${figure}`) })
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={title}>
      <p className="note">{t(`engagementDef.${figure}`)}</p>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="people">{t('engagement.tabPeople')}</Tabs.Tab>
          <Tabs.Tab value="messages">{t('engagement.tabMessages')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <People ws={ws} figure={figure} asked={asked} />
        </Tabs.Panel>
        <Tabs.Panel value="messages">
          <Messages ws={ws} figure={figure} asked={asked} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  )
}

function People({ ws, figure, asked }: Props) {
  const { t } = useTranslation()
  const say = useSay()
  const query = usePages('engagementPeople', { ws, query: { ...asked, figure, limit: 50 } })
  return (
    <>
      {query.items.length > 0 ? <ExportPeople ws={ws} list={{ of: 'engagement', ...asked, figure }} /> : null}
      <PeopleTable
        label={t('engagement.tabPeople')}
        ws={ws}
        query={query}
        heading={t('engagement.count')}
        rows={query.items.map(i => ({ customer: i.customer, value: say.count(i.value) }))}
      />
    </>
  )
}

function Messages({ ws, figure, asked }: Props) {
  const { t } = useTranslation()
  const say = useSay()
  const query = usePages('engagementMessages', { ws, query: { ...asked, figure, limit: 50 } })
  return (
    <ShowList
      query={query}
      waiting={8}
      empty={<Empty icon={<IconUsers />} title={t('engagement.empty')} text="" />}
    >
      <Scroll label={t('engagement.messages')}>
        <table className="table hover">
          <thead>
            <tr>
              <th>{t('engagement.sentAt')}</th>
              <th>{t('engagement.channel')}</th>
              <th>{t('engagement.what')}</th>
            </tr>
          </thead>
          <tbody>
            {query.items.map(m => (
              <tr key={m.message}>
                <td className="nowrap">
                  {m.kept ? (
                    <A to="/w/$ws/messages" params={{ ws }} search={{ message: m.message }}>
                      <Time at={m.at} exact />
                    </A>
                  ) : (
                    <Time at={m.at} exact />
                  )}
                </td>
                <td>
                  <Channel name={m.channel} />
                </td>
                <td>{say.list(m.figures.filter(f => f !== 'sent').map(f => t(`engagementFigure.${f}`)))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </ShowList>
  )
}
