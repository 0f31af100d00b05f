// LINE messages as a phone draws them: text, image, sticker, templates and Flex. `act` is what a tap does.
// biome-ignore-all lint/suspicious/noArrayIndexKey: parts of one message that never changes have no other name
// biome-ignore-all lint/a11y/useSemanticElements: a carousel is a group, not a fieldset
import './line-bubbles.css'
import type { CSSProperties, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

type Json = Record<string, unknown>
export type Tap =
  | { kind: 'open'; url: string }
  | { kind: 'text'; text: string }
  | { kind: 'postback'; data: string; text?: string }
type Act = ((tap: Tap) => void) | undefined

const text = (v: unknown): string => (typeof v === 'string' ? v : '')
const obj = (v: unknown): Json =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Json) : {}
const objs = (v: unknown): Json[] => (Array.isArray(v) ? v.map(obj) : [])

function tapOf(action: Json): Tap | null {
  switch (action.type) {
    case 'uri':
      // only addresses that a browser may follow safely
      return /^https?:\/\//i.test(text(action.uri)) ? { kind: 'open', url: text(action.uri) } : null
    case 'message':
      return { kind: 'text', text: text(action.text) }
    case 'postback':
      return {
        kind: 'postback',
        data: text(action.data),
        text: text(action.displayText) || text(action.text) || undefined,
      }
    default:
      return null
  }
}

function Button({
  action,
  act,
  className,
  style,
  label,
}: {
  action: Json
  act: Act
  className: string
  style?: CSSProperties
  label?: ReactNode
}) {
  const tap = tapOf(action)
  return (
    <button
      type="button"
      className={className}
      style={style}
      disabled={!tap || !act}
      onClick={() => tap && act?.(tap)}
    >
      {label ?? text(action.label)}
    </button>
  )
}

