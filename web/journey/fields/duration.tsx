// A length of time: a number and its unit.
import { Group, Input, NativeSelect, NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { number } from '../say/values.ts'
import type { FieldProps } from './model.ts'

const UNITS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
type Unit = keyof typeof UNITS

/** The largest unit that says the time whole. */
export function unitOf(ms: number): Unit {
  const whole = (Object.keys(UNITS) as Unit[]).toReversed().find(u => ms > 0 && ms % UNITS[u] === 0)
  return whole ?? (ms === 0 ? 'minute' : 'second')
}

export function DurationField({ spec, label, help, value, onChange, error, path, readOnly }: FieldProps) {
  const { t } = useTranslation()
  const ms = number(value)
  const [chosen, choose] = useState<Unit | null>(null)
  const unit = chosen !== null && (ms === null || ms % UNITS[chosen] === 0) ? chosen : unitOf(ms ?? 3_600_000)
  return (
    <Input.Wrapper size="sm" label={label} labelElement="div" description={help || undefined} error={error}>
      <Group gap={6} wrap="nowrap" mt={2}>
        <NumberInput
          size="sm"
          w={110}
          aria-label={label}
          min={0}
          allowDecimal={false}
          readOnly={readOnly}
          data-path={path}
          value={ms === null ? '' : ms / UNITS[unit]}
          onChange={next => {
            if (typeof next === 'number') onChange(next * UNITS[unit])
            else if (!spec.required && next === '') onChange(undefined)
          }}
        />
        <NativeSelect
          size="sm"
          aria-label={t('fieldForm.unit')}
          disabled={readOnly}
          data={(Object.keys(UNITS) as Unit[]).map(u => ({ value: u, label: t(`fieldForm.${u}`) }))}
          value={unit}
          onChange={e => {
            const next = (Object.keys(UNITS) as Unit[]).find(u => u === e.currentTarget.value)
            if (!next) return
            choose(next)
            if (ms !== null) onChange((ms / UNITS[unit]) * UNITS[next])
          }}
        />
      </Group>
    </Input.Wrapper>
  )
}
