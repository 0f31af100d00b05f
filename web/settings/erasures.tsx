// Erasures: how far each is, and the certificate of those that are done.
import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Card } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Badge, Guarded, Time } from '../parts/small.tsx'
import { Empty, Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { CheckCertificate } from './check-certificate.tsx'

type Erasure = Out<'erasure'>
type Certificate = NonNullable<Erasure['certificate']>
const TONE = { waiting: 'wait', running: 'wait', done: 'good', failed: 'bad' } as const
const STEPS = ['state', 'journal', 'texts', 'history', 'files', 'settle', 'check'] as const

const isStep = (text: string): text is (typeof STEPS)[number] => STEPS.some(s => s === text)

export function Erasures({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const [shown, show] = useState<Erasure | null>(null)
  const list = useApi('erasures', { ws, query: { limit: 50 } }, { refetchInterval: 3_000 })
  const retry = useAct('retryErasure')
  return (
    <Card title={t('privacy.erasures')} flush>
      <Show query={list} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconEraser />} title={t('privacy.noErasures')} text={t('privacy.noErasuresText')} />
          ) : (
            <div className="table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>{t('privacy.requested')}</th>
                    <th>{t('privacy.reason')}</th>
                    <th>{t('common.status')}</th>
                    <th>{t('privacy.result')}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(e => (
                    <tr key={e.id}>
                      <td className="nowrap">
                        <Time at={e.requestedAt} exact />
                      </td>
                      <td>{e.reason}</td>
                      <td>
                        <Badge tone={TONE[e.status]}>{t(`erasureStatus.${e.status}`)}</Badge>
                      </td>
                      <td>
                        {e.certificate ? (
                          <Button size="xs" variant="default" onClick={() => show(e)}>
                            {t('privacy.certificate')}
                          </Button>
                        ) : e.status === 'failed' ? (
                          <Group gap="xs">
                            <Text size="sm">{e.error}</Text>
                            <Guarded
                              size="xs"
                              scope="privacy:write"
                              variant="default"
                              onClick={() => retry.mutate({ ws, erasure: e.id, body: undefined })}
                            >
                              {t('common.retry')}
                            </Guarded>
                          </Group>
                        ) : (
                          <Step erasure={e} />
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Show>
      <CheckCertificate ws={ws} />
      <Modal
        opened={shown !== null}
        onClose={() => show(null)}
        title={t('privacy.certificate')}
        size="lg"
        centered
      >
        {shown?.certificate ? <CertificateText id={shown.id} certificate={shown.certificate} /> : null}
      </Modal>
    </Card>
  )
}

function Step({ erasure }: { erasure: Erasure }) {
  const { t } = useTranslation()
  const step = isStep(erasure.step) ? erasure.step : 'state'
  const whole = STEPS.indexOf(step) + (erasure.total > 0 ? erasure.done / erasure.total : 0)
  return (
    <Stack gap={2}>
      <Text size="sm">{t(`erasureStep.${step}`)}</Text>
      <Progress value={(100 * whole) / STEPS.length} aria-label={t(`erasureStep.${step}`)} />
    </Stack>
  )
}

function CertificateText({ id, certificate: c }: { id: string; certificate: Certificate }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <Stack gap="sm">
      <Text c="dimmed">{t('privacy.certificateText')}</Text>
      <Places title={t('privacy.erased')} places={c.erased} />
      {c.redacted.length > 0 ? <Places title={t('privacy.redacted')} places={c.redacted} /> : null}
      <div>
        <Text fw={600}>{t('privacy.searched')}</Text>
        <Text>
          {t('privacy.searchedText', {
            tables: say.count(c.searched.tables),
            columns: say.count(c.searched.columns),
            journal: say.count(c.searched.journalRows),
            files: say.count(c.searched.files),
          })}
        </Text>
      </div>
      <div>
        <Text fw={600}>{t('privacy.kept')}</Text>
        <ul>
          {c.kept.map(line => (
            <li key={line}>{word('erasureKept', line)}</li>
          ))}
        </ul>
      </div>
      <Text size="xs" c="dimmed" className="mono" style={{ overflowWrap: 'anywhere' }}>
        {t('privacy.seal')} {c.seal}
      </Text>
      <Group justify="flex-end">
        <Button
          variant="default"
          onClick={() => saveFile(`${id}.json`, JSON.stringify(c, null, 2), 'application/json')}
        >
          {t('privacy.saveJson')}
        </Button>
      </Group>
    </Stack>
  )
}

export function Places({ title, places }: { title: string; places: { place: string; rows: number }[] }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <table className="table" aria-label={title}>
      <caption style={{ textAlign: 'start', fontWeight: 600 }}>{title}</caption>
      <thead>
        <tr>
          <th>{t('privacy.place')}</th>
          <th className="num end">{t('privacy.rows')}</th>
        </tr>
      </thead>
      <tbody>
        {places.map(p => (
          <tr key={p.place}>
            <td title={p.place}>{word('place', p.place)}</td>
            <td className="num end">{say.count(p.rows)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
