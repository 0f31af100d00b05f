// What a mapping makes of a body: the events as they would be stored, and what is wrong with it.
import { Alert, Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import type { Mapping } from '../../src/connectors/model.ts'
import type { Out } from '../../src/contract.ts'
import { useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { useEventLabel } from '../parts/event-label.ts'
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
  const labelOf = useEventLabel(ws)
  const [asked] = useDebouncedValue(JSON.stringify({ mapping, body: sample.trim() || undefined }), 500)
  const body = JSON.parse(asked) as { mapping: Mapping; body?: string }
  const enabled = body.mapping.rules.length > 0 && (source.last !== null || body.body !== undefined)
  const query = useApi('previewMapping', { ws, source: source.id, body }, { enabled, keep: true })
  const found = query.data
  /** A place of the mapping as the page calls it; a field of an item as it came. */
  const placeOf = (path: string): string => {
    const [, rule, field] = /^mapping\.rules\.(\d+)(?:\.fields\.(\d+))?/.exec(path) ?? []
    if (rule === undefined) return path
    const to = field === undefined ? '' : body.mapping.rules[Number(rule)]?.fields[Number(field)]?.to
    return [t('connectors.rule', { n: Number(rule) + 1 }), to].filter(Boolean).join(' · ')
  }
  return (
    <Card title={t('connectors.preview')}>
      <Stack gap="sm" aria-live="polite">
        {!enabled || !found ? (
          <Text c="dimmed">
            {t(body.mapping.rules.length === 0 ? 'connectors.noRulesText' : 'connectors.noBody')}
          </Text>
        ) : (
          <>
            {found.faults.length > 0 ? (
              <Alert color="red" variant="outline" title={t('connectors.wrong')} py={8}>
                <ul className="plain">
                  {found.faults.map(f => (
                    <li key={`${f.path} ${f.message}`}>
                      {f.path ? <b>{placeOf(f.path)} </b> : null}
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
                  <Text fw={600}>
                    {item.type === 'track' ? labelOf(item.name) : t('connectors.typeIdentify')}
                  </Text>
                  {item.at ? <Time at={item.at} exact /> : null}
                </Group>
                <div className="props">
                  {item.ids.map(id => (
                    <span key={id.kind + id.value}>
                      {word('identifier', id.kind)} <b>{id.value}</b>
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
