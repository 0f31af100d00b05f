// One campaign: its figures, what belongs to it, its links, its settings.
import { Group, MultiSelect, Stack, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { CampaignFigure } from '../../src/insight/people/model.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { CampaignSettings } from '../campaigns/settings.tsx'
import { word } from '../i18n.ts'
import { Behind, type Opened, Who } from '../insight/behind.tsx'
import { NodeLink, useNodeName } from '../journey/node-name.tsx'
import { A } from '../parts/link.tsx'
import { Card, Crumbs, Page, Scroll } from '../parts/page.tsx'
import { Channel, Copy, Definition, Figure } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'

const route = getRouteApi('/w/$ws/campaigns/$campaign')
type Report = Out<'campaignReport'>
type Counted = Report['total']

export function Campaign() {
  const { t } = useTranslation()
  const say = useSay()
  const { ws, campaign } = route.useParams()
  const query = useApi('campaign', { ws, campaign })
  const report = useApi('campaignReport', { ws, campaign })
  const held = query.data
  return (
    <Page
      title={held?.name ?? t('campaigns.title')}
      lead={held ? `${say.short(held.startsAt)} – ${say.short(held.endsAt)} · ${say.zone}` : null}
      above={
        <Crumbs here={held?.name ?? '…'}>
          <A to="/w/$ws/campaigns" params={{ ws }} size="sm">
            {t('campaigns.title')}
          </A>
        </Crumbs>
      }
    >
      <Stack>
        <Card title={t('campaigns.figures')}>
          <Show query={report}>{data => <Figures ws={ws} campaign={campaign} data={data} />}</Show>
        </Card>
        <Show query={query}>
          {data => (
            <Stack>
              <Belongs ws={ws} held={data} />
              <Links held={data} />
              <Card title={t('campaigns.settings')}>
                <CampaignSettings key={data.version} ws={ws} held={data} saved={() => undefined} />
              </Card>
            </Stack>
          )}
        </Show>
      </Stack>
    </Page>
  )
}

type Open = (figure: CampaignFigure, name: string, of?: { channel?: string; message?: string }) => void

function Figures({ ws, campaign, data }: { ws: string; campaign: string; data: Report }) {
  const { t } = useTranslation()
  const say = useSay()
  const nodeName = useNodeName()
  const [opened, show] = useState<Opened | null>(null)
  const open: Open = (figure, name, of = {}) =>
    show({
      title: `${name} · ${t(`campaigns.${figure}`)}`,
      heading: t(figure === 'sent' ? 'campaigns.sent' : 'campaigns.times'),
      list: { of: 'campaign', campaign, figure, ...of },
    })
  const who = (figure: CampaignFigure, n: number, text: string) => (
    <Who n={n} label={t(`campaigns.${figure}`)} open={() => open(figure, t('campaigns.whole'))}>
      {text}
    </Who>
  )
  const { total, currency, budget, goal } = data
  return (
    <Stack>
      <Group gap="xl" align="flex-start">
        <Figure
          label={t('campaigns.reached')}
          value={who('reached', total.reached, say.count(total.reached))}
          definition={t('campaigns.reachedDef')}
        />
        <Figure
          label={t('campaigns.participants')}
          value={who('participants', total.participants, say.count(total.participants))}
          definition={t('campaigns.participantsDef')}
        />
        <Figure
          label={t('campaigns.rate')}
          value={say.share(total.participants, total.reached)}
          definition={t('campaigns.rateDef')}
        />
        <Figure label={t('campaigns.joined')} value={who('joined', data.joined, say.count(data.joined))} />
        <Figure label={t('campaigns.revenue')} value={say.money(data.revenue, currency)} />
        <Figure
          label={t('campaigns.spent')}
          value={say.cost(data.spent, currency)}
          to={
            budget === null ? null : (
              <Text size="sm" c="dimmed">
                {t('campaigns.ofBudget', {
                  budget: say.money(budget, currency),
                  share: budget === 0 ? '—' : say.percent(data.spent / budget),
                })}
              </Text>
            )
          }
        />
        {goal ? (
          <Figure
            label={t('campaigns.goal')}
            value={who('goal', goal.people, `${say.count(goal.people)} / ${say.count(goal.target)}`)}
          />
        ) : null}
      </Group>
      {data.channels.length > 0 ? (
        <>
          <Text size="sm" c="dimmed">
            {t('campaigns.partsText')}
          </Text>
          <Parts
            label={t('campaigns.byChannel')}
            open={open}
            rows={data.channels.map(c => ({
              key: c.channel,
              said: word('channel', c.channel),
              of: { channel: c.channel },
              name: (
                <>
                  <Channel name={c.channel} />{' '}
                  <Definition text={t(c.tells ? 'campaigns.reachedTells' : 'campaigns.reachedAccepts')} />
                </>
              ),
              counted: c,
            }))}
          />
          <Parts
            label={t('campaigns.byMessage')}
            open={open}
            rows={data.messages.map(m => ({
              key: `${m.journey}/${m.node}/${m.version}`,
              said: `${m.journeyName} · ${nodeName(m.nodeName)}`,
              of: { message: `${m.journey}/${m.node}/${m.version}` },
              name: <NodeLink node={m.nodeName} at={m} inside={m.journeyName} />,
              counted: m,
            }))}
          />
        </>
      ) : null}
      {opened ? <Behind ws={ws} opened={opened} close={() => show(null)} /> : null}
    </Stack>
  )
}

function Parts({
  label,
  rows,
  open,
}: {
  label: string
  rows: {
    key: string
    name: React.ReactNode
    said: string
    of: { channel?: string; message?: string }
    counted: Counted
  }[]
  open: Open
}) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <Scroll label={label}>
      <table className="table">
        <thead>
          <tr>
            <th>{label}</th>
            <th className="num">{t('campaigns.sent')}</th>
            <th className="num">{t('campaigns.reached')}</th>
            <th className="num">{t('campaigns.clicked')}</th>
            <th className="num">{t('campaigns.participants')}</th>
            <th className="num">{t('campaigns.rate')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, said, of, counted }) => (
            <tr key={key}>
              <td>{name}</td>
              {(['sent', 'reached', 'clicked', 'participants'] as const).map(f => (
                <td key={f} className="num">
                  <Who
                    n={counted[f]}
                    label={`${said}, ${t(`campaigns.${f}`)}`}
                    open={() => open(f, said, of)}
                  >
                    {say.count(counted[f])}
                  </Who>
                </td>
              ))}
              <td className="num">{say.share(counted.participants, counted.reached)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Belongs({ ws, held }: { ws: string; held: Out<'campaign'> }) {
  const { t } = useTranslation()
  const journeys = useApi('journeys', { ws }).data?.items ?? []
  const broadcasts = usePages('broadcasts', { ws, query: {} }).items
  const put = useAct('setCampaignJourneys', { done: t('common.saved') })
  const known = [
    ...held.journeys.map(j => ({ value: j.id, label: j.name })),
    ...journeys.map(j => ({ value: j.id, label: j.name })),
    ...broadcasts.map(b => ({ value: b.journey, label: b.name })),
  ]
  const all = [...new Map(known.map(k => [k.value, k])).values()]
  return (
    <Card title={t('campaigns.journeys')}>
      <MultiSelect
        aria-label={t('campaigns.journeys')}
        searchable
        data={all}
        value={held.journeys.map(j => j.id)}
        onChange={list => put.mutate({ ws, campaign: held.id, body: { journeys: list } })}
      />
    </Card>
  )
}

function Links({ held }: { held: Out<'campaign'> }) {
  const { t } = useTranslation()
  if (held.links.length === 0) return null
  const shown = held.links.filter(l => l.channel === 'line' || l.channel === 'email' || l.channel === 'sms')
  return (
    <Card title={t('campaigns.links')}>
      <ul className="plain">
        {shown.map(l => (
          <li key={`${l.label}/${l.channel}/${l.url}`}>
            {l.label} · <Channel name={l.channel} /> <code className="mono">{l.url}</code>{' '}
            <Copy value={l.url} label={`${l.label} ${l.channel}`} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
