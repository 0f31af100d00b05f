// A mail: its subject, and its body as blocks, as text with buttons, or as HTML. The server makes HTML of blocks.
import { SegmentedControl, Stack } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MailBlock } from '../../../src/modules/mail-blocks.ts'
import type { Rule } from '../../../src/rules/model.ts'
import { call } from '../../api/call.ts'
import { mailHtml } from '../../journey/fields/mail-text.ts'
import { MergeText } from '../../journey/fields/merge.tsx'
import { MailBlocks } from './mail-blocks.tsx'
import { PlainMail } from './mail-plain.tsx'

export type Mail = {
  subject?: string
  html?: string
  blocks?: MailBlock[]
  conditions?: Record<string, Rule>
}
const COMPILE_MS = 400

export function MailEditor({
  ws,
  mail,
  readOnly,
  change,
}: {
  ws: string
  mail: Mail
  readOnly: boolean
  change: (mail: Mail) => void
}) {
  const { t } = useTranslation()
  const [wrong, say] = useState<string | null>(null)
  const compile = useDebouncedCallback(async (next: Mail & { blocks: MailBlock[] }) => {
    try {
      const body = { blocks: next.blocks, conditions: next.conditions ?? {} }
      const made = await call('compileMail', { ws, body })
      say(null)
      change({ ...next, html: made.html, conditions: made.conditions as Record<string, Rule> })
    } catch (error) {
      say((error as Error).message)
    }
  }, COMPILE_MS)
  const write = (blocks: MailBlock[]) => {
    const next = { ...mail, blocks }
    change(next)
    void compile(next)
  }
  const starter: MailBlock[] = [
    { type: 'heading', text: t('editor.title') },
    { type: 'text', text: '' },
    { type: 'button', label: t('editor.buttonWords'), url: 'https://' },
    { type: 'footer', text: t('editor.footerDefault'), unsubscribe: t('fieldForm.unsubscribe') },
  ]
  return (
    <Stack gap="xs">
      <MergeText
        label={t('fieldForm.subject')}
        lines={1}
        maxLength={200}
        readOnly={readOnly}
        value={mail.subject ?? ''}
        onChange={subject => {
          const next = { ...mail, subject }
          change(next)
          if (next.blocks) void compile({ ...next, blocks: next.blocks })
        }}
      />
      {readOnly ? null : (
        <SegmentedControl
          size="xs"
          aria-label={t('editor.mode')}
          value={mail.blocks ? 'blocks' : 'text'}
          onChange={mode => {
            if (mode === 'blocks') return write(starter)
            const { blocks: _, ...rest } = mail
            change({
              ...rest,
              html: rest.html ?? mailHtml({ text: '', unsubscribe: t('fieldForm.unsubscribe') }),
            })
          }}
          data={[
            { value: 'text', label: `${t('editor.mode_text')} · HTML` },
            { value: 'blocks', label: t('editor.mode_blocks') },
          ]}
        />
      )}
      {mail.blocks ? (
        <MailBlocks blocks={mail.blocks} readOnly={readOnly} wrong={wrong} change={write} />
      ) : (
        <PlainMail html={mail.html ?? ''} readOnly={readOnly} change={html => change({ ...mail, html })} />
      )}
    </Stack>
  )
}
