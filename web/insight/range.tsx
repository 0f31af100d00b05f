// The time a report is about: the last days, or own dates. Kept in the URL as days of the workspace's zone.
import { Group, Select, TextInput } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { instantOf, wallTime } from '../format.ts'
import { useNow, useSay } from '../use.ts'

/** As the URL has it: `days`, or `from` and `to` as YYYY-MM-DD, both included. */
export type RangeSearch = { days?: string; from?: string; to?: string }

const CHOICES = ['7', '30', '90', '365']
const USUAL = '30'
const DAY_MS = 86_400_000
const DAY = /^\d{4}-\d{2}-\d{2}$/

const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10)

/** Every day from `from` to before `to` (instants), those to come left out. */
export function daysBetween(from: string, to: string, zone: string, now: number): string[] {
  const days: string[] = []
  const last = wallTime(Math.min(Date.parse(to) - 1, now), zone).slice(0, 10)
  for (let day = wallTime(Date.parse(from), zone).slice(0, 10); day <= last; day = nextDay(day))
    days.push(day)
  return days
}

/** From the first moment of the first day to the first after the last. Null while own dates are not both right. */
export function useRange(search: RangeSearch): { from: string; to: string; days: number } | null {
  const { zone } = useSay()
  const today = wallTime(useNow(), zone).slice(0, 10)
  return useMemo(() => {
    const own = search.days === undefined && (search.from !== undefined || search.to !== undefined)
    const last = own ? (search.to ?? today) : today
    const count = Number(search.days ?? USUAL)
    const first = own
      ? (search.from ?? last)
      : new Date(Date.parse(`${today}T00:00:00Z`) - (count - 1) * DAY_MS).toISOString().slice(0, 10)
    if (!DAY.test(first) || !DAY.test(last) || first > last) return null
    const from = instantOf(`${first}T00:00`, zone)
    const to = instantOf(`${nextDay(last)}T00:00`, zone)
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      days: Math.round((to - from) / DAY_MS),
    }
  }, [search.days, search.from, search.to, today, zone])
}

export function RangeInput({ search, choose }: { search: RangeSearch; choose: (next: RangeSearch) => void }) {
  const { t } = useTranslation()
  const { zone } = useSay()
  const today = wallTime(useNow(), zone).slice(0, 10)
  const own = search.days === undefined && (search.from !== undefined || search.to !== undefined)
  return (
    <Group gap="xs" align="flex-end">
      <Select
        size="xs"
        w={150}
        label={t('metrics.range')}
        allowDeselect={false}
        data={[
          ...CHOICES.map(n => ({ value: n, label: t('metrics.lastDays', { n }) })),
          { value: 'own', label: t('metrics.custom') },
        ]}
        value={own ? 'own' : (search.days ?? USUAL)}
        onChange={value =>
          choose(value === 'own' ? { from: today.slice(0, 8) + '01', to: today } : { days: value ?? USUAL })
        }
      />
      {own ? (
        <>
          <TextInput
            size="xs"
            type="date"
            label={t('metrics.from')}
            value={search.from ?? ''}
            max={search.to}
            onChange={e => choose({ from: e.currentTarget.value, to: search.to })}
          />
          <TextInput
            size="xs"
            type="date"
            label={t('metrics.until')}
            value={search.to ?? ''}
            min={search.from}
            onChange={e => choose({ from: search.from, to: e.currentTarget.value })}
          />
        </>
      ) : null}
    </Group>
  )
}
