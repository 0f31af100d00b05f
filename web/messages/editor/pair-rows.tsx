// Rows of two short texts that are added and taken away: buttons, replies to tap, values of a template.
// biome-ignore-all lint/suspicious/noArrayIndexKey: rows have no names; they are added and taken away
import { Button, Group, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { RemoveButton } from '../../parts/table.tsx'

export type PairField<R> = {
  label: (n: number) => string
  value: (row: R) => string
  write: (row: R, value: string) => R
  max?: number
  placeholder?: string | ((row: R) => string)
  width?: number
  fixed?: (row: R) => boolean
  error?: (n: number) => string | undefined
}

export function PairRows<R>({
  rows,
  fields,
  most,
  fresh,
  add,
  remove,
  readOnly,
  change,
}: {
  rows: R[]
  fields: readonly [PairField<R>, PairField<R>]
  most: number
  /** a new row */
  fresh: R
  /** words of the buttons */
  add: string
  remove: (n: number) => string
  readOnly: boolean
  change: (rows: R[]) => void
}) {
  return (
    <>
      {rows.map((row, i) => (
        <Group key={i} gap={6} wrap="nowrap" align="flex-start">
          {fields.map((f, at) => (
            <TextInput
              key={at}
              size="xs"
              {...(f.width === undefined ? { style: { flex: 1 } } : { w: f.width })}
              maxLength={f.max}
              aria-label={f.label(i + 1)}
              placeholder={typeof f.placeholder === 'function' ? f.placeholder(row) : f.placeholder}
              readOnly={readOnly || (f.fixed?.(row) ?? false)}
              error={f.error?.(i)}
              value={f.value(row)}
              onChange={e => change(rows.with(i, f.write(row, e.currentTarget.value)))}
            />
          ))}
          {readOnly ? null : (
            <RemoveButton small mt={3} label={remove(i + 1)} run={() => change(rows.toSpliced(i, 1))} />
          )}
        </Group>
      ))}
      {readOnly || rows.length >= most ? null : (
        <Button
          size="compact-xs"
          variant="subtle"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => change([...rows, fresh])}
        >
          {add}
        </Button>
      )}
    </>
  )
}
