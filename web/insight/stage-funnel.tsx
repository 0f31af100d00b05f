// How many people are in each lifecycle stage, and the share that went on from each to the next.
import { Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/queries.ts'
import { A } from '../parts/link.tsx'
import { Card, Scroll } from '../parts/page.tsx'
import { Definition } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { useSay } from '../use.ts'

export function StageFunnel({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const query = useApi('stages', { ws })
  return (
    <Card title={t('funnel.title')} aside={<Definition text={t('funnel.def')} />} flush>
      <Show query={query} rows={6}>
        {data => {
          const all = data.items[0]?.reached ?? 0
          return (
            <Scroll label={t('funnel.title')}>
              <table className="table">
                <thead>
                  <tr>
                    <th>{t('person.stage')}</th>
                    <th style={{ width: '40%' }}>
                      <span className="visually-hidden">{t('funnel.reached')}</span>
                    </th>
                    <th className="end">{t('funnel.reached')}</th>
                    <FigureHead label={t('funnel.step')} definition={t('funnel.stepDef')} />
                    <th className="end">{t('funnel.now')}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.items.map((item, i) => (
                    <tr key={item.stage}>
                      <td className="nowrap">
                        <Text fw={550}>{t(`stage.${item.stage}`)}</Text>
                      </td>
                      <td>
                        <span className="bar" style={{ display: 'block' }} aria-hidden>
                          <i
                            style={{
                              width: `${all === 0 ? 0 : (100 * item.reached) / all}%`,
                              background: 'var(--app-accent)',
                            }}
                          />
                        </span>
                      </td>
                      <td className="end">{say.people(item.reached)}</td>
                      <td className="end nowrap">{i === 0 ? '—' : say.share(item.reached, item.from)}</td>
                      <td className="end">
                        {item.people === 0 ? (
                          '—'
                        ) : (
                          <A to="/w/$ws/customers" params={{ ws }} search={{ stage: item.stage }}>
                            {say.count(item.people)}
                          </A>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }}
      </Show>
    </Card>
  )
}
