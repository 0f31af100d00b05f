// What a message says: by its channel, with a preview that shows it as it will look.
import { Input, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ContentPreview } from '../../messages/content-preview.tsx'
import { WhatsappForm, type WhatsappDraft } from '../../messages/whatsapp-form.tsx'
import { useWs } from '../../use.ts'
import { text } from '../say/values.ts'
import { LineContent, type LineMessage } from './line-content.tsx'
import { mailHtml, mailText } from './mail-text.ts'
import { MailContent } from './mail-content.tsx'
import { type FieldProps, useForm } from './model.ts'

type Content = { channel?: string; messages?: LineMessage[]; subject?: string; html?: string }

/** The same words for another channel: a text for a text. */
export function contentFor(channel: string, before: unknown, unsubscribe: string): Content {
  const old = (typeof before === 'object' && before !== null ? before : {}) as Content
  const words = old.html === undefined ? text(old.messages?.[0]?.text) : (mailText(old.html)?.text ?? '')
  if (channel === 'email') return { channel, subject: '', html: mailHtml({ text: words, unsubscribe }) }
  return channel === 'line' ? { channel, messages: [{ type: 'text', text: words }] } : { channel }
}

export function ContentField({ label, value, onChange, error, path, readOnly }: FieldProps) {
  const { t } = useTranslation()
  const { faults } = useForm()
  const ws = useWs()
  const [side, show] = useState<'write' | 'see'>('write')
  const content = (typeof value === 'object' && value !== null ? value : {}) as Content
  const own = faults.filter(f => f.path.startsWith(path))
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
        {content.channel === 'line' ? (
          side === 'see' ? (
            <div className="phone-wall">
              <ContentPreview content={{ channel: 'line', messages: content.messages ?? [] }} />
            </div>
          ) : (
            <LineContent
              messages={content.messages ?? []}
              faults={own}
              readOnly={readOnly}
              change={messages => onChange({ channel: 'line', messages })}
            />
          )
        ) : content.channel === 'email' ? (
          side === 'see' ? (
            <ContentPreview
              content={{ channel: 'email', subject: content.subject ?? '', html: content.html ?? '' }}
            />
          ) : (
            <MailContent
              subject={content.subject ?? ''}
              html={content.html ?? ''}
              readOnly={readOnly}
              change={next => onChange({ channel: 'email', ...next })}
            />
          )
        ) : content.channel === 'whatsapp' ? (
          <WhatsappForm
            ws={ws}
            content={content as WhatsappDraft}
            readOnly={readOnly}
            change={next => onChange({ channel: 'whatsapp', ...next })}
          />
        ) : (
          <Text c="dimmed" size="sm">
            {t('fieldForm.channelFirst')}
          </Text>
        )}
      </Stack>
    </Input.Wrapper>
  )
}
