// What a mapping makes of a body: the events as they would be stored, and what is wrong with it.
import { Alert, Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import type { Mapping } from '../../src/connectors/model.ts'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { Card } from '../parts/page.tsx'
import { CodeBlock, Time } from '../parts/small.tsx'
import { sayRefusal } from './refusal.ts'

type Source = Out<'source'>

export function Preview({
  ws,
  source,
  mapping,
  sample,
}: {
  ws: string
  source: Source
  mapping: Mapping
  sample: string
}) {
  const { t } = useTranslation()
  const [asked] = useDebouncedValue(JSON.stringify({ mapping, body: sample.trim() || undefined }), 500)
  const body = JSON.parse(asked) as { mapping: Mapping; body?: string }
  const enabled = body.mapping.rules.length > 0 && (source.last !== null || body.body !== undefined)
  const query = useApi('previewMapping', { ws, source: source.id, body }, { enabled, keep: true })
  const found = query.data
  return (
    <Card title={t('connectors.preview')}>
      <Stack gap="sm" aria-live="polite">
        {!enabled || !found ? (
          <Text c="dimmed">{t('connectors.noBody')}</Text>
        ) : (
          <>
            {found.faults.length > 0 ? (
              <Alert color="red" variant="outline" title={t('connectors.wrong')} py={8}>
                <ul className="plain">
                  {found.faults.map(f => (
                    <li key={`${f.path} ${f.message}`}>
                      {f.path ? <span className="mono">{f.path} </span> : null}
                      {sayRefusal({ code: f.code, detail: f.message })}
                    </li>
                  ))}
                </ul>
              </Alert>
            ) : null}
            {found.items.length === 0 && found.faults.length === 0 ? (
              <Text c="dimmed">{t('connectors.previewNone')}</Text>
            ) : null}
            {found.items.map(item => (
              <div key={JSON.stringify(item)} className="why">
                <Group gap="xs">
                  <Text fw={600}>{item.name}</Text>
                  {item.at ? <Time at={item.at} exact /> : null}
                </Group>
                <div className="props">
                  {item.ids.map(id => (
                    <span key={id.kind + id.value}>
                      {id.kind} <b>{id.value}</b>
                    </span>
                  ))}
                </div>
                <CodeBlock
                  text={JSON.stringify(item.type === 'identify' ? item.traits : item.props, null, 2)}
                  label={item.name}
                />
              </div>
            ))}
          </>
        )}
      </Stack>
    </Card>
  )
}
