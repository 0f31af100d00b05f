// The first look at a customer: lifecycle stage, purchase phase, completeness, how to reach them, what they brought.
import { Group, RingProgress, Text, Tooltip } from '@mantine/core'
import { IconArrowsJoin, IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { STAGES } from '../../src/customers/model.ts'
import { useEventLabel } from '../parts/event-label.ts'
import { Definition, Time } from '../parts/small.tsx'
import { useSay } from '../use.ts'
import type { Part } from './command.ts'
import { useAttributeName } from './names.ts'

export function Head({ ws, data }: Part) {
  const { t } = useTranslation()
  const say = useSay()
  const o = data.orders
  return (
    <section className="card head-card" aria-label={t('person.summary')}>
      <div className="head-part">
        <Label text={t('person.stage')} definition={t('person.stageDef')} />
        <Stages ws={ws} data={data} />
      </div>
      <div className="head-part">
        <Label text={t('person.phase')} definition={t('person.phaseDef')} />
        <Text fw={600}>{t(`phase.${data.phase}`)}</Text>
        {data.visits ? (
          <Text size="xs" c="dimmed">
            {t('person.visitsLine', { n: say.count(data.visits.count), e: say.count(data.visits.engaged) })}
          </Text>
        ) : null}
      </div>
      <div className="head-part">
        <Label text={t('person.spend')} definition={t('person.spendDef')} />
        <Group gap={8} align="baseline">
          <Text fw={650} fz="lg" className="num">
            {o === null || o.count === 0 ? '—' : say.money(o.revenue, o.currency)}
          </Text>
          {o?.omnichannel ? (
            <Tooltip label={t('person.omnichannelDef')}>
              <span className="badge badge-accent no-dot">
                <IconArrowsJoin size={13} aria-hidden /> {t('person.omnichannel')}
              </span>
            </Tooltip>
          ) : null}
        </Group>
        <Text size="xs" c="dimmed">
          {o === null || o.count === 0
            ? t('customers.noOrders')
            : t('person.ordersLine', {
                n: say.count(o.count),
                aov: say.money(o.average ?? 0, o.currency),
              })}
        </Text>
      </div>
      <Completeness ws={ws} data={data} />
    </section>
  )
}

function Label({ text, definition }: { text: string; definition: string }) {
  return (
    <Group gap={4} wrap="nowrap" mb={2}>
      <Text size="xs" c="dimmed">
        {text}
      </Text>
      <Definition text={definition} />
    </Group>
  )
}

/** The five stages in order; those reached are filled, the present one is named. */
function Stages({ ws, data }: Part) {
  const { t } = useTranslation()
  const say = useSay()
  const event = useEventLabel(ws)
  const { stage, at, cause, ruleVersion } = data.stage
  const reached = STAGES.indexOf(stage)
  const why = [
    cause ? t('person.stageCause', { cause: event(cause) }) : t('person.stageFirst'),
    say.exact(at),
    ruleVersion === null ? '' : t('person.ruleVersion', { n: ruleVersion }),
  ]
  return (
    <>
      <Tooltip label={why.filter(Boolean).join(' · ')}>
        <ol className="stages" aria-label={t('person.stage')}>
          {STAGES.map((name, i) => (
            <li
              key={name}
              data-reached={i <= reached || undefined}
              aria-current={i === reached ? 'step' : undefined}
            >
              <span>{i === reached ? t(`stage.${name}`) : ''}</span>
              {i === reached ? null : <span className="visually-hidden">{t(`stage.${name}`)}</span>}
            </li>
          ))}
        </ol>
      </Tooltip>
      <Text size="xs" c="dimmed">
        {cause ? `${event(cause)} · ` : ''}
        <Time at={at} />
      </Text>
    </>
  )
}

function Completeness({ data }: Part) {
  const { t } = useTranslation()
  const say = useSay()
  const name = useAttributeName()
  const { percent, wanted, missing } = data.completeness
  if (percent === null) return null
  return (
    <div className="head-part">
      <Label text={t('person.completeness')} definition={t('person.completenessDef')} />
      <Group gap={10} wrap="nowrap">
        <RingProgress
          size={44}
          thickness={5}
          sections={[{ value: percent, color: percent === 100 ? 'var(--app-good)' : 'var(--app-accent)' }]}
          rootColor="var(--app-soft)"
          aria-hidden
        />
        <div>
          <Text fw={650} className="num">
            {Math.round(percent)} %
          </Text>
          <Text size="xs" c="dimmed">
            {missing.length === 0 ? (
              <>
                <IconCheck size={12} aria-hidden /> {t('person.complete', { n: wanted })}
              </>
            ) : (
              t('person.missing', { names: say.list(missing.map(name)) })
            )}
          </Text>
        </div>
      </Group>
    </div>
  )
}
