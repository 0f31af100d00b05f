// LINE messages: texts, texts with buttons, pictures, cards; what else LINE takes is edited as JSON. Quick replies and the
// sender belong to a message, whatever its kind.
import { Button, Group, Menu, Stack, TextInput } from '@mantine/core'
import { IconCards, IconMessage, IconPhoto, IconPlus, IconRectangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Rule } from '../../../src/rules/model.ts'
import { MergeText } from '../../journey/fields/merge.tsx'
import { text } from '../../journey/say/values.ts'
import { useSay } from '../../use.ts'
import { FlexEditor } from './flex.tsx'
import { contentsOf, newBlock } from './flex-blocks.ts'
import { LineExtras } from './line-extras.tsx'
import { AsJson, Item } from './pieces.tsx'
import { RemoveButton } from '../../parts/table.tsx'

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
  const add = (message: LineMessage) => change([...messages, message])
  return (
    <Stack gap={10}>
      {messages.map((message, i) => (
        <Item
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no names; they are added and taken away
          key={i}
          i={i}
          items={messages as (LineMessage & { when?: Rule })[]}
          title={`${t('fieldForm.messageN', { n: i + 1 })} · ${kindName(message, t)}`}
          readOnly={readOnly}
          least={1}
          change={change}
        >
          <OneMessage
            message={message}
            error={wrong(i)}
            readOnly={readOnly}
            change={next => change(messages.with(i, next))}
          />
          <Extras message={message} readOnly={readOnly} change={next => change(messages.with(i, next))} />
        </Item>
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
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconCards size={14} aria-hidden />}
            onClick={() =>
              add({
                type: 'flex',
                altText: '',
                contents: contentsOf([
                  {
                    size: 'mega',
                    blocks: [newBlock('hero'), newBlock('title'), newBlock('text'), newBlock('button')],
                  },
                ]),
              })
            }
          >
            {t('editor.kind_flex')}
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />}>
                {t('editor.more')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconPhoto size={14} aria-hidden />}
                onClick={() =>
                  add({ type: 'image', originalContentUrl: 'https://', previewImageUrl: 'https://' })
                }
              >
                {t('editor.kind_image')}
              </Menu.Item>
              <Menu.Item
                onClick={() =>
                  add({
                    type: 'imagemap',
                    baseUrl: 'https://',
                    altText: '',
                    baseSize: { width: 1040, height: 1040 },
                    actions: [
                      {
                        type: 'uri',
                        label: '',
                        linkUri: 'https://',
                        area: { x: 0, y: 0, width: 1040, height: 1040 },
                      },
                    ],
                  })
                }
              >
                {t('editor.kind_imagemap')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      )}
    </Stack>
  )
}

function kindName(message: LineMessage, t: (key: 'editor.kind_text') => string): string {
  const known = { text: 'text', textV2: 'text', image: 'image', flex: 'flex', imagemap: 'imagemap' } as const
  const kind =
    message.type === 'template' ? 'buttons' : (known[text(message.type) as keyof typeof known] ?? 'json')
  return t(`editor.kind_${kind}` as 'editor.kind_text')
}

/** Quick replies and the sender, open where there are any. */
function Extras({
  message,
  readOnly,
  change,
}: {
  message: LineMessage
  readOnly: boolean
  change: (message: LineMessage) => void
}) {
  const { t } = useTranslation()
  const has = message.quickReply !== undefined || message.sender !== undefined
  const [opened, open] = useState(has)
  if (readOnly && !has) return null
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        mt={4}
        aria-expanded={opened}
        onClick={() => open(!opened)}
      >
        {t('editor.quickReplies')} · {t('editor.sender')}
      </Button>
      {opened ? <LineExtras message={message} readOnly={readOnly} change={change} /> : null}
    </>
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
  const line = (label: string, key: string, most: number) => (
    <TextInput
      size="xs"
      label={label}
      maxLength={most}
      readOnly={readOnly}
      value={text(message[key])}
      onChange={e => change({ ...message, [key]: e.currentTarget.value })}
    />
  )
  if (message.type === 'image')
    return (
      <Stack gap={6}>
        {line(t('editor.imageUrl'), 'originalContentUrl', 2000)}
        {line(t('editor.previewUrl'), 'previewImageUrl', 2000)}
      </Stack>
    )
  if (message.type === 'flex')
    return (
      <Stack gap={6}>
        {line(t('editor.altText'), 'altText', 400)}
        <FlexEditor
          contents={message.contents}
          readOnly={readOnly}
          change={contents => change({ ...message, contents })}
        />
      </Stack>
    )
  if (!buttons)
    return (
      <AsJson
        label={t('fieldForm.asJson', { type: text(message.type) })}
        value={message}
        error={error}
        readOnly={readOnly}
        change={next => change(next as LineMessage)}
      />
    )
  const write = (actions: Action[]) => change({ ...message, ...withButtons({ ...buttons, actions }) })
  return (
    <Stack gap={6}>
      <MergeText
        label={t('fieldForm.messageText')}
        lines={3}
        maxLength={160}
        error={error}
        readOnly={readOnly}
        value={buttons.text}
        onChange={words => change({ ...message, ...withButtons({ ...buttons, text: words }) })}
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
            <RemoveButton
              small
              label={t('fieldForm.removeButton', { n: i + 1 })}
              run={() => write(buttons.actions.toSpliced(i, 1))}
            />
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
