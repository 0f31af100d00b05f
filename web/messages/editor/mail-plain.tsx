// A mail's body as text with buttons; HTML that was made elsewhere is edited as such.
import { Button, Group, Stack, Textarea } from '@mantine/core'
import { IconCode, IconRectangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mailHtml, mailText } from '../../journey/fields/mail-text.ts'
import { MergeText } from '../../journey/fields/merge.tsx'

export function PlainMail({
  html,
  readOnly,
  change,
}: {
  html: string
  readOnly: boolean
  change: (html: string) => void
}) {
  const { t } = useTranslation()
  const [source, showSource] = useState(false)
  const [typed, type] = useState<{ text: string; html: string } | null>(null)
  const mail = mailText(html)
  // spaces at the end of what is being typed are no part of the mail, but of the typing
  const shown = typed?.html === html ? typed.text : (mail?.text ?? '')
  const write = (text: string) => {
    const next = mailHtml({ text, unsubscribe: mail?.unsubscribe || t('fieldForm.unsubscribe') })
    type({ text, html: next })
    change(next)
  }
  return (
    <Stack gap="xs">
      {mail && !source ? (
        <MergeText
          label={t('fieldForm.mailText')}
          lines={6}
          placeholder={t('fieldForm.mailHint')}
          readOnly={readOnly}
          value={shown}
          onChange={write}
        />
      ) : (
        <Textarea
          size="xs"
          label={t('fieldForm.html')}
          className="mono-field"
          autosize
          minRows={8}
          maxRows={18}
          readOnly={readOnly}
          value={html}
          onChange={e => change(e.currentTarget.value)}
        />
      )}
      {readOnly ? null : (
        <Group gap={6}>
          {mail && !source ? (
            <Button
              size="compact-xs"
              variant="light"
              leftSection={<IconRectangle size={13} aria-hidden />}
              onClick={() => write(`${shown.trimEnd()}\n\n[${t('fieldForm.buttonWords')}](https://)`)}
            >
              {t('fieldForm.addButton')}
            </Button>
          ) : null}
          {mail ? (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={<IconCode size={13} aria-hidden />}
              aria-pressed={source}
              onClick={() => showSource(!source)}
            >
              {t(source ? 'fieldForm.asText' : 'fieldForm.html')}
            </Button>
          ) : (
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => write('')}>
              {t('fieldForm.anew')}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  )
}
