// One answer to the question why: in a sentence, with the values seen and what was recorded.
import { Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Args } from '../api/call.ts'
import { useApi } from '../api/queries.ts'
import type { Rule } from '../../src/rules/model.ts'
import { useEventLabel } from '../parts/event-label.ts'
import { Badge, Time } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import type { Unmet } from '../../src/journeys/unmet.ts'
import { UnmetBranches } from '../rules/unmet.tsx'
import { WhyLines } from '../rules/why.tsx'
import { useSay } from '../use.ts'

type Query = NonNullable<Args<'whyCustomer'>['query']>

export function WhyAnswer({ ws, customer, about }: { ws: string; customer: string; about: Query }) {
  const { t } = useTranslation()
  const say = useSay()
  const nameOf = useEventLabel(ws)
  const query = useApi('whyCustomer', { ws, customer, query: about })
  return (
    <Show query={query} rows={3}>
      {found => (
        <div className="stack" style={{ gap: 10 }}>
          <div role="status">
            <Group gap={8} wrap="nowrap" align="flex-start">
              <Badge tone={found.happened === null ? 'wait' : found.happened ? 'good' : 'skip'}>
                {t(found.happened === null ? 'why.open' : found.happened ? 'why.yes' : 'why.no')}
              </Badge>
              <Text>{say.locale === 'en' ? found.say.en : found.say.zh}</Text>
            </Group>
            {found.at === null ? null : (
              <Text size="xs" c="dimmed" mt={2}>
                {t('why.decided')} <Time at={found.at} exact />
              </Text>
            )}
          </div>
          {found.why.length > 0 ? (
            <div>
              <Text size="xs" c="dimmed">
                {t('why.because')}
              </Text>
              {found.unmet.length > 0 ? (
                <UnmetBranches unmet={found.unmet as Unmet[]} />
              ) : (
                <WhyLines rule={found.rule as Rule | null} why={found.why} />
              )}
            </div>
          ) : null}
          <details>
            <summary>{t('why.recorded')}</summary>
            {found.facts.length === 0 ? (
              <Text c="dimmed">{t('why.nothing')}</Text>
            ) : (
              <ul className="plain">
                {found.facts.map((f, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: an answer's list never changes
                  <li key={i}>
                    <Group justify="space-between" wrap="nowrap" gap={8}>
                      <Text size="sm">{nameOf(f.name)}</Text>
                      <Text size="xs" c="dimmed" component="span">
                        <Time at={f.at} exact />
                      </Text>
                    </Group>
                    <Facts props={f.props} />
                  </li>
                ))}
              </ul>
            )}
          </details>
        </div>
      )}
    </Show>
  )
}

function Facts({ props }: { props: unknown }) {
  const said = Object.entries((props ?? {}) as Record<string, unknown>)
  return said.length === 0 ? null : (
    <div className="props">
      {said.slice(0, 8).map(([key, value]) => (
        <span key={key}>
          {key} <b>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</b>
        </span>
      ))}
    </div>
  )
}
