// Limits of sending: how many messages one person gets, and what is used of limits shared by all; the domain of links.
import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { NodeLink } from '../journey/node-name.tsx'
import { Card } from '../parts/page.tsx'
import { Show } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { LinkDomain } from './links.tsx'
import { PersonLimits } from './person-limits.tsx'

export function SendingRules({ ws }: { ws: string }) {
  return (
    <Stack maw={640}>
      <PersonLimits ws={ws} />
      <LinkDomain ws={ws} />
      <Limits ws={ws} />
    </Stack>
  )
}

function Limits({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('limits', { ws })
  return (
    <Card title={t('sending.limits')}>
      <Show query={query}>
        {({ items, currency }) =>
          items.length === 0 ? (
            <Text c="dimmed">{t('sending.noLimits')}</Text>
          ) : (
            <div className="table-scroll">
              <table className="table">
                <thead>
                  <tr>
                    <th>{t('sending.limit')}</th>
                    <th>{t('sending.of')}</th>
                    <th className="end">{t('sending.used')}</th>
                    <th>{t('sending.per')}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(l => {
                    const figure = (n: number) =>
                      l.kind === 'budget' ? say.money(Math.round(n), currency) : say.count(n)
                    return (
                      <tr key={`${l.kind} ${l.of} ${l.node} ${l.per}`}>
                        <td>{t(`limitKind.${l.kind}`)}</td>
                        <td>
                          {l.node === null ? (
                            (l.name ?? l.of)
                          ) : (
                            <NodeLink
                              node={l.nodeName}
                              at={{ journey: l.of, node: l.node }}
                              inside={l.name ?? ''}
                            />
                          )}
                        </td>
                        <td className="end num">
                          {figure(l.used)} / {figure(l.max)}
                        </td>
                        <td>{word('per', l.per)}</td>
                      </tr>
                    )
                  })}
                </tbody>
              </table>
            </div>
          )
        }
      </Show>
    </Card>
  )
}
