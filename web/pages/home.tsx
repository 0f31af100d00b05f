// Home: set-up steps, what is live, what needs attention, engagement by channel, a chart of days.
import { Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed, IconMoodSmile, IconSend } from '@tabler/icons-react'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { A, ButtonLink } from '../parts/link.tsx'
import { Card, Page, Scroll } from '../parts/page.tsx'
import { Badge, Channel, Figure } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay, useWs } from '../use.ts'
import { DayChart } from '../parts/day-chart.tsx'
import { FigureHead } from '../parts/table.tsx'

export function Home() {
  const { t } = useTranslation()
  const ws = useWs()
  const home = useApi('home', { ws })
  return (
    <Page title={t('home.title')} lead={t('home.lead')}>
      <Show query={home} rows={10}>
        {data => (
          <Stack gap={16}>
            {data.stale ? (
              <div className="banner banner-wait" role="status">
                {t('common.stale')}
              </div>
            ) : null}
            {Object.values(data.setup).every(Boolean) ? null : <Setup setup={data.setup} />}
            <Figures home={data} />
            <div className="half">
              <Attention home={data} />
              <Card title={t('home.perDay')}>
                {data.perDay.every(d => d.events + d.messages === 0) ? (
                  <Text c="dimmed">{t('home.noDays')}</Text>
                ) : (
                  <DayChart days={data.perDay} />
                )}
              </Card>
            </div>
            <Engagement home={data} />
          </Stack>
        )}
      </Show>
    </Page>
  )
}

function Figures({ home }: { home: Out<'home'> }) {
  const { t } = useTranslation()
  const say = useSay()
  const ws = useWs()
  return (
    <div className="figures">
      <Figure
        label={t('home.customers')}
        definition={t('home.customersDef')}
        value={
          <A to="/w/$ws/customers" params={{ ws }} c="inherit">
            {say.people(home.customers)}
          </A>
        }
      />
      <Figure
        label={t('home.events')}
        definition={t('home.eventsDef')}
        value={
          <A to="/w/$ws/sources" params={{ ws }} search={{ tab: 'events' }} c="inherit">
            {say.count(home.events24h)}
          </A>
        }
      />
      <Figure
        label={t('home.live')}
        definition={t('home.liveDef')}
        value={
          <A to="/w/$ws/journeys" params={{ ws }} c="inherit">
            {say.count(home.liveJourneys)}
          </A>
        }
      />
      <Figure
        label={t('home.waiting')}
        definition={t('home.waitingDef')}
        value={
          <A to="/w/$ws/journeys" params={{ ws }} c="inherit">
            {say.people(home.waiting)}
          </A>
        }
      />
    </div>
  )
}

function Setup({ setup }: { setup: Out<'home'>['setup'] }) {
  const { t } = useTranslation()
  const ws = useWs()
  const steps = [
    {
      key: 'demo',
      done: setup.demo,
      title: t('home.stepDemo'),
      text: t('home.stepDemoText'),
      action: <Demo done={setup.demo} />,
    },
    {
      key: 'source',
      done: setup.source,
      title: t('home.stepSource'),
      text: t('home.stepSourceText'),
      action: (
        <ButtonLink
          variant="default"
          size="xs"
          to="/w/$ws/sources"
          params={{ ws }}
          search={{ tab: 'install' }}
        >
          {t('home.go')}
        </ButtonLink>
      ),
    },
    {
      key: 'channel',
      done: setup.channel,
      title: t('home.stepChannel'),
      text: t('home.stepChannelText'),
      action: (
        <ButtonLink variant="default" size="xs" to="/w/$ws/channels" params={{ ws }}>
          {t('home.go')}
        </ButtonLink>
      ),
    },
    {
      key: 'journey',
      done: setup.journey,
      title: t('home.stepJourney'),
      text: t('home.stepJourneyText'),
      action: (
        <ButtonLink variant="default" size="xs" to="/w/$ws/journeys" params={{ ws }}>
          {t('home.go')}
        </ButtonLink>
      ),
    },
  ]
  return (
    <Card
      title={t('home.setup')}
      aside={
        <Text size="sm" c="dimmed">
          {t('home.setupLead')}
        </Text>
      }
    >
      <ol className="plain">
        {steps.map(step => (
          <li key={step.key}>
            <Group wrap="nowrap" gap="sm" align="center">
              <span className={step.done ? 'tone-good' : 'tone-skip'} style={{ display: 'grid' }}>
                {step.done ? (
                  <IconCircleCheck size={22} aria-label={t('home.done')} role="img" />
                ) : (
                  <IconCircleDashed size={22} aria-label={t('home.todo')} role="img" />
                )}
              </span>
              <div style={{ flex: 1 }}>
                <Text fw={600}>{step.title}</Text>
                <Text size="sm" c="dimmed">
                  {step.text}
                </Text>
              </div>
              {step.action}
            </Group>
          </li>
        ))}
      </ol>
    </Card>
  )
}

