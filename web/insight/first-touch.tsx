// Where customers first came from, and how many of them bought within a window afterwards.
import { Anchor, Group, Select, Stack, Text } from '@mantine/core'
import { IconMapPin } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out, Query } from '../../src/contract.ts'
import { useApi, usePages } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Card, Scroll } from '../parts/page.tsx'
import { Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { useSay } from '../use.ts'
import { PeopleDrawer } from './people.tsx'
import { DaysPicker } from './pickers.tsx'

type By = NonNullable<Query<'firstTouch'>['by']>
const BY_WORDS = {
  kind: 'byKind',
  source: 'bySource',
  campaign: 'byCampaign',
  link: 'byLink',
  store: 'byStore',
} as const satisfies Record<By, string>
const ALL_BY = Object.keys(BY_WORDS) as By[]
const WINDOWS = ['30', '60', '90', '180', '365']
/** how the URL says "not known" */
const UNKNOWN = '-'

type Search = { by?: string; window?: string; key?: string }

export function FirstTouch({
  ws,
  range,
  search,
  choose,
  children,
}: {
  ws: string
  range: { from: string; to: string } | null
  search: Search
  choose: (more: Search) => void
  children: ReactNode
}) {
  const { t } = useTranslation()
  const by = ALL_BY.find(b => b === search.by) ?? 'kind'
  const days = Number(search.window ?? 90)
  const asked = { from: range?.from, to: range?.to, by, days }
  const query = useApi('firstTouch', { ws, query: asked }, { enabled: range !== null, keep: true })
  const name = (key: string) =>
    key === '' ? t('touch.unknown') : by === 'kind' ? word('touchKind', key) : key
  return (
    <Stack gap={16}>
      <Group gap="xs" align="flex-end">
        {children}
        <Select
          size="xs"
          w={150}
          label={t('touch.by')}
          allowDeselect={false}
          data={ALL_BY.map(value => ({ value, label: t(`touch.${BY_WORDS[value]}`) }))}
          value={by}
          onChange={value => choose({ by: value ?? undefined, key: undefined })}
        />
        <DaysPicker
          label={t('touch.window')}
          days={WINDOWS}
          usual="90"
          value={search.window}
          choose={window => choose({ window })}
        />
      </Group>
      <Card title={t('touch.lead')} flush>
        <Show query={query} rows={8}>
          {data =>
            data.items.length === 0 ? (
              <Empty icon={<IconMapPin />} title={t('touch.empty')} text={t('touch.emptyText')} />
            ) : (
              <Rows
                data={data}
                heading={t(`touch.${BY_WORDS[by]}`)}
                name={name}
                open={key => choose({ key: key || UNKNOWN })}
              />
            )
          }
        </Show>
      </Card>
      {search.key !== undefined && range !== null ? (
        <People
          ws={ws}
          asked={{ from: range.from, to: range.to, by, key: search.key === UNKNOWN ? '' : search.key }}
          name={name(search.key === UNKNOWN ? '' : search.key)}
          close={() => choose({ key: undefined })}
        />
      ) : null}
    </Stack>
  )
}

function Rows({
  data,
  heading,
  name,
  open,
}: {
  data: Out<'firstTouch'>
  heading: string
  name: (key: string) => string
  open: (key: string) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <Scroll label={t('touch.lead')}>
      <table className="table hover">
        <thead>
          <tr>
            <th>{heading}</th>
            <th className="end">{t('touch.people')}</th>
            <FigureHead label={t('touch.known')} definition={t('touch.knownDef')} />
            <th className="end">{t('touch.buyers')}</th>
            <FigureHead label={t('touch.rate')} definition={t('touch.rateDef')} />
            <th className="end">{t('touch.revenue')}</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map(row => (
            <tr key={row.key}>
              <td>{row.key === '' ? <Text c="dimmed">{name(row.key)}</Text> : name(row.key)}</td>
              <td className="end">
                <Anchor component="button" type="button" onClick={() => open(row.key)}>
                  {say.people(row.people)}
                </Anchor>
              </td>
              <td className="end">{say.people(row.known)}</td>
              <td className="end">{say.people(row.buyers)}</td>
              <td className="end nowrap">{say.share(row.wholeBuyers, row.whole)}</td>
              <td className="end nowrap">{row.buyers === 0 ? '—' : say.money(row.revenue, data.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function People({
  ws,
  asked,
  name,
  close,
}: {
  ws: string
  asked: { from: string; to: string; by: By; key: string }
  name: string
  close: () => void
}) {
  const { t } = useTranslation()
  const query = usePages('firstTouchPeople', { ws, query: { ...asked, limit: 50 } })
  return (
    <PeopleDrawer
      title={t('touch.openTitle', { key: name })}
      ws={ws}
      query={query}
      heading={t('touch.came')}
      rows={query.items.map(i => ({ customer: i.customer, value: <Time at={i.at} /> }))}
      close={close}
    />
  )
}
