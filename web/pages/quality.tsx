// Data quality: a score, its four dimensions, what each rule finds, and lists to correct it by.
import { Anchor, Button, Group, RingProgress, Select, Stack, Text, Title, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconDownload, IconShieldCheck } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { saveFile } from '../download.ts'
import { word } from '../i18n.ts'
import { PeopleDrawer } from '../insight/people.tsx'
import { Card, Page, Scroll } from '../parts/page.tsx'
import { Definition, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'
import { useDisabledReason, useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/quality')
const MONTHS = ['3', '6', '12', '24', '36']
const USUAL_MONTHS = '12'
const PREFIX = 'missing.'
const CONTACT = 'contact.'

type Data = Out<'quality'>
type Rule = Data['rules'][number]

export function Quality() {
  const { t } = useTranslation()
  const { ws } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const months = Number(search.months ?? USUAL_MONTHS)
  const query = useApi('quality', { ws, query: { months } }, { keep: true })
  const choose = (more: { months?: string; rule?: string }) =>
    void navigate({ search: { ...search, ...more }, replace: true })
  return (
    <Page
      title={t('quality.title')}
      lead={t('quality.lead')}
      action={
        <Select
          size="xs"
          w={130}
          label={t('quality.months')}
          allowDeselect={false}
          data={MONTHS.map(n => ({ value: n, label: t('quality.monthsN', { n }) }))}
          value={String(months)}
          onChange={value => choose({ months: value === USUAL_MONTHS ? undefined : (value ?? undefined) })}
        />
      }
    >
      <Show query={query} rows={10}>
        {data =>
          data.score === null ? (
            <div className="card">
              <Empty icon={<IconShieldCheck />} title={t('quality.empty')} text={t('quality.emptyText')} />
            </div>
          ) : (
            <Stack gap={16}>
              <Score data={data} score={data.score} />
              {data.dimensions.map(d => (
                <DimensionCard
                  key={d.key}
                  ws={ws}
                  data={data}
                  dimension={d.key}
                  open={rule => choose({ rule })}
                />
              ))}
              <Found ws={ws} data={data} shown={search.rule} close={() => choose({ rule: undefined })} />
            </Stack>
          )
        }
      </Show>
    </Page>
  )
}

const toneOf = (score: number): 'good' | 'wait' | 'bad' =>
  score >= 90 ? 'good' : score >= 70 ? 'wait' : 'bad'

function Score({ data, score }: { data: Data; score: number }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <section className="card card-body" aria-label={t('quality.score')}>
      <Group gap={32} wrap="wrap">
        <Group gap="md" wrap="nowrap">
          <RingProgress
            size={104}
            thickness={9}
            roundCaps
            sections={[{ value: score, color: `var(--app-${toneOf(score)})` }]}
            rootColor="var(--app-soft)"
            label={
              <Text ta="center" fw={650} fz={26} className="num">
                {score}
              </Text>
            }
          />
          <div>
            <Group gap={4}>
              <Title order={2} size="h5">
                {t('quality.score')}
              </Title>
              <Definition text={t('quality.scoreDef')} />
            </Group>
            <Group gap={4}>
              <Text c="dimmed" size="sm">
                {t('quality.known')} {say.count(data.customers)}
              </Text>
              <Definition text={t('quality.knownDef')} />
            </Group>
          </div>
        </Group>
        <div className="bars">
          {data.dimensions.map(d => (
            <div key={d.key} className="bar-row">
              <span>{t(`dimension.${d.key}`)}</span>
              <span className="bar" aria-hidden>
                <i style={{ width: `${d.score}%`, background: `var(--app-${toneOf(d.score)})` }} />
              </span>
              <span className="num">{Math.round(d.score)}</span>
            </div>
          ))}
        </div>
      </Group>
    </section>
  )
}

function useRuleName() {
  const { t } = useTranslation()
  const say = useSay()
  return (rule: Rule, months: number): string => {
    if (!rule.key.startsWith(PREFIX)) return t(`qualityRule.${rule.key as 'not_seen'}`, { n: months })
    const wanted = rule.key.slice(PREFIX.length)
    const name = wanted.startsWith(CONTACT)
      ? word('wantedContact', wanted.slice(CONTACT.length))
      : (rule.label?.[say.locale === 'en' ? 'en' : 'zh'] ?? wanted)
    return t('qualityRule.missing', { name })
  }
}

const fixKey = (rule: Rule) => (rule.key.startsWith(PREFIX) ? 'missing' : rule.key) as 'missing'

function DimensionCard({
  ws,
  data,
  dimension,
  open,
}: {
  ws: string
  data: Data
  dimension: Rule['dimension']
  open: (rule: string) => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const name = useRuleName()
  const rules = data.rules.filter(r => r.dimension === dimension)
  if (rules.length === 0) return null
  return (
    <Card title={t(`dimension.${dimension}`)} flush>
      <Scroll label={t(`dimension.${dimension}`)}>
        <table className="table fixed-rules">
          <thead>
            <tr>
              <th>{t('quality.rule')}</th>
              <th className="end">{t('quality.people')}</th>
              <th className="end">{t('quality.share')}</th>
              <ActionsHead />
            </tr>
          </thead>
          <tbody>
            {rules.map(rule => (
              <tr key={rule.key}>
                <td>
                  {name(rule, data.months)}
                  {rule.people === 0 ? null : (
                    <Text size="xs" c="dimmed">
                      {t(`qualityFix.${fixKey(rule)}`)}
                    </Text>
                  )}
                </td>
                <td className="end">
                  {rule.people === 0 ? (
                    <span className="tone-good">0</span>
                  ) : (
                    <Anchor component="button" type="button" onClick={() => open(rule.key)}>
                      {say.count(rule.people)}
                    </Anchor>
                  )}
                </td>
                <td className="end nowrap">
                  {rule.people === 0 ? '—' : say.share(rule.people, data.customers)}
                </td>
                <td className="end nowrap">
                  <Export ws={ws} rule={rule} label={name(rule, data.months)} months={data.months} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Card>
  )
}

function Export({ ws, rule, label, months }: { ws: string; rule: Rule; label: string; months: number }) {
  const { t } = useTranslation()
  const say = useSay()
  const barred = useDisabledReason()('customers:export')
  const act = useAct('qualityFixList', {
    after: out => {
      saveFile(out.file, out.csv, 'text/csv')
      notifications.show({
        message: t(out.more ? 'quality.exportedMore' : 'quality.exported', { n: say.count(out.rows) }),
        color: 'green',
      })
    },
  })
  if (rule.people === 0) return null
  return (
    <Tooltip label={barred} disabled={barred === null}>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        classNames={{ section: 'near' }}
        aria-label={`${t('quality.export')} ${label}`}
        loading={act.isPending}
        data-disabled={barred !== null || undefined}
        aria-disabled={barred !== null}
        onClick={() => {
          if (barred === null)
            act.mutate({ ws, rule: rule.key, body: { months, locale: say.locale === 'en' ? 'en' : 'zh-TW' } })
        }}
      >
        <span className="wide-only">{t('quality.export')}</span>
      </Button>
    </Tooltip>
  )
}

function Found({
  ws,
  data,
  shown,
  close,
}: {
  ws: string
  data: Data
  shown: string | undefined
  close: () => void
}) {
  const rule = data.rules.find(r => r.key === shown)
  return rule ? <Findings ws={ws} rule={rule} months={data.months} close={close} /> : null
}

function Findings({
  ws,
  rule,
  months,
  close,
}: {
  ws: string
  rule: Rule
  months: number
  close: () => void
}) {
  const { t } = useTranslation()
  const name = useRuleName()
  const query = usePages('qualityPeople', { ws, rule: rule.key, query: { months, limit: 50 } })
  const say = ({ kind, value }: Out<'qualityPeople'>['items'][number]) =>
    kind !== 'time' ? value || '—' : value === '' ? t('quality.never') : <Time at={Number(value)} />
  return (
    <PeopleDrawer
      title={name(rule, months)}
      note={t(`qualityFix.${fixKey(rule)}`)}
      ws={ws}
      query={query}
      heading={t('quality.found')}
      rows={query.items.map(i => ({ customer: i.customer, value: say(i) }))}
      close={close}
    />
  )
}
