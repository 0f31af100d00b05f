// What a WhatsApp message says: an approved template in one of its languages with its values, or free text within 24 hours.
// A pure editor of the content: what is published and sent is checked by the contract.
// biome-ignore-all lint/suspicious/noArrayIndexKey: a button, or a part of a text, is its place
import { Group, Select, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ContentOf } from '../../src/channels/content.ts'
import {
  fieldsOf,
  fillTemplate,
  previewOf,
  type TemplateField,
  valuesOf,
  type WhatsappTemplate,
} from '../../src/channels/whatsapp-template.ts'
import { useAct, useApi } from '../api/queries.ts'
import { word } from '../i18n.ts'
import { Guarded } from '../parts/small.tsx'
import { Wrong } from '../parts/state.tsx'
import { useSay } from '../use.ts'
import { ChoicesEditor } from './editor/choices.tsx'
import './whatsapp.css'

/** A draft, which may be incomplete. */
export type WhatsappDraft = Partial<Omit<ContentOf<'whatsapp'>, 'channel'>>
type Change = (next: WhatsappDraft) => void

const keyOf = (t: { name: string; language: string }) => `${t.name}\n${t.language}`

export function WhatsappForm({
  ws,
  content,
  readOnly = false,
  change,
}: {
  ws: string
  content: WhatsappDraft
  readOnly?: boolean
  change: Change
}) {
  const { t } = useTranslation()
  const free = content.template === undefined && (content.text !== undefined || content.media !== undefined)
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t('whatsapp.way')}
        disabled={readOnly}
        value={free ? 'text' : 'template'}
        onChange={way => change(way === 'text' ? { text: '' } : {})}
        data={[
          { value: 'template', label: t('whatsapp.template') },
          { value: 'text', label: t('whatsapp.text') },
        ]}
      />
      <Text size="xs" c="dimmed">
        {t(free ? 'whatsapp.textHelp' : 'whatsapp.templateHelp')}
      </Text>
      {free ? (
        <FreeText content={content} readOnly={readOnly} change={change} />
      ) : (
        <Template ws={ws} sent={content.template} readOnly={readOnly} change={change} />
      )}
    </Stack>
  )
}

function Template({
  ws,
  sent,
  readOnly,
  change,
}: {
  ws: string
  sent: WhatsappDraft['template']
  readOnly: boolean
  change: Change
}) {
  const { t } = useTranslation()
  const say = useSay()
  const list = useApi('whatsappTemplates', { ws })
  const sync = useAct('syncWhatsappTemplates', { done: t('whatsapp.synced') })
  if (list.error && !list.data) return <Wrong error={list.error} retry={() => void list.refetch()} />
  const items = list.data?.items ?? []
  const chosen = sent && items.find(i => keyOf(i) === keyOf(sent))
  const options = items.map(i => ({
    value: keyOf(i),
    label: [
      i.name,
      i.language,
      word('whatsappCategory', i.category),
      ...(i.status === 'APPROVED' ? [] : [word('whatsappStatus', i.status)]),
    ].join(' · '),
    disabled: i.status !== 'APPROVED',
  }))
  // it was approved when it was chosen; Meta may have it no more
  if (sent && !chosen)
    options.unshift({ value: keyOf(sent), label: `${sent.name} · ${sent.language}`, disabled: false })
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap={8} wrap="nowrap">
        <Select
          style={{ flex: 1 }}
          size="sm"
          searchable
          label={t('whatsapp.choose')}
          placeholder={t('whatsapp.choosePlaceholder')}
          nothingFoundMessage={t('whatsapp.none')}
          disabled={readOnly}
          data={options}
          value={sent ? keyOf(sent) : null}
          onChange={key => {
            const next = items.find(i => keyOf(i) === key)
            if (next) change({ template: fillTemplate(next, sent && chosen ? valuesOf(chosen, sent) : {}) })
          }}
        />
        <Guarded
          scope="channels:read"
          size="sm"
          variant="default"
          leftSection={<IconRefresh size={14} />}
          loading={sync.isPending}
          onClick={() => sync.mutate({ ws })}
        >
          {t('whatsapp.sync')}
        </Guarded>
      </Group>
      {list.data && items.length === 0 ? (
        <Text size="sm">{t('whatsapp.empty')}</Text>
      ) : list.data?.syncedAt ? (
        <Text size="xs" c="dimmed">
          {t('whatsapp.syncedAt', { at: say.short(list.data.syncedAt) })}
        </Text>
      ) : null}
      {sent && list.data && !chosen ? (
        <Text size="sm" c="red">
          {t('whatsapp.gone')}
        </Text>
      ) : null}
      {sent && chosen ? <Values template={chosen} sent={sent} readOnly={readOnly} change={change} /> : null}
    </Stack>
  )
}

