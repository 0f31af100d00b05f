// The members of a segment; of a list also how people are put on it and taken off.
import { Button, Group, Modal, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Scroll } from '../parts/page.tsx'
import { Guarded, Time } from '../parts/small.tsx'
import { Empty } from '../parts/state.tsx'
import { usePersonName } from '../rules/preview.tsx'
import { useDisabledReason, useSay } from '../use.ts'
import type { SegmentDetail } from './parts.tsx'
import { UploadList } from './upload.tsx'
import { ShowList } from '../parts/list-table.tsx'
import { Contacts } from '../customer/contacts.tsx'

export function Members({
  ws,
  of,
  group,
  choose,
}: {
  ws: string
  of: SegmentDetail
  group: string | undefined
  choose: (group: string | undefined) => void
}) {
  const { t } = useTranslation()
  const list = usePages('segmentMembers', { ws, segment: of.id, query: { limit: 50, group } })
  const editable = of.kind === 'static' && of.status === 'live'
  return (
    <>
      <Group gap={8} mb="sm">
        {of.groups.length > 0 ? (
          <Select
            size="xs"
            w={200}
            aria-label={t('segment.group')}
            placeholder={t('segment.allGroups')}
            clearable
            data={of.groups.map((g, i) => ({
              value: g.key,
              label: g.name || (i === of.groups.length - 1 ? t('segments.rest') : g.key),
            }))}
            value={group ?? null}
            onChange={value => choose(value ?? undefined)}
          />
        ) : null}
        {editable ? (
          <>
            <AddPerson ws={ws} of={of} />
            <UploadList ws={ws} of={of} />
          </>
        ) : null}
      </Group>
      <div className="card">
        <ShowList
          query={list}
          waiting={8}
          empty={
            <Empty
              icon={<IconUsers />}
              title={t('segment.noMembers')}
              text={t(editable ? 'segment.noMembersList' : 'segment.noMembersText')}
            />
          }
        >
          <Rows ws={ws} of={of} rows={list.items} editable={editable} />
        </ShowList>
      </div>
    </>
  )
}

type Row = ReturnType<typeof usePages<'segmentMembers'>>['items'][number]

function Rows({ ws, of, rows, editable }: { ws: string; of: SegmentDetail; rows: Row[]; editable: boolean }) {
  const { t } = useTranslation()
  const say = useSay()
  const nameOf = usePersonName()
  const barred = useDisabledReason()('segments:write')
  const change = useAct('changeSegmentMembers', { done: t('segment.takenOff') })
  return (
    <Scroll label={t('segment.members')}>
      <table className="table hover">
        <thead>
          <tr>
            <th>{t('customers.name')}</th>
            <th>{t('customers.memberNo')}</th>
            <th>{t('customers.contact')}</th>
            {of.kind === 'partition' ? <th>{t('segment.group')}</th> : null}
            <th className="end">{t('customers.orders')}</th>
            <th className="end">{t('customers.revenue')}</th>
            <th>{t('segment.since')}</th>
            {editable ? <th aria-label={t('segment.takeOff')} /> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ customer: c, group, since }) => (
            <tr key={c.id}>
              <td>
                <A to="/w/$ws/customers/$customer" params={{ ws, customer: c.id }} fw={550}>
                  {nameOf(c)}
                </A>
              </td>
              <td className="nowrap">{c.memberNo ?? '—'}</td>
              <td>
                <Contacts of={c} />
              </td>
              {of.kind === 'partition' ? (
                <td>{of.groups.find(g => g.key === group)?.name || group}</td>
              ) : null}
              <td className="end">{say.people(c.orders)}</td>
              <td className="end nowrap">{c.orders === 0 ? '—' : say.money(c.revenue, c.currency)}</td>
              <td className="nowrap">{since ? <Time at={since} /> : '—'}</td>
              {editable ? (
                <td className="end">
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    color="gray"
                    disabled={barred !== null}
                    aria-label={t('segment.takeOffOf', { name: nameOf(c) })}
                    onClick={() => change.mutate({ ws, segment: of.id, body: { add: [], remove: [c.id] } })}
                  >
                    {t('segment.takeOff')}
                  </Button>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function AddPerson({ ws, of }: { ws: string; of: SegmentDetail }) {
  const { t } = useTranslation()
  const nameOf = usePersonName()
  const [opened, open] = useState(false)
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 250)
  const found = useApi(
    'customers',
    { ws, query: { q: asked, limit: 6 } },
    { enabled: asked !== '', keep: true },
  )
  const change = useAct('changeSegmentMembers', { done: t('segment.addedOne') })
  return (
    <>
      <Guarded
        scope="segments:write"
        size="xs"
        variant="default"
        leftSection={<IconUserPlus size={15} aria-hidden />}
        onClick={() => open(true)}
      >
        {t('segment.addPeople')}
      </Guarded>
      <Modal opened={opened} onClose={() => open(false)} centered title={t('segment.addPeople')}>
        <TextInput
          type="search"
          size="xs"
          data-autofocus
          label={t('segment.addFind')}
          placeholder={t('preview.whyFind')}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={text}
          onChange={e => setText(e.currentTarget.value)}
        />
        <ul className="plain-inline rule-people">
          {(asked === '' ? [] : (found.data?.items ?? [])).map(p => (
            <li key={p.id}>
              <Button
                variant="subtle"
                size="compact-sm"
                fullWidth
                justify="start"
                aria-label={t('segment.addOne', { name: nameOf(p) })}
                onClick={() => change.mutate({ ws, segment: of.id, body: { add: [p.id], remove: [] } })}
              >
                {nameOf(p)}
                {p.memberNo && p.name ? <span className="dim rule-person-no">{p.memberNo}</span> : null}
              </Button>
            </li>
          ))}
        </ul>
      </Modal>
    </>
  )
}
