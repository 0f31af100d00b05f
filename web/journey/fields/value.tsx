// Names with values: attributes that are set, properties of an event that is made. And one value by itself.
import { Autocomplete, Button, Group, Input, Stack, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Scalar } from '../../../src/rules/model.ts'
import { useVocabulary } from '../../rules/vocabulary.tsx'
import { text } from '../say/values.ts'
import { basics, type FieldProps } from './model.ts'
import { type Known, Suggested } from './suggested.tsx'
import { RemoveButton } from '../../parts/table.tsx'

/** What is typed: numbers and yes/no are such, everything else is text. */
export function scalarOf(typed: string): Scalar {
  if (typed === 'true' || typed === 'false') return typed === 'true'
  return typed.trim() !== '' && Number.isFinite(Number(typed)) && !/^0\d|^\+/.test(typed.trim())
    ? Number(typed)
    : typed
}

export function ValueField(props: FieldProps) {
  const { value, onChange, spec } = props
  if (spec.many || typeof value === 'object' || value === undefined) return <Pairs {...props} known={[]} />
  return (
    <TextInput
      {...basics(props)}
      value={text(value)}
      onChange={e => onChange(scalarOf(e.currentTarget.value))}
    />
  )
}

/** One attribute, or (many) attributes with the values they get. */
export function TraitField(props: FieldProps) {
  const { vocabulary, names } = useVocabulary()
  const known = vocabulary.attributes.map(a => ({ value: a.name, label: names.trait(a.name) }))
  if (props.spec.many) return <Pairs {...props} known={known} />
  const labels = new Map(known.map(o => [o.value, o.label]))
  return (
    <Suggested
      of={props}
      known={known}
      renderOption={({ option }) => <span>{labels.get(option.value) ?? option.value}</span>}
    />
  )
}

function Pairs({
  label,
  help,
  value,
  onChange,
  error,
  path,
  readOnly,
  known,
}: FieldProps & { known: Known[] }) {
  const { t } = useTranslation()
  const pairs = Object.entries((value ?? {}) as Record<string, Scalar | null>)
  const labels = new Map(known.map(o => [o.value, o.label]))
  const write = (next: [string, Scalar | null][]) =>
    onChange(next.length === 0 ? undefined : Object.fromEntries(next))
  return (
    <Input.Wrapper size="sm" label={label} labelElement="div" description={help || undefined} error={error}>
      <Stack gap={6} mt={4} data-path={path}>
        {pairs.map(([name, one], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is typed here
          <Group key={i} gap={6} wrap="nowrap">
            <Autocomplete
              size="xs"
              aria-label={t('fieldForm.name')}
              readOnly={readOnly}
              data={known.map(k => k.value)}
              renderOption={({ option }) => <span>{labels.get(option.value) ?? option.value}</span>}
              value={name}
              onChange={next => {
                // two names cannot be alike: the other stays until this one is told apart
                if (next === name || !pairs.some(([other]) => other === next))
                  write(pairs.with(i, [next, one]))
              }}
            />
            <span aria-hidden>=</span>
            <TextInput
              size="xs"
              aria-label={t('fieldForm.valueOf', { name })}
              readOnly={readOnly}
              placeholder={t('fieldForm.emptied')}
              value={one === null ? '' : String(one)}
              onChange={e =>
                write(
                  pairs.with(i, [
                    name,
                    e.currentTarget.value === '' ? null : scalarOf(e.currentTarget.value),
                  ]),
                )
              }
            />
            {readOnly ? null : (
              <RemoveButton
                small
                label={t('fieldForm.removeNamed', { name })}
                run={() => write(pairs.toSpliced(i, 1))}
              />
            )}
          </Group>
        ))}
        {readOnly ? null : (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPlus size={13} aria-hidden />}
            disabled={pairs.some(([name]) => name === '')}
            onClick={() => write([...pairs, ['', '']])}
          >
            {t('fieldForm.addPair')}
          </Button>
        )}
      </Stack>
    </Input.Wrapper>
  )
}
