// What a customer does and where they came from: touches, visits, likes, the open cart.
import { Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { word } from '../i18n.ts'
import { Card } from '../parts/page.tsx'
import { Time } from '../parts/small.tsx'
import { useSay } from '../use.ts'
import type { CustomerData, Part } from './command.ts'

type Touch = NonNullable<CustomerData['touches']>['first']

export function Behaviour({ data }: Part) {
  const { t } = useTranslation()
  const say = useSay()
  const { visits, touches, likes, cart, pushTokens } = data
  const liked = [...likes.categories, ...likes.brands].sort((a, b) => b.share - a.share).slice(0, 5)
  const nothing = !visits && !touches && !cart && liked.length === 0 && pushTokens.length === 0
  return (
    <Card title={t('person.behaviour')}>
      {nothing ? <Text c="dimmed">{t('person.noBehaviour')}</Text> : null}
      <dl className="facts">
        {touches ? (
          <>
            <dt>{t('person.firstTouch')}</dt>
            <dd>
              <TouchLine touch={touches.first} />
            </dd>
            {touches.last.at === touches.first.at ? null : (
              <>
                <dt>{t('person.lastTouch')}</dt>
                <dd>
                  <TouchLine touch={touches.last} />
                </dd>
              </>
            )}
          </>
        ) : null}
        {visits?.lastAt ? (
          <>
            <dt>{t('person.lastVisit')}</dt>
            <dd>
              <Time at={visits.lastAt} />
            </dd>
          </>
        ) : null}
        {visits && visits.storeVisits > 0 ? (
          <>
            <dt>{t('person.storeVisits')}</dt>
            <dd>
              {t('person.times', { n: say.count(visits.storeVisits) })}
              {visits.lastStoreVisitAt ? (
                <>
                  {' · '}
                  <Time at={visits.lastStoreVisitAt} />
                </>
              ) : null}
            </dd>
          </>
        ) : null}
        {liked.length > 0 ? (
          <>
            <dt>{t('person.likes')}</dt>
            <dd>
              <Group gap={6}>
                {liked.map(l => (
                  <span key={l.name} className="chip">
                    {l.name} <span className="dim num">{say.percent(l.share)}</span>
                  </span>
                ))}
              </Group>
            </dd>
          </>
        ) : null}
        {cart && cart.items.length > 0 ? (
          <>
            <dt>{t('person.cart')}</dt>
            <dd>
              {say.list(cart.items.map(i => `${i.productId} × ${say.count(i.quantity)}`))}
              {cart.more > 0 ? ` · ${t('person.cartMore', { n: say.count(cart.more) })}` : ''}
              <Text size="xs" c="dimmed">
                {t('person.cartUpdated')} <Time at={cart.updatedAt} />
              </Text>
            </dd>
          </>
        ) : null}
        {pushTokens.length > 0 ? (
          <>
            <dt>{t('person.push')}</dt>
            <dd>{say.list(pushTokens.map(p => `${p.platform} ${p.token}`))}</dd>
          </>
        ) : null}
      </dl>
    </Card>
  )
}

function TouchLine({ touch }: { touch: Touch }) {
  const details = [
    touch.source,
    touch.medium,
    touch.campaign,
    touch.adId,
    touch.keyword,
    touch.store,
    touch.source ? null : touch.referrer,
  ].filter(Boolean)
  return (
    <>
      {word('touchKind', touch.kind)}
      {details.length > 0 ? ` · ${details.join(' / ')}` : ''}
      <Text size="xs" c="dimmed">
        <Time at={touch.at} />
      </Text>
    </>
  )
}
