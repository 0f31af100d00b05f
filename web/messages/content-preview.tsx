// What a message says, as it will look on its channel.
import { Stack, Text } from '@mantine/core'
import type { MessageContent } from '../../src/channels/content.ts'
import { LineBubbles } from './line-bubbles.tsx'
import { MailFrame } from './mail-frame.tsx'

/** Of a draft, which may be incomplete. */
export type Shown = MessageContent extends infer C
  ? C extends { channel: 'line' }
    ? { channel: 'line'; messages?: Record<string, unknown>[] }
    : C extends { channel: infer N }
      ? { channel: N } & Partial<Omit<C, 'channel'>>
      : never
  : never

/** `height` of a mail's frame, px. */
export function ContentPreview({ content, height = 320 }: { content: Shown; height?: number }) {
  switch (content.channel) {
    case 'line':
      return <LineBubbles messages={content.messages ?? []} />
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
    default:
      return (
        <Text style={{ whiteSpace: 'pre-line' }}>
          {content.text ?? ('template' in content ? content.template?.name : '')}
        </Text>
      )
  }
}
