// The usual rules of a schedule, by one choice each.
import { NativeSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const USUAL = {
  once: undefined,
  daily: 'FREQ=DAILY',
  weekdays: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
  weekly: 'FREQ=WEEKLY;BYDAY=MO',
  monthly: 'FREQ=MONTHLY;BYMONTHDAY=1',
} as const
type Usual = keyof typeof USUAL
const NAMES = Object.keys(USUAL) as Usual[]

export function Repeats({
  rrule,
  onChange,
}: {
  rrule: string | undefined
  onChange: (rrule: string | undefined) => void
}) {
  const { t } = useTranslation()
  const chosen = NAMES.find(name => USUAL[name] === rrule)
  return (
    <NativeSelect
      size="sm"
      label={t('triggerForm.repeat')}
      data={[
        ...NAMES.map(name => ({ value: name as string, label: t(`triggerForm.${name}`) })),
        ...(chosen === undefined ? [{ value: 'own', label: t('triggerForm.own') }] : []),
      ]}
      value={chosen ?? 'own'}
      onChange={e => {
        const name = e.currentTarget.value
        if (name !== 'own') onChange(USUAL[name as Usual])
      }}
    />
  )
}