/** Text with its addresses made tappable. */
function Linked({ value, act }: { value: string; act: Act }) {
  return value.split(/(https?:\/\/[^\s<>"]+)/g).map((part, i) =>
    i % 2 === 1 ? (
      <a
        key={i}
        href={part}
        title={part}
        onClick={e => {
          e.preventDefault()
          act?.({ kind: 'open', url: part })
        }}
      >
        {part.length > 48 ? `${part.slice(0, 46)}…` : part}
      </a>
    ) : (
      part
    ),
  )
}

export function LineBubbles({ messages, act }: { messages: Json[]; act?: Act }) {
  return (
    <div className="bubbles">
      {messages.map((m, i) => (
        <Bubble key={i} message={obj(m)} act={act} />
      ))}
    </div>
  )
}

function Bubble({ message, act }: { message: Json; act: Act }) {
  const { t } = useTranslation()
  switch (message.type) {
    case 'text':
    case 'textV2':
      return (
        <div className="bubble">
          <Linked value={text(message.text)} act={act} />
        </div>
      )
    case 'image':
      return (
        <img
          className="bubble-image"
          src={text(message.previewImageUrl) || text(message.originalContentUrl)}
          alt={text(message.altText)}
        />
      )
    case 'sticker':
      return <div className="bubble">☺</div>
    case 'template':
      return <Template template={obj(message.template)} act={act} />
    case 'flex':
      return <Flex contents={obj(message.contents)} act={act} alt={text(message.altText)} />
    default:
      return (
        <div className="bubble">
          {text(message.altText) || t('sandbox.noFlex', { type: text(message.type) })}
        </div>
      )
  }
}

function Template({ template, act }: { template: Json; act: Act }) {
  const columns = template.type === 'carousel' ? objs(template.columns) : [template]
  return (
    <div className="carousel">
      {columns.map((c, i) => (
        <div className="flex-bubble" key={i}>
          {c.thumbnailImageUrl ? <img src={text(c.thumbnailImageUrl)} alt="" className="flex-hero" /> : null}
          <div className="flex-body">
            {c.title ? <strong>{text(c.title)}</strong> : null}
            <span>{text(c.text)}</span>
          </div>
          <div className="template-actions">
            {objs(c.actions).map((a, j) => (
              <Button key={j} action={a} act={act} className="template-action" />
            ))}
          </div>
        </div>
      ))}
    </div>
  )
}

function Flex({ contents, act, alt }: { contents: Json; act: Act; alt: string }) {
  const bubbles = contents.type === 'carousel' ? objs(contents.contents) : [contents]
  return (
    <div className="carousel" role="group" aria-label={alt}>
      {bubbles.map((b, i) => (
        <div className="flex-bubble" key={i}>
          {b.header ? (
            <div className="flex-header">
              <Part part={obj(b.header)} act={act} />
            </div>
          ) : null}
          {b.hero ? <Part part={obj(b.hero)} act={act} hero /> : null}
          {b.body ? (
            <div className="flex-body">
              <Part part={obj(b.body)} act={act} />
            </div>
          ) : null}
          {b.footer ? (
            <div className="flex-footer">
              <Part part={obj(b.footer)} act={act} />
            </div>
          ) : null}
        </div>
      ))}
    </div>
  )
}

const SIZES: Record<string, number> = {
  xxs: 11,
  xs: 12,
  sm: 13,
  md: 14,
  lg: 16,
  xl: 18,
  xxl: 22,
  '3xl': 26,
  none: 0,
}
const GAPS: Record<string, number> = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 }
const gap = (v: unknown): number => GAPS[text(v)] ?? (Number.parseInt(text(v), 10) || 0)
const colour = (v: unknown): string | undefined => (/^#[0-9a-f]{6,8}$/i.test(text(v)) ? text(v) : undefined)

function Part({ part, act, hero }: { part: Json; act: Act; hero?: boolean }) {
  const common: CSSProperties = {
    marginTop: gap(part.margin),
    flex: typeof part.flex === 'number' && part.flex > 0 ? part.flex : undefined,
  }
  switch (part.type) {
    case 'box': {
      const row = part.layout === 'horizontal' || part.layout === 'baseline'
      const style: CSSProperties = {
        ...common,
        display: 'flex',
        flexDirection: row ? 'row' : 'column',
        gap: gap(part.spacing),
        alignItems: part.layout === 'baseline' ? 'baseline' : undefined,
        background: colour(part.backgroundColor),
        padding: part.paddingAll ? gap(part.paddingAll) : undefined,
        borderRadius: part.cornerRadius ? gap(part.cornerRadius) : undefined,
        minWidth: 0,
      }
      return (
        <div style={style}>
          {objs(part.contents).map((c, i) => (
            <Part key={i} part={c} act={act} />
          ))}
        </div>
      )
    }
    case 'text': {
      const value =
        text(part.text) ||
        objs(part.contents)
          .map(s => text(s.text))
          .join('')
      return (
        <span
          style={{
            ...common,
            fontSize: SIZES[text(part.size)] ?? 14,
            fontWeight: part.weight === 'bold' ? 700 : 400,
            color: colour(part.color),
            textAlign: part.align === 'end' ? 'end' : part.align === 'center' ? 'center' : 'start',
            textDecoration: part.decoration === 'line-through' ? 'line-through' : undefined,
            whiteSpace: 'pre-wrap',
            overflowWrap: 'anywhere',
          }}
        >
          {value}
        </span>
      )
    }
    case 'button':
      return (
        <Button
          action={obj(part.action)}
          act={act}
          className={`flex-button ${part.style === 'primary' ? 'primary' : part.style === 'secondary' ? 'secondary' : ''}`}
          style={{ ...common, background: part.style === 'primary' ? colour(part.color) : undefined }}
        />
      )
    case 'image': {
      const image = (
        <img src={text(part.url)} alt="" className={hero ? 'flex-hero' : 'flex-image'} style={common} />
      )
      return part.action ? (
        <Button action={obj(part.action)} act={act} className="flex-image-button" label={image} />
      ) : (
        image
      )
    }
    case 'separator':
      return <hr style={{ ...common, width: '100%', border: 0, borderTop: '1px solid #dde1e6' }} />
    case 'filler':
    case 'spacer':
      return <span style={{ flex: 1 }} />
    default:
      return null
  }
}
