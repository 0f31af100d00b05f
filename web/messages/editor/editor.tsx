// The editor of a message, whatever its channel: its languages, what the channel shows, its product slots, and whether its
// links are counted. The modules' page and the form of a node use the same.
import { Button, Checkbox, Group, SegmentedControl, Stack } from '@mantine/core'
import { IconLanguage } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Slot } from '../../../src/channels/content.ts'
import { contentFor } from '../../journey/fields/content-for.ts'
import { useWorkspace } from '../../use.ts'
import { ByPhone } from './by-phone.tsx'
import { LineContent, type LineMessage } from './line.tsx'
import { MailEditor, type Mail } from './mail.tsx'
import { WhatsappForm, type WhatsappDraft } from '../whatsapp-form.tsx'
import { ChatEditor, PushEditor, SmsEditor } from './plain.tsx'
import { SlotsEditor } from './slots.tsx'
import { RemoveButton } from '../../parts/table.tsx'

export type Draft = Record<string, unknown> & { channel?: string }
export type EditorFault = { path: string; message: { zh: string; en: string } }
type Props = {
  ws: string
  content: Draft
  faults: EditorFault[]
  readOnly: boolean
  change: (content: Draft) => void
}

const LANGUAGES = ['zh-TW', 'en'] as const
const NAMES: Record<string, 'editor.language_zh' | 'editor.language_en'> = {
  'zh-TW': 'editor.language_zh',
  en: 'editor.language_en',
}
type Locales = Record<string, Draft>

export function ContentEditor(props: Props) {
  const { content, readOnly, change } = props
  const { t } = useTranslation()
  const { workspace } = useWorkspace()
  const own = workspace?.locale === 'en' ? 'en' : 'zh-TW'
  const locales = (content.locales ?? {}) as Locales
  const [shown, show] = useState<string>(own)
  const at = shown === own || Object.hasOwn(locales, shown) ? shown : own
  const other = LANGUAGES.find(l => l !== own)!
  const writeLocales = (next: Locales) => {
    const { locales: _, ...rest } = content
    change(Object.keys(next).length === 0 ? rest : { ...rest, locales: next })
  }
  const { locales: _locales, ...base } = content
  const nameOf = (l: string) => (NAMES[l] ? t(NAMES[l]) : l)
  return (
    <Stack gap="xs">
      <Group gap={6}>
        {Object.keys(locales).length > 0 ? (
          <>
            <SegmentedControl
              size="xs"
              aria-label={t('editor.languages')}
              value={at}
              onChange={show}
              data={[own, ...Object.keys(locales)].map(l => ({
                value: l,
                label: l === own ? t('editor.language_own', { name: nameOf(l) }) : nameOf(l),
              }))}
            />
            {at === own || readOnly ? null : (
              <RemoveButton
                small
                label={t('editor.dropLanguage')}
                run={() => {
                  const { [at]: _gone, ...rest } = locales
                  writeLocales(rest)
                  show(own)
                }}
              />
            )}
          </>
        ) : readOnly ? null : (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconLanguage size={14} aria-hidden />}
            onClick={() => {
              const copy = contentFor(content.channel ?? '', base, t('fieldForm.unsubscribe'))
              const { channel: _channel, ...said } = sameShape(base, copy)
              writeLocales({ ...locales, [other]: said })
              show(other)
            }}
          >
            {t(other === 'en' ? 'editor.addLanguage' : 'editor.addLanguage_zh')}
          </Button>
        )}
      </Group>
      {at === own ? (
        <Channel {...props} />
      ) : (
        <Channel
          {...props}
          key={at}
          content={{ ...base, ...locales[at] }}
          faults={props.faults
            .filter(f => f.path.startsWith(`/locales/${at}/`))
            .map(f => ({ ...f, path: f.path.slice(`/locales/${at}`.length) }))}
          change={next => writeLocales({ ...locales, [at]: saidIn(next) })}
        />
      )}
      <SlotsEditor
        slots={(content.slots ?? {}) as Record<string, Slot>}
        readOnly={readOnly}
        change={slots => {
          const { slots: _, ...rest } = content
          change(slots ? { ...rest, slots } : rest)
        }}
      />
      {content.channel === 'line' ? <ByPhone {...props} /> : null}
      <Checkbox
        size="xs"
        label={t('editor.track')}
        checked={content.track !== false}
        readOnly={readOnly}
        onChange={e => {
          if (readOnly) return
          const { track: _, ...rest } = content
          change(e.currentTarget.checked ? rest : { ...rest, track: false })
        }}
      />
    </Stack>
  )
}

/** What a language says of its own: all but what holds for every language. */
function saidIn({
  channel: _c,
  locales: _l,
  slots: _s,
  track: _t,
  module: _m,
  byPhone: _p,
  phoneTemplate: _pt,
  ...said
}: Draft): Draft {
  return said
}

/** A copy to translate: everything that is said, as it stands. */
const sameShape = (base: Draft, fallback: Draft): Draft => {
  const said = saidIn(base)
  return Object.keys(said).length > 0 ? said : fallback
}

function Channel({ ws, content, faults, readOnly, change }: Props) {
  switch (content.channel) {
    case 'line':
      return (
        <LineContent
          messages={(content.messages ?? []) as LineMessage[]}
          faults={faults}
          readOnly={readOnly}
          change={messages => change({ ...content, messages })}
        />
      )
    case 'email':
      return (
        <MailEditor
          ws={ws}
          mail={content as Mail}
          readOnly={readOnly}
          change={mail => change({ ...content, ...dropped(mail), ...mail })}
        />
      )
    case 'sms':
      return <SmsEditor content={content} readOnly={readOnly} change={change} />
    case 'whatsapp':
      return <Whatsapp ws={ws} content={content} readOnly={readOnly} change={change} />
    case 'messenger':
    case 'instagram':
      return <ChatEditor content={content} readOnly={readOnly} change={change} />
    case 'push':
    case 'webpush':
      return <PushEditor content={content} readOnly={readOnly} change={change} />
    default:
      return null
  }
}

/** What a mail has no longer is taken away. */
const dropped = (mail: Mail): Draft => ('blocks' in mail ? {} : { blocks: undefined })

function Whatsapp({ ws, content, readOnly, change }: Omit<Props, 'faults'>) {
  const { template: _template, text: _text, media: _media, buttons: _buttons, ...beside } = content
  return (
    <WhatsappForm
      ws={ws}
      content={content as WhatsappDraft}
      readOnly={readOnly}
      change={next => change({ ...beside, ...next })}
    />
  )
}
