// Figures by class, each with its definition, what it is divided by, and a way to the people behind it.
import { Anchor, Group, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { Definition } from '../parts/small.tsx'
import { type Say, useSay } from '../use.ts'

export type Metric = Out<'metrics'>['items'][number]

/** A value in the metric's unit. */
export function sayValue(metric: Metric, value: number | null, currency: string, say: Say): string {
  if (value === null) return '—'
  switch (metric.unit) {
    case 'money':
      return say.money(value, currency)
    case 'ratio':
      return say.percent(value)
    case 'seconds':
      return say.duration(Math.round(value) * 1000)
    case 'number':
      return say.decimal(value)
    case 'count':
      return say.people(value)
  }
}

/** Below 30 a share is said as a count, as everywhere. */
function headline(metric: Metric, currency: string, say: Say): string {
  if (metric.unit === 'ratio') return say.share(metric.part, metric.whole)
  if (metric.unit === 'money' && metric.whole === 0) return '—'
  return sayValue(metric, metric.value, currency, say)
}

export function MetricCards({
  data,
  filtered,
  open,
}: {
  data: Out<'metrics'>
  /** a sales channel or store is chosen */
  filtered: boolean
  open: (key: Metric['key']) => void
}) {
  const { t } = useTranslation()
  return (
    <>
      {(['O', 'X'] as const).map(kind => (
        <section key={kind} aria-label={t(`metrics.class${kind}`)}>
          <Group gap={8} align="baseline" mb={8}>
            <Title order={2} size="h5">
              {t(`metrics.class${kind}`)}
            </Title>
            <Text size="sm" c="dimmed">
              {t(`metrics.class${kind}Text`)}
            </Text>
          </Group>
          <div className="figures">
            {data.items
              .filter(m => m.class === kind)
              .map(m => (
                <MetricCard
                  key={m.key}
                  metric={m}
                  currency={data.currency}
                  filtered={filtered}
                  open={() => open(m.key)}
                />
              ))}
          </div>
        </section>
      ))}
    </>
  )
}

function MetricCard({
  metric,
  currency,
  filtered,
  open,
}: {
  metric: Metric
  currency: string
  filtered: boolean
  open: () => void
}) {
  const { t } = useTranslation()
  const say = useSay()
  const divided = metric.unit === 'ratio' || metric.unit === 'seconds' || metric.unit === 'number'
  const part = metric.key === 'margin_rate' ? say.money(metric.part, currency) : say.count(metric.part)
  const whole = metric.key === 'margin_rate' ? say.money(metric.whole, currency) : say.count(metric.whole)
  return (
    <div className="figure">
      <Group gap={4} wrap="nowrap">
        <Text c="dimmed" size="sm">
          {t(`metric.${metric.key}`)}
        </Text>
        <Definition text={t(`metricDef.${metric.key}`)} />
        <span className={`class-mark class-${metric.class}`} title={t(`metrics.class${metric.class}`)}>
          {metric.class}
        </span>
      </Group>
      <div className="figure-value">{headline(metric, currency, say)}</div>
      <Text size="xs" c="dimmed" mih="1.5em">
        {divided && metric.whole > 0 ? t('metrics.share', { part, whole }) : null}
        {filtered && !metric.filtered ? ` ${t('metrics.notFiltered')}` : null}
      </Text>
      {metric.people > 0 ? (
        <Anchor component="button" type="button" size="xs" onClick={open}>
          {t('metrics.showPeople', { n: say.count(metric.people) })}
        </Anchor>
      ) : null}
    </div>
  )
}
