// A time of day, a day, days of the week.
import { Chip, Group, Input, TextInput } from '@mantine/core'
import { useSay } from '../../use.ts'
import { list, number, text, weekdays } from '../say/values.ts'
import { basics, type FieldProps, orUnset } from './model.ts'

const INPUT: Partial<Record<FieldProps['spec']['kind'], string>> = {
  date: 'date',
  date_time: 'datetime-local',
}

export function TimeField(props: FieldProps) {
  return (
    <TextInput
      {...basics(props)}
      w={190}
      type={INPUT[props.spec.kind] ?? 'time'}
      value={text(props.value)}
      onChange={e => props.onChange(orUnset(e.currentTarget.value))}
    />
  )
}

/** None chosen: every day. */
export function WeekdaysField({ label, help, value, onChange, error, path, readOnly }: FieldProps) {
  const say = useSay()
  const chosen = list(value).map(number)
  return (
    <Input.Wrapper size="sm" label={label} labelElement="div" description={help || undefined} error={error}>
      <Chip.Group
        multiple
        value={chosen.map(String)}
        onChange={next => onChange(next.length === 0 ? undefined : next.map(Number).sort((a, b) => a - b))}
      >
        <Group gap={4} mt={4} data-path={path}>
          {[1, 2, 3, 4, 5, 6, 7].map(day => (
            <Chip key={day} size="xs" radius="sm" value={String(day)} disabled={readOnly}>
              {weekdays([day], say)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  )
}
