// A broadcast on its way or over: how far it is, what became of the messages, and pausing, going on, cancelling.
import { Alert, Group, Progress, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ACTS, BROADCAST_ACTS, type BroadcastAct } from '../../src/campaigns/model.ts'
import type { Out } from '../../src/contract.ts'
import type { BroadcastFigure } from '../../src/insight/people/model.ts'
import { useAct } from '../api/queries.ts'
import { Behind, type Opened, Who } from '../insight/behind.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { Card } from '../parts/page.tsx'
import { Figure, Guarded } from '../parts/small.tsx'
import { word } from '../i18n.ts'
import { peopleDone } from './spec.ts'
import { useSay } from '../use.ts'

type Held = Out<'broadcast'>
type Told = NonNullable<Held['progress']>
const FIGURES = [
  'accepted',
  'delivered',
  'clicked',
  'failed',
  'unknown',
  'skipped',
  'control',
  'waiting',
] as const

/** What may be done with one that is no draft, where each page has its actions. */
export function BroadcastActs({ ws, b }: { ws: string; b: Held }) {
  const { t } = useTranslation()
  return (
    <>
      <Turns ws={ws} b={b} />
      <ButtonLink
        variant="default"
        to="/w/$ws/journeys/$journey"
        params={{ ws, journey: b.journey }}
        search={{ panel: b.state === 'approval' ? 'publish' : 'report' }}
      >
        {t(b.state === 'approval' ? 'broadcast.toApproval' : 'broadcast.report')}
      </ButtonLink>
      <ButtonLink
        variant="default"
        to="/w/$ws/broadcasts/$broadcast"
        params={{ ws, broadcast: 'new' }}
        search={{ from: b.id }}
      >
        {t('broadcast.copy')}
      </ButtonLink>
    </>
  )
}

export function BroadcastProgress({ ws, b }: { ws: string; b: Held }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <Stack>
      {b.state === 'approval' ? <Alert variant="light">{t('broadcast.askedText')}</Alert> : null}
      {b.state === 'scheduled' && b.startAt ? (
        <Alert variant="light">{t('broadcast.scheduledFor', { at: say.exact(b.startAt) })}</Alert>
      ) : null}
      <CanaryTold b={b} />
      {b.progress ? <Figures ws={ws} b={b} p={b.progress} /> : null}
    </Stack>
  )
}

function CanaryTold({ b: { canary, state } }: { b: Held }) {
  const { t } = useTranslation()
  const say = useSay()
  const verdict = canary?.figures?.verdict
  if (verdict)
    return (
      <Alert color="red" variant="light" role="alert">
        {t('broadcast.stoppedBy', {
          what: t(`broadcast.stopped_${verdict.limit}`),
          percent: say.decimal(verdict.percent),
          most: say.decimal(verdict.most),
        })}
      </Alert>
    )
  return state === 'canary' && canary?.until ? (
    <Alert variant="light">{t('broadcast.canaryOpen', { at: say.exact(canary.until) })}</Alert>
  ) : null
}

function Figures({ ws, b, p }: { ws: string; b: Held; p: Told }) {
  const { t } = useTranslation()
  const say = useSay()
  const [opened, show] = useState<Opened | null>(null)
  const who = (figure: BroadcastFigure, label: string, n: number, reason?: string) => (
    <Who
      n={n}
      label={label}
      open={() =>
        show({
          title: label,
          ...(figure === 'audience' ? { note: t('broadcast.audienceNote') } : {}),
          heading: t('broadcast.counted'),
          list: {
            of: 'broadcast',
            broadcast: b.id,
            figure,
            ...(reason === undefined ? {} : { reason }),
          },
        })
      }
    >
      {say.count(n)}
    </Who>
  )
  const out = Object.values(p.notEntered).reduce((x, y) => x + y, 0)
  const over = peopleDone(b.state, p)
  const part = p.audience === 0 ? (b.endedAt === null ? 0 : 100) : Math.min(100, (100 * over) / p.audience)
  const reasons = Object.entries(p.reasons)
  return (
    <Card title={t('broadcasts.progress')}>
      <Stack>
        <Progress value={part} size="lg" aria-label={t('broadcasts.progress')} />
        <Text size="sm" role="status">
          {t('broadcasts.progressOf', { done: say.count(over), all: say.count(p.audience) })}
          {(b.state === 'sending' || b.state === 'canary') && p.perMinute > 0
            ? ` · ${t('broadcast.rate', { n: say.decimal(p.perMinute) })}`
            : ''}
          {p.etaAt ? ` · ${t('broadcast.eta', { at: say.exact(p.etaAt) })}` : ''}
        </Text>
        <Group gap="xl">
          <Figure
            label={t('broadcast.told')}
            value={who('audience', t('broadcast.told'), p.audience)}
            definition={t('broadcast.toldDef')}
          />
          {FIGURES.map(f => (
            <Figure
              key={f}
              label={t(`broadcast.${f}`)}
              value={who(f, t(`broadcast.${f}`), p[f])}
              {...(f === 'delivered' ? { definition: t('broadcast.deliveredDef') } : {})}
            />
          ))}
          <Figure
            label={t('broadcast.notEntered')}
            value={who('notEntered', t('broadcast.notEntered'), out)}
          />
        </Group>
        {reasons.length > 0 ? (
          <Text size="sm" component="ul" className="plain">
            {reasons.map(([reason, n]) => (
              <li key={reason}>
                {word('reason', reason)}: {who('skipped', word('reason', reason), n, reason)}
              </li>
            ))}
          </Text>
        ) : null}
        {opened ? <Behind ws={ws} opened={opened} close={() => show(null)} /> : null}
      </Stack>
    </Card>
  )
}

/** What may be done with it now. */
function Turns({ ws, b }: { ws: string; b: Held }) {
  const { t } = useTranslation()
  const [asked, ask] = useState<BroadcastAct | null>(null)
  const turn = useAct('turnBroadcast', {})
  const run = (act: BroadcastAct) => turn.mutate({ ws, broadcast: b.id, body: { act, version: b.version } })
  const asks = (act: BroadcastAct) => act === 'cancel' || (act === 'resume' && b.state === 'canary_stopped')
  return (
    <>
      {BROADCAST_ACTS.filter(act => ACTS[act].from.includes(b.state)).map(act => (
        <Guarded
          key={act}
          scope="journeys:publish"
          variant={act === 'cancel' ? 'outline' : 'filled'}
          loading={turn.isPending}
          onClick={() => (asks(act) ? ask(act) : run(act))}
        >
          {t(`broadcast.${act}`)}
        </Guarded>
      ))}
      <Confirm
        title={asked === null ? '' : t(`broadcast.${asked}`)}
        text={asked === 'cancel' ? t('broadcast.cancelText') : t('broadcast.goOnText')}
        action={asked === null ? '' : t(`broadcast.${asked}`)}
        danger={asked === 'cancel'}
        opened={asked !== null}
        close={() => ask(null)}
        run={() => asked && run(asked)}
      />
    </>
  )
}
