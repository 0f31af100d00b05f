// Several entries with fields of their own, and a group of fields.
import { ActionIcon, Button, Fieldset, Group, Stack } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldSpec } from '../../../src/journeys/nodes/type.ts'
import { list, text } from '../say/values.ts'
import type { FieldProps } from './model.ts'
import { RemoveButton } from '../../parts/table.tsx'

export type FieldsProps = {
  specs: Record<string, FieldSpec>
  values: Record<string, unknown>
  path: string
  readOnly: boolean
  /** some fields anew; undefined takes one away */
  change: (fields: Record<string, unknown>) => void
}
type Fields = ComponentType<FieldsProps>
type Entry = Record<string, unknown>

const asEntry = (value: unknown): Entry =>
  typeof value === 'object' && value !== null ? (value as Entry) : {}

export const withFields = (entry: Entry, fields: Entry): Entry =>
  Object.fromEntries(Object.entries({ ...entry, ...fields }).filter(([, value]) => value !== undefined))

/** The form's own fields are given, so that a list may hold lists. */
export function listField(Fields: Fields) {
  return function ListField({ spec, label, help, value, onChange, error, path, readOnly }: FieldProps) {
    const { t } = useTranslation()
    const entries = list(value).map(asEntry)
    const write = (next: Entry[]) => onChange(next.length === 0 && !spec.required ? undefined : next)
    const move = (from: number, to: number) =>
      write(entries.toSpliced(from, 1).toSpliced(to, 0, entries[from]!))
    return (
      <Fieldset legend={label} className="field-list" data-path={path}>
        {help ? <p className="dim field-help">{help}</p> : null}
        <Stack gap={10}>
          {entries.map((entry, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries have no names but what is typed
            <div key={i} className="field-entry">
              <Group justify="space-between" wrap="nowrap" gap={4} mb={2}>
                <span className="dim field-number">{text(entry.name) || i + 1}</span>
                {readOnly ? null : (
                  <Group gap={0} wrap="nowrap">
                    <ActionIcon
                      size="sm"
                      variant="subtle"
                      color="gray"
                      disabled={i === 0}
                      aria-label={t('fieldForm.up', { n: i + 1 })}
                      onClick={() => move(i, i - 1)}
                    >
                      <IconArrowUp size={14} />
                    </ActionIcon>
                    <ActionIcon
                      size="sm"
                      variant="subtle"
                      color="gray"
                      disabled={i === entries.length - 1}
                      aria-label={t('fieldForm.down', { n: i + 1 })}
                      onClick={() => move(i, i + 1)}
                    >
                      <IconArrowDown size={14} />
                    </ActionIcon>
                    <RemoveButton
                      small
                      label={t('fieldForm.remove', { n: i + 1 })}
                      run={() => write(entries.toSpliced(i, 1))}
                    />
                  </Group>
                )}
              </Group>
              <Fields
                specs={spec.of ?? {}}
                values={entry}
                path={`${path}/${i}`}
                readOnly={readOnly}
                change={fields => write(entries.with(i, withFields(entry, fields)))}
              />
            </div>
          ))}
          {error ? <p className="tone-bad field-help">{error}</p> : null}
          {readOnly || (spec.max !== undefined && entries.length >= spec.max) ? null : (
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() =>
                write([...entries, beginOf(spec, t('fieldForm.nth', { n: entries.length + 1 }))])
              }
            >
              {t('fieldForm.addTo', { what: label })}
            </Button>
          )}
        </Stack>
      </Fieldset>
    )
  }
}

/** A new entry has a name of its own: ports are called by it. */
const beginOf = (spec: FieldSpec, name: string): Entry => (spec.of?.name ? { name } : {})

export function groupField(Fields: Fields) {
  return function GroupField({ spec, label, help, value, onChange, path, readOnly }: FieldProps) {
    const group = asEntry(value)
    return (
      <Fieldset legend={label} className="field-list" data-path={path}>
        {help ? <p className="dim field-help">{help}</p> : null}
        <Fields
          specs={spec.of ?? {}}
          values={group}
          path={path}
          readOnly={readOnly}
          change={fields => {
            const written = withFields(group, fields)
            onChange(Object.keys(written).length === 0 ? undefined : written)
          }}
        />
      </Fieldset>
    )
  }
}
