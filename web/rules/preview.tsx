// Beside the builder: how many people the rule holds for now, five of them, and why one person is in or not.
import { Anchor, Button, CloseButton, Group, HoverCard, Loader, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Reason, Rule } from '../../src/rules/model.ts'
import { useApi } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Badge, Time } from '../parts/small.tsx'
import { Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { isComplete } from './sentence.ts'
import { useVocabulary } from './vocabulary.tsx'
import './rules.css'

const PAUSE_MS = 350
const AGAIN_MS = 30_000

export type Preview = {
  /** nothing asked; blanks left; or an answer, of the rule as it was a moment ago */
  state: 'none' | 'open' | 'asked'
  rule: Rule | null
  query: ReturnType<typeof useApi<'previewRule'>>
}

/** Asks when the writing pauses. */
export function usePreview(ws: string, rule: Rule | null): Preview {
  const say = useSay()
  const { names } = useVocabulary()
  const [settled] = useDebouncedValue(rule, PAUSE_MS)
  const complete = settled !== null && isComplete(settled, say, names)
  const query = useApi(
    'previewRule',
    { ws, body: { rule: settled, sample: true } },
    { enabled: complete, keep: true, refetchInterval: AGAIN_MS },
  )
  return { state: settled === null ? 'none' : complete ? 'asked' : 'open', rule: settled, query }
}

type Person = Out<'customers'>['items'][number]

export function usePersonName(): (person: Pick<Person, 'name' | 'memberNo'>) => string {
  const { t } = useTranslation()
  return p => p.name ?? p.memberNo ?? t(p.memberNo ? 'common.unnamed' : 'customers.anonymous')
}

export function PreviewPanel({ ws, preview }: { ws: string; preview: Preview }) {
  const { t } = useTranslation()
  const { state, query } = preview
  const data = query.data
  return (
    <div className="rule-count" aria-live="polite" aria-busy={query.isFetching}>
      <Group gap={6} justify="space-between">
        <Text size="sm" c="dimmed">
          {t('preview.title')}
        </Text>
        {query.isFetching && state === 'asked' ? <Loader size={13} aria-hidden /> : null}
      </Group>
      {state === 'none' ? (
        <Text c="dimmed">{t('preview.none')}</Text>
      ) : state === 'open' ? (
        <Text c="dimmed">{t('preview.open')}</Text>
      ) : data?.faults.length ? (
        <Text className="tone-bad">{t('preview.faulty')}</Text>
      ) : data ? (
        <Count ws={ws} data={data} />
      ) : query.error ? (
        <Wrong error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Text c="dimmed">{t('preview.counting')}</Text>
      )}
    </div>
  )
}

function Count({ ws, data }: { ws: string; data: Out<'previewRule'> }) {
  const { t } = useTranslation()
  const say = useSay()
  const count = data.count ?? 0
  const total = data.total ?? 0
  const nameOf = usePersonName()
  return (
    <Stack gap={2}>
      <div className="rule-count-value">
        {t(count === 1 ? 'preview.person' : 'preview.people', { n: say.count(count) })}
      </div>
      <Text size="sm" c="dimmed">
        {total < 30 || data.share === null
          ? t('preview.of', { total: say.count(total) })
          : t('preview.shareOf', { total: say.count(total), share: say.percent(data.share) })}
      </Text>
      <Text size="xs" c="dimmed">
        {t('preview.asOf', { time: say.exact(data.asOf) })}
      </Text>
      {count === 0 ? (
        <Text size="sm" mt={6}>
          {t('preview.nobody')}
        </Text>
      ) : data.sample.length > 0 ? (
        <HoverCard width={280} position="left-start" shadow="md" openDelay={150} withinPortal>
          <HoverCard.Target>
            <Anchor component="button" type="button" size="sm" mt={6} style={{ alignSelf: 'start' }}>
              {t('preview.sample', { n: data.sample.length })}
            </Anchor>
          </HoverCard.Target>
          <HoverCard.Dropdown>
            <Text size="xs" c="dimmed" mb={4}>
              {t('preview.sampleTitle', { n: data.sample.length })}
            </Text>
            <ul className="plain rows">
              {data.sample.map(p => (
                <li key={p.id}>
                  <Group justify="space-between" gap={8} wrap="nowrap">
                    <A to="/w/$ws/customers/$customer" params={{ ws, customer: p.id }} size="sm">
                      {nameOf(p)}
                    </A>
                    <Text size="xs" c="dimmed" className="nowrap">
                      <Time at={p.lastSeen} />
                    </Text>
                  </Group>
                </li>
              ))}
            </ul>
          </HoverCard.Dropdown>
        </HoverCard>
      ) : null}
    </Stack>
  )
}

/** Chooses a person and asks why: what decided comes back for the builder to mark. */
export function useWhy(ws: string, preview: Preview) {
  const [person, choose] = useState<Person | null>(null)
  const clean = preview.state === 'asked' && preview.query.data?.faults.length === 0
  const query = useApi(
    'whyRule',
    { ws, body: { rule: preview.rule, customer: person?.id ?? '' } },
    { enabled: person !== null && clean, keep: true },
  )
  const data = person !== null && clean ? query.data : undefined
  const reasons: Reason[] = data?.why.map(w => ({ ...w, seen: w.seen })) ?? []
  return { person, choose, data, reasons, error: query.error }
}

export function WhyPanel({ ws, why }: { ws: string; why: ReturnType<typeof useWhy> }) {
  const { t } = useTranslation()
  const say = useSay()
  const nameOf = usePersonName()
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 250)
  const found = useApi(
    'customers',
    { ws, query: { q: asked, limit: 5 } },
    { enabled: asked !== '', keep: true },
  )
  const { person, data } = why
  if (person)
    return (
      <div className="rule-count">
        <Group justify="space-between" wrap="nowrap" gap={6}>
          {data?.value === undefined || data.value === null ? (
            <Text fw={600}>{nameOf(person)}</Text>
          ) : (
            <Badge tone={data.value ? 'good' : 'bad'}>
              {t(data.value ? 'preview.whyIn' : 'preview.whyOut', { name: nameOf(person) })}
            </Badge>
          )}
          <CloseButton size="sm" aria-label={t('preview.whyClear')} onClick={() => why.choose(null)} />
        </Group>
        {why.error ? <Wrong error={why.error} /> : null}
        {data ? (
          <Text size="sm" c="dimmed" mt={4} role="status">
            {data.why.length > 0 ? t('preview.whyMarks') : ''}{' '}
            {data.until ? t('preview.whyUntil', { time: say.exact(data.until) }) : ''}
          </Text>
        ) : null}
      </div>
    )
  return (
    <div className="rule-count">
      <TextInput
        type="search"
        size="xs"
        label={t('preview.why')}
        placeholder={t('preview.whyFind')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        onChange={e => setText(e.currentTarget.value)}
      />
      {asked !== '' && found.data ? (
        found.data.items.length === 0 ? (
          <Text size="sm" c="dimmed" mt={6} role="status">
            {t('preview.whyNone')}
          </Text>
        ) : (
          <ul className="plain-inline rule-people">
            {found.data.items.map(p => (
              <li key={p.id}>
                <Button
                  variant="subtle"
                  size="compact-sm"
                  fullWidth
                  justify="start"
                  onClick={() => why.choose(p)}
                >
                  {nameOf(p)}
                  {p.memberNo && p.name ? <span className="dim rule-person-no">{p.memberNo}</span> : null}
                </Button>
              </li>
            ))}
          </ul>
        )
      ) : null}
    </div>
  )
}
