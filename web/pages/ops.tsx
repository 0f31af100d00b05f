// Ops: flow, lag, what is set aside, which processes run.
import { ListTable } from '../parts/list-table.tsx'
import { Text } from '@mantine/core'
import { IconHeartbeat } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Card, Page } from '../parts/page.tsx'
import { Figure, Guarded, StateBadge, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { ActionsHead } from '../parts/table.tsx'
import { useSay, useWs } from '../use.ts'

/** Beyond these the figure is shown as a warning, then as a failure. */
const toneOf = (ms: number | null, warn: number, bad: number) =>
  ms === null || ms < warn ? undefined : ms < bad ? 'wait' : 'bad'

export function Ops() {
  const { t } = useTranslation()
  const say = useSay()
  const ws = useWs()
  const ops = useApi('ops', { ws }, { refetchInterval: 3000 })
  return (
    <Page title={t('ops.title')} lead={t('ops.lead')}>
      <Show query={ops} rows={8}>
        {o => (
          <div className="stack">
            <div className="figures">
              <Figure
                label={t('ops.inboxLag')}
                definition={t('ops.inboxLagDef')}
                value={say.latency(o.inboxLagMs)}
                tone={toneOf(o.inboxLagMs, 1_000, 30_000)}
              />
              <Figure
                label={t('ops.oldestDue')}
                definition={t('ops.oldestDueDef')}
                value={say.latency(o.oldestDueMs)}
                tone={toneOf(o.oldestDueMs, 5_000, 60_000)}
              />
              <Figure
                label={t('ops.historyLag')}
                value={say.latency(o.historyLagMs)}
                tone={toneOf(o.historyLagMs, 5_000, 60_000)}
              />
              <Figure
                label={t('ops.clickhouse')}
                value={<StateBadge state={o.clickhouse === 'up' ? 'up' : 'down'} />}
              />
              <Figure label={t('ops.folded')} value={`${say.count(Math.round(o.foldedPerS * 10) / 10)} /s`} />
              <Figure label={t('ops.inboxRows')} value={say.count(o.inboxRows)} />
              <Figure label={t('ops.bulkRows')} value={say.count(o.bulkRows)} />
              <Figure label={t('ops.pending')} value={say.count(o.pendingMessages)} />
              <Figure label={t('ops.p50')} value={say.latency(o.eventToSendP50Ms)} />
              <Figure label={t('ops.p95')} value={say.latency(o.eventToSendP95Ms)} />
              <Figure label={t('ops.stateBytes')} value={say.bytes(o.stateBytesP95)} />
              <Figure
                label={t('ops.pollCaught')}
                definition={t('ops.pollDef')}
                value={say.count(o.pollCaught)}
              />
              <Figure label={t('ops.sweepCaught')} value={say.count(o.sweepCaught)} />
              <Figure
                label={t('ops.parkedCount')}
                value={say.count(o.parked)}
                tone={o.parked > 0 ? 'bad' : undefined}
              />
            </div>
            <Parked ws={ws} />
            <Card title={t('ops.processes')} flush>
              {o.processes.length === 0 ? (
                <Text c="dimmed" p="md">
                  {t('ops.noProcesses')}
                </Text>
              ) : (
                <table className="table">
                  <thead>
                    <tr>
                      <th>{t('ops.processes')}</th>
                      <th>{t('ops.roles')}</th>
                      <th className="end">{t('ops.buckets')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {o.processes.map(p => (
                      <tr key={p.id}>
                        <td className="mono">{p.id}</td>
                        <td>{p.roles.join(', ')}</td>
                        <td className="end">{say.count(p.buckets)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </Card>
          </div>
        )}
      </Show>
    </Page>
  )
}

function Parked({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const list = usePages('parked', { ws, query: { limit: 25 } })
  const unpark = useAct('unpark', { done: t('customers.unparked') })
  return (
    <Card title={t('ops.parked')} flush>
      <ListTable
        query={list}
        waiting={3}
        empty={<Empty icon={<IconHeartbeat />} title={t('ops.noParked')} text={t('ops.noParkedText')} />}
        head={
          <>
            <th>{t('common.time')}</th>
            <th>{t('common.customer')}</th>
            <th>{t('ops.reason')}</th>
            <th>{t('ops.error')}</th>
            <th className="end">{t('ops.waitingRows')}</th>
            <ActionsHead />
          </>
        }
        row={p => (
          <tr key={p.customer}>
            <td className="nowrap">
              <Time at={p.at} />
            </td>
            <td>
              <A to="/w/$ws/customers/$customer" params={{ ws, customer: p.customer }} className="mono">
                {p.customer}
              </A>
            </td>
            <td>{p.reason}</td>
            <td className="mono">{p.error}</td>
            <td className="end">{say.count(p.waiting)}</td>
            <td className="end">
              <Guarded
                scope="customers:write"
                size="compact-xs"
                variant="default"
                onClick={() => unpark.mutate({ ws, customer: p.customer, body: undefined })}
              >
                {t('customers.unpark')}
              </Guarded>
            </td>
          </tr>
        )}
      />
    </Card>
  )
}
