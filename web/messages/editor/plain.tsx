// Messages of few fields: SMS, chats of Meta, notifications.
import { ActionIcon, Button, Group, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { MergeText } from '../../journey/fields/merge.tsx'
import { text } from '../../journey/say/values.ts'
import { AsJson } from './pieces.tsx'

type Draft = Record<string, unknown>
type Props = { content: Draft; readOnly: boolean; change: (content: Draft) => void }

/** What is empty is left out. */
const without = (content: Draft, key: string, value: string): Draft => {
  const { [key]: _, ...rest } = content
  return value === '' ? rest : { ...rest, [key]: value }
}

function Line({ label, name, content, readOnly, change }: Props & { label: string; name: string }) {
  return (
    <TextInput
      size="xs"
      label={label}
      readOnly={readOnly}
      value={text(content[name])}
      onChange={e => change(without(content, name, e.currentTarget.value))}
    />
  )
}

export function SmsEditor({ content, readOnly, change }: Props) {
  const { t } = useTranslation()
  return (
    <MergeText
      label={t('editor.smsText')}
      lines={4}
      maxLength={1000}
      placeholder={t('editor.smsHint')}
      readOnly={readOnly}
      value={text(content.text)}
      onChange={words => change({ ...content, text: words })}
    />
  )
}

export function PushEditor({ content, readOnly, change }: Props) {
  const { t } = useTranslation()
  return (
    <Stack gap="xs">
      <MergeText
        label={t('editor.title')}
        lines={1}
        maxLength={120}
        readOnly={readOnly}
        value={text(content.title)}
        onChange={title => change({ ...content, title })}
      />
      <MergeText
        label={t('editor.body')}
        lines={2}
        maxLength={1000}
        readOnly={readOnly}
        value={text(content.body)}
        onChange={body => change({ ...content, body })}
      />
      <Line label={t('editor.open')} name="url" content={content} readOnly={readOnly} change={change} />
      <Line label={t('editor.image')} name="image" content={content} readOnly={readOnly} change={change} />
    </Stack>
  )
}

type ChatButton = { title: string; url?: string; payload?: string }
const MOST_BUTTONS = 3

/** Messenger and Instagram. */
export function ChatEditor({ content, readOnly, change }: Props) {
  const { t } = useTranslation()
  const buttons = (Array.isArray(content.buttons) ? content.buttons : []) as ChatButton[]
  const write = (next: ChatButton[]) => {
    const { buttons: _, ...rest } = content
    change(next.length === 0 ? rest : { ...rest, buttons: next })
  }
  return (
    <Stack gap="xs">
      <MergeText
        label={t('editor.words')}
        lines={3}
        maxLength={2000}
        readOnly={readOnly}
        value={text(content.text)}
        onChange={words => change({ ...content, text: words })}
      />
      <Line label={t('editor.image')} name="image" content={content} readOnly={readOnly} change={change} />
      {buttons.map((button, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no names; they are added and taken away
        <Group key={i} gap={6} wrap="nowrap">
          <TextInput
            size="xs"
            w={130}
            maxLength={20}
            aria-label={t('fieldForm.buttonLabel', { n: i + 1 })}
            readOnly={readOnly}
            value={button.title}
            onChange={e => write(buttons.with(i, { ...button, title: e.currentTarget.value }))}
          />
          <TextInput
            size="xs"
            style={{ flex: 1 }}
            aria-label={t('fieldForm.buttonUrl', { n: i + 1 })}
            placeholder="https://"
            readOnly={readOnly || button.url === undefined}
            value={button.url ?? button.payload ?? ''}
            onChange={e => write(buttons.with(i, { ...button, url: e.currentTarget.value }))}
          />
          {readOnly ? null : (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('fieldForm.removeButton', { n: i + 1 })}
              onClick={() => write(buttons.toSpliced(i, 1))}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {readOnly || buttons.length >= MOST_BUTTONS ? null : (
        <Button
          size="compact-xs"
          variant="subtle"
          style={{ alignSelf: 'flex-start' }}
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => write([...buttons, { title: '', url: 'https://' }])}
        >
          {t('fieldForm.addButton')}
        </Button>
      )}
    </Stack>
  )
}

type Template = { name: string; language: string; components: unknown[] }

export function WhatsappEditor({ content, readOnly, change }: Props) {
  const { t } = useTranslation()
  const template = content.template as Template | undefined
  const { text: _text, template: _template, ...rest } = content
  const write = (part: Partial<Template>) =>
    template && change({ ...rest, template: { ...template, ...part } })
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t('editor.waKind')}
        readOnly={readOnly}
        value={template ? 'template' : 'text'}
        onChange={kind =>
          change(
            kind === 'text'
              ? { ...rest, text: '' }
              : { ...rest, template: { name: '', language: 'zh_TW', components: [] } },
          )
        }
        data={[
          { value: 'template', label: t('editor.waTemplate') },
          { value: 'text', label: t('editor.waText') },
        ]}
      />
      {template ? (
        <>
          <Group grow gap={6}>
            <TextInput
              size="xs"
              label={t('editor.waName')}
              readOnly={readOnly}
              value={template.name}
              onChange={e => write({ name: e.currentTarget.value })}
            />
            <TextInput
              size="xs"
              label={t('editor.waLanguage')}
              readOnly={readOnly}
              value={template.language}
              onChange={e => write({ language: e.currentTarget.value })}
            />
          </Group>
          <AsJson
            label={t('editor.waComponents')}
            value={template.components}
            readOnly={readOnly}
            change={components => Array.isArray(components) && write({ components })}
          />
        </>
      ) : (
        <>
          <div className="banner banner-wait" role="note">
            {t('editor.waWindow')}
          </div>
          <MergeText
            label={t('editor.words')}
            lines={3}
            maxLength={4096}
            readOnly={readOnly}
            value={text(content.text)}
            onChange={words => change({ ...rest, text: words })}
          />
        </>
      )}
    </Stack>
  )
}
