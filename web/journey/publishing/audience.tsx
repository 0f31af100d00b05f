// The last look before publishing: who enters at once, by channel, what it costs, what is left to send; who does not, why.
import { Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { UseQueryResult } from '@tanstack/react-query'
import type { Out } from '../../../src/contract.ts'
import { word } from '../../i18n.ts'
import { Card, Scroll } from '../../parts/page.tsx'
import { Badge, Channel, Figure } from '../../parts/small.tsx'
import { Waiting, Wrong } from '../../parts/state.tsx'
import { useSay } from '../../use.ts'

type Audience = Out<'publishAudience'>

export function AudienceCard({ query }: { query: UseQueryResult<Audience> }) {
  const { t } = useTranslation()
  return (
    <Card title={t('audience.title')}>
      {query.data ? (
        <Found found={query.data} />
      ) : query.error ? (
        <Wrong error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Waiting rows={3} />
      )}
    </Card>
  )
}

function Found({ found }: { found: Audience }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <>
      {found.people === null ? (
        <>
          <Text>{t('audience.later')}</Text>
          {found.recent ? (
            <Text size="sm" c="dimmed">
              {t('audience.recent', { days: found.recent.days, n: say.count(found.recent.people) })}
            </Text>
          ) : null}
        </>
      ) : (
        <Figure
          label={found.at === null ? t('audience.now') : t('audience.moment', { at: say.short(found.at) })}
          value={say.count(found.people)}
        />
      )}
      {found.control ? <Row label={t('audience.control')} value={say.count(found.control)} /> : null}
      {found.channels.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('audience.noSends')}
        </Text>
      ) : (
        <Channels found={found} />
      )}
      {found.excluded.length > 0 ? (
        <>
          <Text fw={600} size="sm" mt="sm">
            {t('audience.excluded')}
          </Text>
          {found.excluded.map(e => (
            <Row key={e.reason} label={word('notNow', e.reason)} value={say.count(e.people)} />
          ))}
        </>
      ) : null}
    </>
  )
}

const Row = ({ label, value }: { label: string; value: string }) => (
  <Group justify="space-between">
    <Text size="sm">{label}</Text>
    <Text size="sm" className="num">
      {value}
    </Text>
  </Group>
)

function Channels({ found }: { found: Audience }) {
  const { t } = useTranslation()
  const say = useSay()
  return (
    <Scroll label={t('audience.channel')}>
      <table className="table">
        <thead>
          <tr>
            <th>{t('audience.channel')}</th>
            <th className="end">{t('audience.reachable')}</th>
            <th className="end">{t('audience.cost')}</th>
            <th className="end">{t('audience.quota')}</th>
          </tr>
        </thead>
        <tbody>
          {found.channels.map(c => (
            <tr key={c.channel}>
              <td>
                <Channel name={c.channel} />
              </td>
              <td className="end">{c.people === null ? '—' : say.count(c.people)}</td>
              <td className="end">{c.cost === null ? '—' : say.cost(c.cost, found.currency)}</td>
              <td className="end">
                {c.quota === null ? t('audience.noQuota') : say.count(c.quota.left)}
                {c.quota !== null && c.people !== null && c.people * c.messages > c.quota.left ? (
                  <div>
                    <Badge tone="bad">{t('audience.tooMany')}</Badge>
                  </div>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
