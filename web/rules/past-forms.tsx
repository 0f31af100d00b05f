// The forms of the chips of what happened: orders, events, one event after another.
import { useTranslation } from 'react-i18next'
import { ORDER_STATUSES } from '../../src/rules/model.ts'
import { askedIn } from '../../src/rules/windows.ts'
import type { LeafOf } from './edit.ts'
import type { FormProps } from './chip-form.tsx'
import { Pick, SpanField, Values } from './fields.tsx'
import { LinesField, OrderMeasureField, salesChannelLabel } from './order-fields.tsx'
import { EventField, WhereField } from './where-fields.tsx'
import { EventMeasureField, WindowField } from './past-fields.tsx'
import { useOffered } from './offered.ts'
import { useVocabulary } from './vocabulary.tsx'

type Windowed = LeafOf<'orders'> | LeafOf<'event'> | LeafOf<'sequence'>
function LeafWindow<L extends Windowed>({
  leaf,
  change,
  journey,
  today,
}: Pick<FormProps<L>, 'leaf' | 'change' | 'journey' | 'today'>) {
  return (
    <WindowField
      window={leaf.window}
      journey={journey}
      today={today}
      onChange={window => change({ ...leaf, window })}
    />
  )
}

export function OrdersForm({ leaf, change, chip, journey, today }: FormProps<LeafOf<'orders'>>) {
  const { t } = useTranslation()
  const { vocabulary } = useVocabulary()
  const stores = useOffered('stores', v => v.stores.map(x => ({ value: x.code, label: x.name })))
  switch (chip.id) {
    case 'window':
      return <LeafWindow leaf={leaf} change={change} journey={journey} today={today} />
    case 'what':
      return (
        <LinesField
          lines={leaf.lines}
          onChange={lines => {
            const { lines: _, ...anything } = leaf
            change(lines ? { ...leaf, lines } : anything)
          }}
        />
      )
    case 'salesChannel':
      return (
        <Values
          label={t('ruleEdit.salesChannel')}
          values={leaf.salesChannel ?? []}
          options={vocabulary.salesChannels.map(c => ({ value: c.code, label: salesChannelLabel(c.code) }))}
          onChange={salesChannel => change({ ...leaf, salesChannel })}
        />
      )
    case 'store':
      return (
        <Values
          label={t('ruleEdit.store')}
          values={leaf.store ?? []}
          {...stores}
          onChange={store => change({ ...leaf, store })}
        />
      )
    case 'status':
      return (
        <Values
          label={t('ruleEdit.status')}
          values={leaf.status ?? []}
          options={ORDER_STATUSES.map(s => ({ value: s, label: t(`ruleOrderStatus.${s}`) }))}
          onChange={status => change({ ...leaf, status: ORDER_STATUSES.filter(s => status.includes(s)) })}
        />
      )
    default:
      return (
        <OrderMeasureField
          measure={leaf.measure}
          today={today}
          onChange={measure => change({ ...leaf, measure })}
        />
      )
  }
}

export function EventForm({ leaf, change, chip, journey, today }: FormProps<LeafOf<'event'>>) {
  if (chip.id === 'window') return <LeafWindow leaf={leaf} change={change} journey={journey} today={today} />
  if (chip.id === 'measure')
    return (
      <EventMeasureField
        of={leaf}
        measure={leaf.measure}
        today={today}
        onChange={measure => change({ ...leaf, measure, window: askedIn(measure.of, leaf.window) })}
      />
    )
  if (chip.id === 'event') return <EventField of={leaf} onChange={event => change({ ...leaf, event })} />
  return (
    <WhereField
      of={leaf}
      onChange={where => {
        const { where: _, ...all } = leaf
        change(where ? { ...leaf, where } : all)
      }}
    />
  )
}

export function SequenceForm({ leaf, change, chip, journey, today }: FormProps<LeafOf<'sequence'>>) {
  const { t } = useTranslation()
  const side = chip.id.startsWith('first') ? 'first' : 'next'
  switch (chip.id) {
    case 'window':
      return <LeafWindow leaf={leaf} change={change} journey={journey} today={today} />
    case 'within':
      return <SpanField span={leaf.within} onChange={within => change({ ...leaf, within })} />
    case 'is':
      return (
        <Pick
          label={t('ruleEdit.compare')}
          value={leaf.is}
          options={(['followed', 'not_followed'] as const).map(is => ({
            value: is,
            label: t(`ruleSequence.${is}`),
          }))}
          onChange={is => change({ ...leaf, is })}
        />
      )
    case 'first':
    case 'next':
      return (
        <EventField
          of={leaf[side]}
          onChange={event => change({ ...leaf, [side]: { ...leaf[side], event } })}
        />
      )
    default:
      return (
        <WhereField
          of={leaf[side]}
          onChange={where => {
            const { where: _, ...all } = leaf[side]
            change({ ...leaf, [side]: where ? { ...all, where } : all })
          }}
        />
      )
  }
}
