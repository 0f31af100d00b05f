// The table of customers with the columns one chose; the choice is kept in this browser.
import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconColumns3 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { A } from '../parts/link.tsx'
import { Scroll } from '../parts/page.tsx'
import { Channel, Time } from '../parts/small.tsx'
import { useSay } from '../use.ts'
import { Contacts } from './contacts.tsx'

type Row = Out<'customers'>['items'][number]
const COLUMNS = [
  'memberNo',
  'contact',
  'stage',
  'tags',
  'completeness',
  'reach',
  'orders',
  'revenue',
  'lastOrder',
  'firstSeen',
  'lastSeen',
] as const
type Column = (typeof COLUMNS)[number]
const USUAL: Column[] = ['memberNo', 'contact', 'stage', 'completeness', 'orders', 'revenue', 'lastSeen']
const END: ReadonlySet<Column> = new Set(['completeness', 'orders', 'revenue'])
const MOST_TAGS = 3

export function useColumns(): [Column[], (next: Column[]) => void] {
  const [kept, keep] = useLocalStorage<string[]>({ key: 'itinera.customerColumns', defaultValue: USUAL })
  return [COLUMNS.filter(c => kept.includes(c)), keep]
}

function useHeadings(): Record<Column, string> {
  const { t } = useTranslation()
  return {
    memberNo: t('customers.memberNo'),
    contact: t('customers.contact'),
    stage: t('person.filterStage'),
    tags: t('customers.tags'),
    completeness: t('person.completeness'),
    reach: t('person.filterReach'),
    orders: t('customers.orders'),
    revenue: t('customers.revenue'),
    lastOrder: t('person.lastOrder'),
    firstSeen: t('person.firstSeen'),
    lastSeen: t('customers.lastSeen'),
  }
}

export function ChooseColumns({ columns, choose }: { columns: Column[]; choose: (next: Column[]) => void }) {
  const { t } = useTranslation()
  const headings = useHeadings()
  return (
    <Popover position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {t('person.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Checkbox.Group
          aria-label={t('person.columns')}
          value={columns}
          onChange={next => choose(next as Column[])}
        >
          <Stack gap={8}>
            {COLUMNS.map(c => (
              <Checkbox key={c} value={c} label={headings[c]} size="xs" />
            ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  )
}

export function CustomerTable({ ws, rows, columns }: { ws: string; rows: Row[]; columns: Column[] }) {
  const { t } = useTranslation()
  const headings = useHeadings()
  const cell = useCell()
  return (
    <Scroll label={t('customers.title')}>
      <table className="table hover">
        <thead>
          <tr>
            <th>{t('customers.name')}</th>
            {columns.map(c => (
              <th key={c} className={END.has(c) ? 'end' : undefined}>
                {headings[c]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.id}>
              <td>
                <A to="/w/$ws/customers/$customer" params={{ ws, customer: row.id }} fw={550}>
                  {row.name ?? (row.memberNo ? t('common.unnamed') : t('customers.anonymous'))}
                </A>
              </td>
              {columns.map(c => (
                <td key={c} className={END.has(c) ? 'end nowrap' : c === 'contact' ? undefined : 'nowrap'}>
                  {cell(c, row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function useCell(): (column: Column, row: Row) => ReactNode {
  const { t } = useTranslation()
  const say = useSay()
  return (column, row) => {
    switch (column) {
      case 'memberNo':
        return row.memberNo ?? '—'
      case 'contact':
        return <Contacts of={row} />
      case 'stage':
        return t(`stage.${row.stage}`)
      case 'tags':
        return row.tags.length === 0 ? (
          '—'
        ) : (
          <span className="contacts">
            {row.tags.slice(0, MOST_TAGS).map(tag => (
              <span key={tag} className="chip">
                {tag}
              </span>
            ))}
            {row.tags.length > MOST_TAGS ? `+${row.tags.length - MOST_TAGS}` : null}
          </span>
        )
      case 'completeness':
        return row.completeness === null ? '—' : `${row.completeness} %`
      case 'reach':
        return row.reach.length === 0 ? (
          '—'
        ) : (
          <span className="contacts">
            {row.reach.map(c => (
              <Channel key={c} name={c} />
            ))}
          </span>
        )
      case 'orders':
        return say.people(row.orders)
      case 'revenue':
        return row.orders === 0 ? '—' : say.money(row.revenue, row.currency)
      case 'lastOrder':
        return row.lastOrder ? <Time at={row.lastOrder} /> : '—'
      case 'firstSeen':
        return <Time at={row.firstSeen} />
      case 'lastSeen':
        return <Time at={row.lastSeen} />
    }
  }
}
