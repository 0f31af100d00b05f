// Which column becomes which field, with the first rows beside it; and values that hold for every row.
import { Alert, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Out } from '../../src/contract.ts'
import type { Target } from './parts.tsx'

type Detail = Out<'import'>
type Settings = { mapping?: Record<string, string>; constants?: Record<string, string> }

const EXTRA = 'extra:'
const NAMES_SHOWN = 4

export function MappingTable({
  of,
  target,
  named,
  editable,
  save,
}: {
  of: Detail
  target: Target
  named(words: { zh: string; en: string }): string
  editable: boolean
  save(settings: Settings): void
}) {
  const { t } = useTranslation()
  if (target.kind === 'documents') return <Text c="dimmed">{t('imports.nothingToMap')}</Text>
  const labelOf = (key: string) => {
    const field = target.fields.find(f => f.key === key)
    return field ? named(field.label) : key
  }
  const choices = (column: string) => [
    ...target.fields.map(f => ({
      value: f.key,
      label: f.required ? t('imports.required', { name: named(f.label) }) : named(f.label),
    })),
    ...(target.open
      ? [
          {
            value: of.mapping[column]?.startsWith(EXTRA) ? of.mapping[column] : EXTRA + column,
            label: t(target.open === 'traits' ? 'imports.extraTrait' : 'imports.extraProperty', {
              name: of.mapping[column]?.startsWith(EXTRA) ? of.mapping[column].slice(EXTRA.length) : column,
            }),
          },
        ]
      : []),
  ]
  const set = (column: string, key: string | null) => {
    const { [column]: _before, ...rest } = of.mapping
    save({ mapping: key === null ? rest : { ...rest, [column]: key } })
  }
  return (
    <Stack gap="sm">
      {of.missing.length > 0 ? (
        <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />}>
          {t('imports.missing', {
            names: of.missing
              .map(any =>
                any
                  .slice(0, NAMES_SHOWN)
                  .map(labelOf)
                  .join(` ${t('imports.or')} `),
              )
              .join(t('imports.and')),
          })}
        </Alert>
      ) : null}
      <div className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              <th>{t('imports.column')}</th>
              <th>{t('imports.sample')}</th>
              <th>{t('imports.becomes')}</th>
            </tr>
          </thead>
          <tbody>
            {of.columns.map((column, i) => (
              <tr key={column}>
                <td className="nowrap">{column}</td>
                <td className="mono">
                  {of.preview
                    .slice(0, 3)
                    .map(row => row[i] ?? '')
                    .filter(Boolean)
                    .join(' · ')
                    .slice(0, 80) || '—'}
                </td>
                <td>
                  <Select
                    size="xs"
                    w={260}
                    searchable
                    clearable
                    disabled={!editable}
                    aria-label={`${column}: ${t('imports.becomes')}`}
                    placeholder={t('imports.leaveOut')}
                    data={choices(column)}
                    value={of.mapping[column] ?? null}
                    onChange={key => set(column, key)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Constants of={of} target={target} named={named} editable={editable} save={save} />
    </Stack>
  )
}

function Constants({
  of,
  target,
  named,
  editable,
  save,
}: {
  of: Detail
  target: Target
  named(words: { zh: string; en: string }): string
  editable: boolean
  save(settings: Settings): void
}) {
  const { t } = useTranslation()
  const [field, setField] = useState<string | null>(null)
  const [value, setValue] = useState('')
  const given = Object.entries(of.constants)
  const labelOf = (key: string) => {
    const found = target.fields.find(f => f.key === key)
    return found ? named(found.label) : key
  }
  return (
    <Stack gap={6}>
      <Text fw={550}>{t('imports.everyRow')}</Text>
      <Text size="sm" c="dimmed">
        {t('imports.everyRowHint')}
      </Text>
      {given.map(([key, text]) => (
        <Group key={key} gap="xs">
          <span className="chip">
            {labelOf(key)} = {text}
          </span>
          {editable ? (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              aria-label={`${t('imports.remove')}: ${labelOf(key)}`}
              onClick={() => save({ constants: Object.fromEntries(given.filter(([k]) => k !== key)) })}
            >
              {t('imports.remove')}
            </Button>
          ) : null}
        </Group>
      ))}
      {editable ? (
        <Group gap="xs">
          <Select
            size="xs"
            searchable
            aria-label={t('imports.field')}
            placeholder={t('imports.field')}
            data={target.fields.map(f => ({ value: f.key, label: named(f.label) }))}
            value={field}
            onChange={setField}
          />
          <TextInput
            size="xs"
            aria-label={t('imports.value')}
            placeholder={t('imports.value')}
            value={value}
            onChange={e => setValue(e.currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            disabled={!field || value.trim() === ''}
            onClick={() => {
              save({ constants: { ...of.constants, [field!]: value.trim() } })
              setField(null)
              setValue('')
            }}
          >
            {t('imports.add')}
          </Button>
        </Group>
      ) : null}
    </Stack>
  )
}
