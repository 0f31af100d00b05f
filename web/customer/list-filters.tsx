// What the customer list is narrowed to, and by what it is sorted. All of it lives in the URL.
import { Button, Group, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { STAGES } from '../../src/customers/model.ts'
import { CHANNEL_NAMES } from '../../src/channels/model.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { useSay } from '../use.ts'

const BOUGHT = ['any', 'none', 'online', 'store', 'both'] as const
const SORTS = ['last_seen', 'first_seen', 'revenue', 'orders', 'last_order'] as const
const HAS = ['member_no', 'line_uid', 'email', 'phone', 'anonymous_id'] as const
const COMPLETE = {
  full: { minComplete: 100, maxComplete: 100 },
  half: { minComplete: 50, maxComplete: 99 },
  low: { minComplete: 0, maxComplete: 49 },
} as const
type Complete = keyof typeof COMPLETE
const LEVELS = Object.keys(COMPLETE) as Complete[]

export type ListSearch = {
  q?: string
  stage?: string
  tag?: string
  segment?: string
  reach?: string
  has?: string
  bought?: string
  complete?: string
  sort?: string
}

const oneOf = <T extends string>(all: readonly T[], value: string | undefined): T | undefined =>
  all.find(v => v === value)

/** The search as the API takes it; what the URL says and nobody knows is left out. */
export function filterQuery(search: ListSearch) {
  const level = oneOf(LEVELS, search.complete)
  return {
    q: search.q,
    stage: oneOf(STAGES, search.stage),
    tag: search.tag,
    segment: search.segment,
    reach: search.reach,
    has: search.has,
    bought: oneOf(BOUGHT, search.bought),
    sort: oneOf(SORTS, search.sort),
    ...(level ? COMPLETE[level] : {}),
  }
}

const FILTERS = ['stage', 'tag', 'segment', 'reach', 'has', 'bought', 'complete'] as const

export const isFiltered = (search: ListSearch): boolean => FILTERS.some(f => search[f] !== undefined)

export function CustomerFilters({
  ws,
  search,
  choose,
}: {
  ws: string
  search: ListSearch
  choose: (more: ListSearch) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const tags = useApi('customerTags', { ws })
  const segments = useApi('segments', { ws, query: { status: 'live' } })
  const known = tags.data?.items ?? []
  const tagOptions = known.map(i => ({ value: i.tag, label: `${i.tag} (${say.count(i.people)})` }))
  const options = {
    stage: STAGES.map(s => ({ value: s, label: t(`stage.${s}`) })),
    tag:
      search.tag !== undefined && !known.some(i => i.tag === search.tag)
        ? [{ value: search.tag, label: search.tag }, ...tagOptions]
        : tagOptions,
    segment: (segments.data?.items ?? []).map(s => ({ value: s.id, label: s.name })),
    reach: CHANNEL_NAMES.map(c => ({ value: c, label: word('channel', c) })),
    has: HAS.map(k => ({ value: k, label: word('identifier', k) })),
    bought: BOUGHT.map(b => ({ value: b, label: t(`bought.${b}`) })),
    complete: LEVELS.map(l => ({ value: l, label: t(`complete.${l}`) })),
  }
  const labels = {
    stage: t('person.filterStage'),
    tag: t('person.filterTag'),
    segment: t('person.filterSegment'),
    reach: t('person.filterReach'),
    has: t('person.filterHas'),
    bought: t('person.filterBought'),
    complete: t('person.filterComplete'),
  }
  return (
    <Group gap={8} mb="sm" align="flex-end">
      {FILTERS.map(name => (
        <Select
          key={name}
          size="xs"
          w={name === 'bought' ? 176 : 132}
          label={labels[name]}
          placeholder={t('person.any')}
          clearable
          searchable={name === 'tag' || name === 'segment'}
          data={options[name]}
          value={search[name] ?? null}
          onChange={value => choose({ [name]: value ?? undefined })}
        />
      ))}
      <Select
        size="xs"
        w={132}
        label={t('person.sortBy')}
        allowDeselect={false}
        data={SORTS.map(s => ({ value: s, label: t(`sortBy.${s}`) }))}
        value={search.sort ?? 'last_seen'}
        onChange={value => choose({ sort: value === 'last_seen' ? undefined : (value ?? undefined) })}
      />
      {isFiltered(search) ? (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => choose(Object.fromEntries(FILTERS.map(f => [f, undefined])))}
        >
          {t('person.clear')}
        </Button>
      ) : null}
    </Group>
  )
}