/** One click builds the demo brand in a sandbox workspace of its own; shows progress, then leads there. */
function Demo({ done }: { done: boolean }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const start = useAct('startDemo')
  const progress = useApi('demoProgress', {}).data
  const runs = start.isPending || progress?.state === 'running'
  useApi('demoProgress', {}, { refetchInterval: runs ? 700 : false })
  if (progress?.state === 'running') {
    const percent = progress.total > 0 ? Math.round((100 * progress.done) / progress.total) : 0
    return (
      <div style={{ width: 240 }} role="status">
        <Text size="xs">
          {t('home.building')} · {word('demoStep', progress.step ?? '')}
        </Text>
        <Progress value={percent} aria-label={t('home.building')} />
      </div>
    )
  }
  if (progress?.state === 'done' && progress.workspace) {
    const target = progress.workspace
    return (
      <Button size="xs" onClick={() => void navigate({ to: '/w/$ws', params: { ws: target } })}>
        {t('home.openDemo')}
      </Button>
    )
  }
  return (
    <Stack gap={4} align="flex-end">
      {progress?.state === 'failed' ? (
        <Text size="xs" c="red" role="alert">
          {t('home.demoFailed')}: {progress.step}
        </Text>
      ) : null}
      {done ? null : (
        <Button size="xs" loading={start.isPending} onClick={() => start.mutate({ body: undefined })}>
          {t('home.build')}
        </Button>
      )}
    </Stack>
  )
}

/** The server's links are paths, with or without the workspace before them. */
const inWorkspace = (ws: string, link: string): string =>
  link.startsWith('/w/') ? link : `/w/${ws}/${link.replace(/^\//, '')}`

function Attention({ home }: { home: Out<'home'> }) {
  const { t } = useTranslation()
  const router = useRouter()
  const say = useSay()
  const ws = useWs()
  return (
    <Card title={t('home.attention')}>
      {home.attention.length === 0 ? (
        <Group gap={8}>
          <span className="tone-good" style={{ display: 'grid' }}>
            <IconMoodSmile size={20} aria-hidden />
          </span>
          <Text>{t('home.calm')}</Text>
        </Group>
      ) : (
        <ul className="plain">
          {home.attention.map(item => (
            <li key={item.code}>
              <Group justify="space-between">
                <Anchor
                  href={inWorkspace(ws, item.link)}
                  onClick={event => {
                    event.preventDefault()
                    router.history.push(inWorkspace(ws, item.link))
                  }}
                >
                  {word('attention', item.code)}
                </Anchor>
                <Badge tone="wait">{say.count(item.count)}</Badge>
              </Group>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

const SENT = ['sent', 'reached', 'clicked'] as const
const NOT_SENT = ['failed', 'skipped', 'unknown'] as const

function Engagement({ home }: { home: Out<'home'> }) {
  const { t } = useTranslation()
  const say = useSay()
  const ws = useWs()
  return (
    <Card title={t('home.engagement')} flush>
      {home.messages.length === 0 ? (
        <Empty icon={<IconSend />} title={t('messages.empty')} text={t('home.noMessages')} />
      ) : (
        <Scroll label={t('home.engagement')}>
          <table className="table">
            <thead>
              <tr>
                <th>{t('common.channel')}</th>
                {SENT.map(f => (
                  <FigureHead
                    key={f}
                    label={t(`engagementFigure.${f}`)}
                    definition={t(`engagementDef.${f}`)}
                  />
                ))}
                <FigureHead label={t('engagement.rate')} definition={t('engagement.rateDef')} />
                {NOT_SENT.map(c => (
                  <FigureHead key={c} label={t(`home.${c}`)} definition={t(`home.${c}Def`)} />
                ))}
              </tr>
            </thead>
            <tbody>
              {home.messages.map(row => (
                <tr key={row.channel}>
                  <td>
                    <Channel name={row.channel} />
                  </td>
                  {SENT.map(figure => (
                    <td key={figure} className="end">
                      <A
                        to="/w/$ws/insight/engagement"
                        params={{ ws }}
                        search={{ figure, key: row.channel }}
                        c="inherit"
                      >
                        {say.people(row[figure])}
                      </A>
                    </td>
                  ))}
                  <td className="end">{say.share(row.participants, row.reachedPeople)}</td>
                  {NOT_SENT.map(state => (
                    <td key={state} className="end">
                      <A
                        to="/w/$ws/messages"
                        params={{ ws }}
                        search={{ channel: row.channel, state }}
                        c="inherit"
                      >
                        {say.people(row[state])}
                      </A>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Card>
  )
}
