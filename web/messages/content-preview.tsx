// What a message says, as it will look on its channel.
import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { tapsOf } from '../../src/channels/choices.ts'
import type { MessageContent } from '../../src/channels/content.ts'
import { type PhoneTemplate, templateCard } from '../../src/channels/line/phone-template.ts'
import { LineBubbles } from './line-bubbles.tsx'
import { MailFrame } from './mail-frame.tsx'
import './chat.css'

/** Of a draft, which may be incomplete. */
export type Shown = MessageContent extends infer C
  ? C extends { channel: 'line' }
    ? { channel: 'line'; messages?: Record<string, unknown>[]; phoneTemplate?: PhoneTemplate }
    : C extends { channel: infer N }
      ? { channel: N } & Partial<Omit<C, 'channel'>>
      : never
  : never

/** `height` of a mail's frame, px. */
export function ContentPreview({ content, height = 320 }: { content: Shown; height?: number }) {
  const { t } = useTranslation()
  switch (content.channel) {
    case 'line':
      return (
        <>
          <LineBubbles messages={content.messages ?? []} />
          {content.phoneTemplate ? (
            <section aria-label={t('editor.phoneTemplate')}>
              <Text size="xs" mt={8} mb={4} c="#1b1e24">
                {t('editor.phonePreview')}
              </Text>
              <LineBubbles messages={[templateCard(content.phoneTemplate)]} />
            </section>
          ) : null}
        </>
      )
    case 'email':
      return (
        <>
          <Text size="sm" fw={600} mb={4}>
            {content.subject}
          </Text>
          <MailFrame html={content.html ?? ''} height={height} />
        </>
      )
    case 'push':
    case 'webpush':
      return (
        <Stack gap={2}>
          <Text fw={600}>{content.title}</Text>
          <Text>{content.body}</Text>
        </Stack>
      )
    case 'sms':
      return <Text style={{ whiteSpace: 'pre-line' }}>{content.text}</Text>
    default:
      return <Chat content={content} />
  }
}

/** WhatsApp, Messenger, Instagram: the words, what is attached, and what can be tapped. */
function Chat({ content }: { content: Extract<Shown, { channel: 'whatsapp' | 'messenger' | 'instagram' }> }) {
  const { t } = useTranslation()
  const attached = content.channel === 'whatsapp' ? content.media?.link : content.image
  const list = content.channel === 'whatsapp' ? content.list : undefined
  const taps = tapsOf(content)
  return (
    <div className="chat-bubble">
      {attached ? <small className="chat-file">{attached}</small> : null}
      <span>{content.text ?? ('template' in content ? content.template?.name : '')}</span>
      {list ? <span className="chat-tap chat-opens">{list.button}</span> : null}
      {taps.length > 0 ? (
        <ul className="plain" aria-label={t('choices.replies')}>
          {taps.map(tap => (
            <li key={tap.title} className="chat-tap" data-link={tap.link || undefined}>
              {tap.title}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