function Values({
  template,
  sent,
  readOnly,
  change,
}: {
  template: WhatsappTemplate
  sent: NonNullable<WhatsappDraft['template']>
  readOnly: boolean
  change: Change
}) {
  const { t } = useTranslation()
  const fields = fieldsOf(template)
  const values = valuesOf(template, sent)
  const labelOf = (f: TemplateField): string =>
    f.button
      ? t(f.button.kind === 'url' ? 'whatsapp.buttonUrl' : 'whatsapp.buttonCode', { button: f.button.text })
      : f.kind === 'text'
        ? t(f.part === 'header' ? 'whatsapp.headerValue' : 'whatsapp.bodyValue', { name: f.name })
        : t('whatsapp.media', { kind: word('whatsappMedia', f.kind) })
  return (
    <>
      {fields.map(f => (
        <TextInput
          key={f.key}
          size="sm"
          required
          label={labelOf(f)}
          placeholder={f.kind === 'text' ? '{{ customer.name }}' : 'https://'}
          readOnly={readOnly}
          value={values[f.key] ?? ''}
          onChange={e =>
            change({ template: fillTemplate(template, { ...values, [f.key]: e.currentTarget.value }) })
          }
        />
      ))}
      <TemplateBubble template={template} values={values} />
    </>
  )
}

function TemplateBubble({
  template,
  values,
}: {
  template: WhatsappTemplate
  values: Record<string, string>
}) {
  const { t } = useTranslation()
  const { header, body, footer, buttons } = previewOf(template, values)
  return (
    <section className="whatsapp-wall" aria-label={t('whatsapp.preview')}>
      <div className="whatsapp-bubble">
        {values.header ? <img src={values.header} alt="" /> : null}
        {header ? <b>{header}</b> : null}
        <span>{body}</span>
        {footer ? <small>{footer}</small> : null}
        {buttons.map(label => (
          <span key={label} className="whatsapp-button">
            {label}
          </span>
        ))}
      </div>
    </section>
  )
}

function FreeText({
  content,
  readOnly,
  change,
}: {
  content: WhatsappDraft
  readOnly: boolean
  change: Change
}) {
  const { t } = useTranslation()
  const { media } = content
  const write = (part: WhatsappDraft) => change({ ...content, ...part })
  const choose = ({ channel: _, ...next }: Record<string, unknown>) => change(next as WhatsappDraft)
  const replies = content.buttons !== undefined || content.list !== undefined
  return (
    <Stack gap="sm">
      <Textarea
        size="sm"
        autosize
        minRows={3}
        required={media === undefined}
        maxLength={replies ? 1_024 : 4_096}
        label={t('whatsapp.words')}
        readOnly={readOnly}
        value={content.text ?? ''}
        onChange={e => write({ text: e.currentTarget.value })}
      />
      <Group gap={8} align="flex-end" wrap="nowrap">
        <Select
          size="sm"
          w={130}
          clearable
          label={t('whatsapp.attach')}
          placeholder={t('whatsapp.noMedia')}
          disabled={readOnly}
          data={['image', 'video', 'document', 'audio'].map(value => ({
            value,
            label: word('whatsappMedia', value),
          }))}
          value={media?.kind ?? null}
          onChange={kind =>
            write({ media: kind ? { kind: kind as 'image', link: media?.link ?? '' } : undefined })
          }
        />
        {media ? (
          <TextInput
            size="sm"
            style={{ flex: 1 }}
            required
            label={t('whatsapp.link')}
            placeholder="https://"
            readOnly={readOnly}
            value={media.link}
            onChange={e => write({ media: { ...media, link: e.currentTarget.value } })}
          />
        ) : null}
      </Group>
      <ChoicesEditor content={{ channel: 'whatsapp', ...content }} readOnly={readOnly} change={choose} />
    </Stack>
  )
}
