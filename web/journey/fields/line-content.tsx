// LINE messages: texts, and texts with buttons. Others (Flex, images) are kept and edited as JSON.
import { ActionIcon, Button, Group, JsonInput, Stack, TextInput } from '@mantine/core'
import { IconMessage, IconPlus, IconRectangle, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSay } from '../../use.ts'
import { text } from '../say/values.ts'
import { MergeText } from './merge.tsx'

export type LineMessage = Record<string, unknown>
type Action = { type: string; label: string; uri: string }
type Buttons = { text: string; actions: Action[] }

const MOST = 5
const MOST_BUTTONS = 4

/** A message of text with buttons that lead to addresses; null: something else. */
function buttonsOf(message: LineMessage): Buttons | null {
  const template = message.template as
    | { type?: unknown; text?: unknown; actions?: unknown; title?: unknown }
    | undefined
  if (message.type !== 'template' || template?.type !== 'buttons' || template.title !== undefined) return null
  if (!Array.isArray(template.actions)) return null
  const actions = template.actions.map((a: unknown) => a as Partial<Action>)
  if (actions.some(a => a?.type !== 'uri')) return null
  return {
    text: text(template.text),
    actions: actions.map(a => ({ type: 'uri', label: text(a.label), uri: text(a.uri) })),
  }
}

const withButtons = ({ text: words, actions }: Buttons): LineMessage => ({
  type: 'template',
  // shown in the list of chats, where no buttons are
  altText: words.slice(0, 400) || '…',
  template: { type: 'buttons', text: words, actions },
})

export function LineContent({
  messages,
  faults,
  readOnly,
  change,
}: {
  messages: LineMessage[]
  faults: { path: string; message: { zh: string; en: string } }[]
  readOnly: boolean
  change: (messages: LineMessage[]) => void
}) {
  const { t } = useTranslation()
  const { locale } = useSay()
  const wrong = (i: number): string | null => {
    const fault = faults.find(f => f.path.includes(`/messages/${i}/`))
    return fault ? fault.message[locale === 'en' ? 'en' : 'zh'] : null
  }
  return (
    <Stack gap={10}>
      {messages.map((message, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no names; they are added and taken away
        <div key={i} className="field-entry">
          <Group justify="space-between" mb={2}>
            <span className="dim field-number">{t('fieldForm.messageN', { n: i + 1 })}</span>
            {readOnly || messages.length === 1 ? null : (
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={t('fieldForm.remove', { n: i + 1 })}
                onClick={() => change(messages.toSpliced(i, 1))}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </Group>
          <OneMessage
            message={message}
            error={wrong(i)}
            readOnly={readOnly}
            change={next => change(messages.with(i, next))}
          />
        </div>
      ))}
      {readOnly || messages.length >= MOST ? null : (
        <Group gap={6}>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconMessage size={14} aria-hidden />}
            onClick={() => change([...messages, { type: 'text', text: '' }])}
          >
            {t('fieldForm.addText')}
          </Button>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconRectangle size={14} aria-hidden />}
            onClick={() =>
              change([...messages, withButtons({ text: '', actions: [{ type: 'uri', label: '', uri: '' }] })])
            }
          >
            {t('fieldForm.addButtons')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function OneMessage({
  message,
  error,
  readOnly,
  change,
}: {
  message: LineMessage
  error: string | null
  readOnly: boolean
  change: (message: LineMessage) => void
}) {
  const { t } = useTranslation()
  const buttons = buttonsOf(message)
  if (message.type === 'text')
    return (
      <MergeText
        label={t('fieldForm.messageText')}
        lines={3}
        maxLength={5000}
        error={error}
        readOnly={readOnly}
        value={text(message.text)}
        onChange={words => change({ ...message, text: words })}
      />
    )
  if (!buttons) return <AsJson message={message} error={error} readOnly={readOnly} change={change} />
  const write = (actions: Action[]) => change(withButtons({ ...buttons, actions }))
  return (
    <Stack gap={6}>
      <MergeText
        label={t('fieldForm.messageText')}
        lines={3}
        maxLength={160}
        error={error}
        readOnly={readOnly}
        value={buttons.text}
        onChange={words => change(withButtons({ ...buttons, text: words }))}
      />
      {buttons.actions.map((action, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no names; they are added and taken away
        <Group key={i} gap={6} wrap="nowrap">
          <TextInput
            size="xs"
            w={110}
            maxLength={20}
            aria-label={t('fieldForm.buttonLabel', { n: i + 1 })}
            placeholder={t('fieldForm.buttonWords')}
            readOnly={readOnly}
            value={action.label}
            onChange={e => write(buttons.actions.with(i, { ...action, label: e.currentTarget.value }))}
          />
          <TextInput
            size="xs"
            style={{ flex: 1 }}
            aria-label={t('fieldForm.buttonUrl', { n: i + 1 })}
            placeholder="https://"
            readOnly={readOnly}
            value={action.uri}
            onChange={e => write(buttons.actions.with(i, { ...action, uri: e.currentTarget.value }))}
          />
          {readOnly || buttons.actions.length === 1 ? null : (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('fieldForm.removeButton', { n: i + 1 })}
              onClick={() => write(buttons.actions.toSpliced(i, 1))}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {readOnly || buttons.actions.length >= MOST_BUTTONS ? null : (
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => write([...buttons.actions, { type: 'uri', label: '', uri: '' }])}
        >
          {t('fieldForm.addButton')}
        </Button>
      )}
    </Stack>
  )
}

function AsJson({
  message,
  error,
  readOnly,
  change,
}: {
  message: LineMessage
  error: string | null
  readOnly: boolean
  change: (message: LineMessage) => void
}) {
  const { t } = useTranslation()
  const [typed, type] = useState<string | null>(null)
  return (
    <JsonInput
      size="xs"
      label={t('fieldForm.asJson', { type: text(message.type) })}
      validationError={t('fieldForm.noJson')}
      error={error}
      readOnly={readOnly}
      autosize
      minRows={4}
      maxRows={14}
      value={typed ?? JSON.stringify(message, null, 2)}
      onChange={next => {
        type(next)
        try {
          const value: unknown = JSON.parse(next)
          if (typeof value === 'object' && value !== null && !Array.isArray(value))
            change(value as LineMessage)
        } catch (wrong) {
          // half typed: the field says so, what was whole stays
          if (!(wrong instanceof SyntaxError)) throw wrong
        }
      }}
    />
  )
}
