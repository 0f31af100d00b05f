// How a message of SMS, WhatsApp, Messenger, Instagram or a notification looks on a phone, from what the stand-in kept.
// biome-ignore-all lint/suspicious/noArrayIndexKey: a button, or a part of a text, is its place
import { IconFile, IconPhoto } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

type Json = Record<string, unknown>
/** `pick`: a row of a list or a quick reply, which comes back as words with data */
export type Tapped = { kind: 'open'; url: string } | { kind: 'postback' | 'pick'; data: string; text: string }
type Drawn = {
  title?: string
  text: string
  image?: string
  file?: string
  buttons: { label: string; tap: Tapped | null }[]
}

const str = (value: unknown): string => (typeof value === 'string' ? value : '')
const obj = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(obj) : [])

const tapped = (kind: 'postback' | 'pick', data: unknown, label: unknown): Drawn['buttons'][number] => ({
  label: str(label),
  tap: { kind, data: str(data), text: str(label) },
})

function ofWhatsapp(payload: Json): Drawn {
  const type = str(payload.type)
  const body = obj(payload[type])
  if (type === 'interactive') {
    const header = obj(body.header)
    return {
      text: str(obj(body.body).text),
      ...(header.type === 'image' ? { image: str(obj(header.image).link) } : {}),
      buttons: [
        ...list(obj(body.action).buttons).map(b => tapped('postback', obj(b.reply).id, obj(b.reply).title)),
        ...list(obj(body.action).sections).flatMap(s => list(s.rows).map(r => tapped('pick', r.id, r.title))),
      ],
    }
  }
  if (type === 'template') {
    const values = list(body.components).flatMap(c => list(c.parameters).map(p => str(p.text)))
    return { title: str(body.name), text: values.filter(v => v !== '').join(' · '), buttons: [] }
  }
  if (type === 'text') return { text: str(body.body), buttons: [] }
  const link = str(body.link)
  return { text: str(body.caption), ...(type === 'image' ? { image: link } : { file: link }), buttons: [] }
}

function ofChat(payload: Json): Drawn {
  const template = obj(obj(payload.attachment).payload)
  const utility = obj(payload.template)
  if (utility.name) return { title: str(utility.name), text: '', buttons: [] }
  const picks = list(payload.quick_replies).map(r => tapped('pick', r.payload, r.title))
  if (!template.template_type) return { text: str(payload.text), buttons: picks }
  const element = list(template.elements)[0]
  const shown = element ?? template
  return {
    text: element ? [element.title, element.subtitle].map(str).filter(Boolean).join('') : str(template.text),
    ...(element?.image_url ? { image: str(element.image_url) } : {}),
    buttons: [
      ...list(shown.buttons).map((b): Drawn['buttons'][number] =>
        b.url
          ? { label: str(b.title), tap: { kind: 'open', url: str(b.url) } }
          : tapped('postback', b.payload, b.title),
      ),
      ...picks,
    ],
  }
}

function ofNotification(payload: Json): Drawn {
  const url = str(payload.url) || str(obj(payload.data).url)
  return {
    title: str(payload.title),
    text: str(payload.body),
    ...(payload.image ? { image: str(payload.image) } : {}),
    buttons: url ? [{ label: '', tap: { kind: 'open', url } }] : [],
  }
}

function drawnOf(channel: string, payload: unknown): Drawn {
  const p = obj(payload)
  if (channel === 'whatsapp') return ofWhatsapp(p)
  if (channel === 'messenger' || channel === 'instagram') return ofChat(p)
  if (channel === 'push' || channel === 'webpush') return ofNotification(p)
  return { text: str(p.text), buttons: [] }
}

export function Bubble({
  channel,
  payload,
  tap,
}: {
  channel: string
  payload: unknown
  tap: (what: Tapped) => void
}) {
  const { t } = useTranslation()
  const { title, text, image, file, buttons } = drawnOf(channel, payload)
  return (
    <div className="bubble thread-bubble">
      {title ? <b>{title}</b> : null}
      {text ? <Linked text={text} open={url => tap({ kind: 'open', url })} /> : null}
      {image ? (
        <span className="thread-file">
          <IconPhoto size={14} aria-hidden /> {image}
        </span>
      ) : null}
      {file ? (
        <span className="thread-file">
          <IconFile size={14} aria-hidden /> {file}
        </span>
      ) : null}
      {buttons.map((b, i) => (
        <button
          key={i}
          type="button"
          className="thread-button"
          disabled={!b.tap}
          onClick={() => b.tap && tap(b.tap)}
        >
          {b.label || t('phone.openLink')}
        </button>
      ))}
    </div>
  )
}

/** Addresses in a text can be opened, as a phone lets one. */
function Linked({ text, open }: { text: string; open: (url: string) => void }) {
  return (
    <span>
      {text.split(/(https?:\/\/[^\s\uff0c\u3002\u3001\uff09]+)/).map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          <button key={i} type="button" className="thread-link" onClick={() => open(part)}>
            {part}
          </button>
        ),
      )}
    </span>
  )
}
