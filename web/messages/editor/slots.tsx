// Product slots of a content: the first product in stock stands in the message, another one when all are gone.
import { Button, Group, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Slot } from '../../../src/channels/content.ts'
import { RemoveButton } from '../../parts/table.tsx'

type Slots = Record<string, Slot>

export function SlotsEditor({
  slots,
  readOnly,
  change,
}: {
  slots: Slots
  readOnly: boolean
  change: (slots: Slots | undefined) => void
}) {
  const { t } = useTranslation()
  const list = Object.entries(slots)
  const write = (next: [string, Slot][]) => change(next.length === 0 ? undefined : Object.fromEntries(next))
  const fresh = (): string => {
    let n = 1
    while (Object.hasOwn(slots, `slot${n}`)) n++
    return `slot${n}`
  }
  if (readOnly && list.length === 0) return null
  return (
    <Stack gap={6}>
      <Text size="sm" fw={550}>
        {t('editor.slots')}
      </Text>
      {list.length > 0 ? (
        <Text size="xs" c="dimmed">
          {t('editor.slotsHelp', { how: `{{ slots.${list[0]![0]}.name }}` })}
        </Text>
      ) : null}
      {list.map(([name, slot], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is edited
        <Group key={i} gap={6} align="flex-start" wrap="nowrap">
          <TextInput
            size="xs"
            w={90}
            aria-label={t('editor.slotName', { n: i + 1 })}
            readOnly={readOnly}
            value={name}
            onChange={e => {
              const next = e.currentTarget.value.toLowerCase().replaceAll(/[^a-z0-9_]/g, '')
              if (next !== '' && !Object.hasOwn(slots, next)) write(list.with(i, [next, slot]))
            }}
          />
          <TagsInput
            size="xs"
            style={{ flex: 1 }}
            aria-label={t('editor.slotProducts', { n: i + 1 })}
            placeholder={t('editor.codes')}
            maxTags={10}
            readOnly={readOnly}
            value={slot.products}
            onChange={products => write(list.with(i, [name, { ...slot, products }]))}
          />
          <Select
            size="xs"
            w={130}
            aria-label={t('editor.slotFill')}
            allowDeselect={false}
            readOnly={readOnly}
            data={[
              { value: 'none', label: t('editor.fill_none') },
              ...(['top', 'bought_with', 'recent'] as const).map(v => ({
                value: v,
                label: t(`editor.from_${v}`),
              })),
            ]}
            value={slot.fill ?? 'none'}
            onChange={fill =>
              fill && write(list.with(i, [name, { ...slot, fill: fill as NonNullable<Slot['fill']> }]))
            }
          />
          {readOnly ? null : (
            <RemoveButton
              small
              mt={4}
              label={t('editor.removeSlot', { n: i + 1 })}
              run={() => write(list.toSpliced(i, 1))}
            />
          )}
        </Group>
      ))}
      {readOnly ? null : (
        <Button
          size="compact-xs"
          variant="subtle"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => write([...list, [fresh(), { products: [] }]])}
        >
          {t('editor.addSlot')}
        </Button>
      )}
    </Stack>
  )
}
