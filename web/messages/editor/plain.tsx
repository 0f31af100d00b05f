// Messages of few fields: SMS, chats of Meta, notifications.
import { Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { MergeText } from '../../journey/fields/merge.tsx'
import { text } from '../../journey/say/values.ts'
import { ChoicesEditor } from './choices.tsx'
import { PairRows } from './pair-rows.tsx'

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
      <PairRows<ChatButton>
        rows={buttons}
        fields={[
          {
            label: n => t('fieldForm.buttonLabel', { n }),
            value: b => b.title,
            write: (b, title) => ({ ...b, title }),
            max: 20,
            width: 130,
          },
          {
            label: n => t('fieldForm.buttonUrl', { n }),
            value: b => b.url ?? b.payload ?? '',
            write: (b, url) => ({ ...b, url }),
            placeholder: 'https://',
            fixed: b => b.url === undefined,
          },
        ]}
        most={MOST_BUTTONS}
        fresh={{ title: '', url: 'https://' }}
        add={t('fieldForm.addButton')}
        remove={n => t('fieldForm.removeButton', { n })}
        readOnly={readOnly}
        change={write}
      />
      <ChoicesEditor content={content} readOnly={readOnly} change={change} />
    </Stack>
  )
}
