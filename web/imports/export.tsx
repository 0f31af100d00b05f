// Export: what, as which file, narrowed by what. The browser downloads the stream; the server logs who and how many.
import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Guarded } from '../parts/small.tsx'
import { currentLocale } from '../i18n.ts'
import { useTargets } from './parts.tsx'

export function ExportButton({ ws, first }: { ws: string; first: string }) {
  const { t } = useTranslation()
  const [opened, dialog] = useDisclosure(false)
  return (
    <>
      <Guarded
        scope="customers:export"
        variant="default"
        leftSection={<IconDownload size={16} />}
        onClick={dialog.open}
      >
        {t('exports.open')}
      </Guarded>
      <Modal opened={opened} onClose={dialog.close} title={t('exports.title')} centered>
        {opened ? <ExportForm ws={ws} first={first} close={dialog.close} /> : null}
      </Modal>
    </>
  )
}

const FILTERS = ['tag', 'from', 'to', 'store', 'name'] as const
/** Not a target of imports: their file has its own formats, columns and filters. */
const EVENTS = 'events'
const EVENT_FILTERS: readonly string[] = ['from', 'to', 'name']

function ExportForm({ ws, first, close }: { ws: string; first: string; close(): void }) {
  const { t } = useTranslation()
  const { targets, named } = useTargets(ws)
  const [name, setName] = useState(first)
  const [format, setFormat] = useState('csv')
  const [locale, setLocale] = useState<string>(currentLocale())
  const [filter, setFilter] = useState<Partial<Record<(typeof FILTERS)[number], string>>>({})
  const events = name === EVENTS
  const known: readonly string[] = events
    ? EVENT_FILTERS
    : (targets?.targets.find(x => x.name === name)?.filters ?? [])
  const other = events ? 'ndjson' : 'xlsx'
  const query = new URLSearchParams(events ? {} : { locale })
  for (const key of FILTERS)
    if (known.includes(key) && filter[key]?.trim()) query.set(key, filter[key].trim())
  return (
    <Stack>
      <Select
        label={t('exports.what')}
        allowDeselect={false}
        data={[
          ...(targets?.targets ?? [])
            .filter(x => x.exports)
            .map(x => ({ value: x.name, label: named(x.label) })),
          { value: EVENTS, label: t('exports.events') },
        ]}
        value={name}
        onChange={value => {
          if (!value) return
          setName(value)
          setFormat('csv')
        }}
      />
      <SegmentedControl
        aria-label={t('exports.format')}
        data={[
          { value: 'csv', label: t('exports.csv') },
          { value: other, label: t(`exports.${other}`) },
        ]}
        value={format}
        onChange={setFormat}
      />
      {events ? null : (
        <SegmentedControl
          aria-label={t('exports.language')}
          data={[
            { value: 'zh-TW', label: '繁體中文' },
            { value: 'en', label: 'English' },
          ]}
          value={locale}
          onChange={setLocale}
        />
      )}
      {FILTERS.filter(key => known.includes(key)).map(key => (
        <TextInput
          key={key}
          label={t(`exports.${key}`)}
          type={key === 'from' || key === 'to' ? 'date' : 'text'}
          value={filter[key] ?? ''}
          onChange={e => {
            const { value } = e.currentTarget
            setFilter(now => ({ ...now, [key]: value }))
          }}
        />
      ))}
      <Text size="sm" c="dimmed">
        {t('exports.logged')}
      </Text>
      <Group justify="flex-end">
        <Button
          component="a"
          href={`/api/w/${ws}/exports/${name}.${format}?${query}`}
          download
          onClick={close}
          leftSection={<IconDownload size={16} />}
        >
          {t('exports.download')}
        </Button>
      </Group>
    </Stack>
  )
}
