// What a message says: written here, or a module from the library; with a preview as any customer gets it.
import { Input, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isReference } from '../../../src/channels/content.ts'
import { useApi } from '../../api/queries.ts'
import { ContentEditor, type Draft } from '../../messages/editor/editor.tsx'
import { PreviewAs } from '../../messages/editor/preview.tsx'
import { A } from '../../parts/link.tsx'
import { contentFor } from './content-for.ts'
import { type FieldProps, useForm } from './model.ts'

export function ContentField({ label, value, onChange, error, path, beside, readOnly }: FieldProps) {
  const { t } = useTranslation()
  const { ws, faults } = useForm()
  const [side, show] = useState<'write' | 'see'>('write')
  const content = (typeof value === 'object' && value !== null ? value : {}) as Draft
  const module = isReference(content) ? content.module.id : null
  const own = faults
    .filter(f => f.path.startsWith(path))
    .map(f => ({ ...f, path: f.path.slice(path.length) }))
  if (!content.channel)
    return (
      <Input.Wrapper size="sm" label={label} labelElement="div" error={error} data-path={path}>
        <Text c="dimmed" size="sm">
          {t('fieldForm.channelFirst')}
        </Text>
      </Input.Wrapper>
    )
  return (
    <Input.Wrapper size="sm" label={label} labelElement="div" error={error} data-path={path}>
      <Stack gap="xs" mt={4}>
        <SegmentedControl
          size="xs"
          aria-label={label}
          value={side}
          onChange={next => show(next === 'see' ? 'see' : 'write')}
          data={[
            { value: 'write', label: t('fieldForm.write') },
            { value: 'see', label: t('fieldForm.preview') },
          ]}
        />
        {side === 'see' ? (
          <PreviewAs
            ws={ws}
            content={content}
            purpose={beside.purpose === 'marketing' ? 'marketing' : 'transactional'}
          />
        ) : (
          <>
            {readOnly ? null : (
              <SegmentedControl
                size="xs"
                aria-label={t('modules.source')}
                value={module === null ? 'here' : 'module'}
                onChange={next =>
                  onChange(
                    next === 'module'
                      ? { channel: content.channel, module: { id: '' } }
                      : contentFor(content.channel ?? '', null, t('fieldForm.unsubscribe')),
                  )
                }
                data={[
                  { value: 'here', label: t('modules.writeHere') },
                  { value: 'module', label: t('modules.use') },
                ]}
              />
            )}
            {module === null ? (
              <ContentEditor ws={ws} content={content} faults={own} readOnly={readOnly} change={onChange} />
            ) : (
              <ModulePick
                ws={ws}
                channel={content.channel}
                module={module}
                readOnly={readOnly}
                choose={id => onChange({ channel: content.channel, module: { id } })}
              />
            )}
          </>
        )}
      </Stack>
    </Input.Wrapper>
  )
}

function ModulePick({
  ws,
  channel,
  module,
  readOnly,
  choose,
}: {
  ws: string
  channel: string
  module: string
  readOnly: boolean
  choose: (id: string) => void
}) {
  const { t } = useTranslation()
  const items = useApi('modules', { ws, query: {} }).data?.items ?? []
  const offered = items.filter(m => m.channel === channel && (m.liveVersion !== null || m.id === module))
  return (
    <Stack gap={6}>
      <Select
        size="sm"
        searchable
        label={t('modules.pick')}
        description={t('modules.pickHint')}
        nothingFoundMessage={t('modules.pickNone')}
        placeholder={offered.length === 0 ? t('modules.pickNone') : undefined}
        readOnly={readOnly}
        data={offered.map(m => ({ value: m.id, label: m.folder ? `${m.folder} / ${m.name}` : m.name }))}
        value={module === '' ? null : module}
        onChange={id => id && choose(id)}
      />
      {module === '' ? null : (
        <A size="sm" to="/w/$ws/modules/$module" params={{ ws, module }}>
          {t('modules.openIt')}
        </A>
      )}
    </Stack>
  )
}
