// What a timeline is narrowed to: kind, purchase phase, channel, days, words. All of it lives in the URL.
import { Button, Group, Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PHASES } from '../../src/contract/phases.ts'
import { useApi } from '../api/queries.ts'
import { FindInput } from '../parts/find-input.tsx'
import { daysQuery } from '../format.ts'
import { currentLocale, word, wordsOf } from '../i18n.ts'
import { sayEvent, type useEvents } from '../parts/event-label.ts'

export type TimelineSearch = {
  kind?: string
  phase?: string
  channel?: string
  /** days of the workspace's zone, both included */
  from?: string
  to?: string
  q?: string
}

type Events = ReturnType<typeof useEvents>['events']

export const KINDS = ['event', 'order', 'message', 'journey', 'profile', 'identity', 'segment'] as const

/** Codes whose words hold the text: what a reader sees is what they search for. */
function namesSaying(text: string, events: Events): string {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return ''
  const side = currentLocale() === 'en' ? 'en' : 'zh'
  const facts = Object.keys(wordsOf('fact')).map(key => (/^[a-z]+_/.test(key) ? key.replace('_', '.') : key))
  const known = new Map(events.map(e => [e.name, e]))
  return [...new Set([...known.keys(), ...facts])]
    .filter(name => sayEvent(name, known.get(name), side).toLowerCase().includes(wanted))
    .slice(0, 40)
    .join(',')
}

/** The search as the API takes it. */
export function timelineQuery(search: TimelineSearch, zone: string, events: Events) {
  return {
    kind: search.kind,
    phase: PHASES.find(p => p === search.phase),
    channel: search.channel,
    ...daysQuery(search, zone),
    q: search.q,
    names: search.q ? namesSaying(search.q, events) : undefined,
  }
}

export const isFiltered = (search: TimelineSearch): boolean =>
  Object.values(search).some(value => value !== undefined && value !== '')

export function TimelineFilters({
  ws,
  customer,
  search,
  choose,
}: {
  ws: string
  customer: string
  search: TimelineSearch
  choose: (more: TimelineSearch) => void
}) {
  const { t } = useTranslation()
  const channels = useApi('timelineChannels', { ws, customer })
  const all = channels.data?.items ?? []
  const known = search.channel && !all.includes(search.channel) ? [search.channel, ...all] : all
  return (
    <Group gap={8} className="filters" align="flex-end">
      <FindInput
        size="xs"
        className="filter-search"
        label={t('person.search')}
        value={search.q}
        find={q => choose({ q })}
      />
      <Select
        size="xs"
        w={112}
        aria-label={t('common.kind')}
        placeholder={t('person.allKinds')}
        clearable
        data={KINDS.map(k => ({ value: k, label: t(`kind.${k}`) }))}
        value={search.kind ?? null}
        onChange={value => choose({ kind: value ?? undefined })}
      />
      <Select
        size="xs"
        w={128}
        aria-label={t('person.phase')}
        placeholder={t('person.allPhases')}
        clearable
        data={PHASES.map(p => ({ value: p, label: t(`phase.${p}`) }))}
        value={search.phase ?? null}
        onChange={value => choose({ phase: value ?? undefined })}
      />
      <Select
        size="xs"
        w={152}
        aria-label={t('common.channel')}
        placeholder={t('person.allChannels')}
        clearable
        data={known.map(c => ({ value: c, label: word('channel', c) }))}
        value={search.channel ?? null}
        onChange={value => choose({ channel: value ?? undefined })}
      />
      <TextInput
        size="xs"
        type="date"
        w={128}
        aria-label={t('person.fromDay')}
        value={search.from ?? ''}
        max={search.to}
        onChange={e => choose({ from: e.currentTarget.value || undefined })}
      />
      <TextInput
        size="xs"
        type="date"
        w={128}
        aria-label={t('person.toDay')}
        value={search.to ?? ''}
        min={search.from}
        onChange={e => choose({ to: e.currentTarget.value || undefined })}
      />
      {isFiltered(search) ? (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => {
            choose({
              kind: undefined,
              phase: undefined,
              channel: undefined,
              from: undefined,
              to: undefined,
              q: undefined,
            })
          }}
        >
          {t('person.clear')}
        </Button>
      ) : null}
    </Group>
  )
}
