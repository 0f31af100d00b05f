// The empty journey: what may begin it, and three examples to start from.
import { Button } from '@mantine/core'
import {
  IconCake,
  IconEye,
  IconReceipt,
  IconShoppingCart,
  IconUserHeart,
  IconUserPlus,
} from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { birthday, cartNotPaid, welcomeOn } from '../../../src/journeys/examples.ts'
import type { JourneyGraph, Trigger } from '../../../src/journeys/model.ts'
import { useVocabulary } from '../../rules/vocabulary.tsx'

/** What journeys of a shop begin with most. */
const EVENTS = [
  { event: 'Product Added', icon: IconShoppingCart },
  { event: 'Order Completed', icon: IconReceipt },
  { event: 'contact.followed', icon: IconUserHeart },
  { event: 'Signed Up', icon: IconUserPlus },
  { event: 'Product Viewed', icon: IconEye },
]
const EXAMPLES = [
  { key: 'cart', icon: IconShoppingCart, make: () => cartNotPaid },
  { key: 'welcome', icon: IconUserHeart, make: () => welcomeOn('contact.followed') },
  { key: 'birthday', icon: IconCake, make: () => birthday },
] as const

export function Begin({
  take,
  trigger,
  other,
}: {
  take: (graph: JourneyGraph) => void
  trigger: (trigger: Trigger) => void
  other: () => void
}) {
  const { t } = useTranslation()
  const { names } = useVocabulary()
  const first = useRef<HTMLButtonElement>(null)
  // the page was opened to choose one
  useEffect(() => first.current?.focus(), [])
  return (
    <section className="begin" aria-label={t('begin.title')}>
      <h2>{t('begin.title')}</h2>
      <p className="dim">{t('begin.text')}</p>
      <div className="begin-events">
        {EVENTS.map(({ event, icon: Icon }, i) => (
          <button
            key={event}
            type="button"
            className="begin-event"
            ref={i === 0 ? first : undefined}
            onClick={() => trigger({ kind: 'event', event })}
          >
            <Icon size={18} aria-hidden /> {names.event(event)}
          </button>
        ))}
        <Button size="compact-sm" variant="subtle" onClick={other}>
          {t('begin.other')}
        </Button>
      </div>
      <p className="dim">{t('begin.or')}</p>
      <div className="begin-examples">
        {EXAMPLES.map(({ key, icon: Icon, make }) => (
          <button key={key} type="button" className="begin-example" onClick={() => take(make())}>
            <b>
              <Icon size={17} aria-hidden /> {t(`begin.${key}`)}
            </b>
            <span className="dim">{t(`begin.${key}Text`)}</span>
          </button>
        ))}
      </div>
    </section>
  )
}
