// The addresses of a content that is filled in, turned into counted ones: what a person taps on LINE, links of mails, addresses
// in texts, buttons. What leads to us already, and what is no web address, stays. Pure.
import { Tokenizer } from 'htmlparser2'
import type { MessageContent } from '../channels/content.ts'
import type { PhoneTemplate } from '../channels/line/phone-template.ts'
import { type MessageLinks, isWebUrl } from './render-scope.ts'
import { type Dict, isDict } from '../platform/values.ts'

const textOf = (v: unknown): string => (typeof v === 'string' ? v.trim() : '')

/** LINE's limits: of an action's address, and of a postback's data. */
const LINE_URI = 1_000
const LINE_DATA = 300
/** Of a Messenger button. */
const CHAT_PAYLOAD = 1_000

const isOurs = (links: MessageLinks, url: string): boolean =>
  links.own.some(base => url.startsWith(`${base}/`) && /^\/(t|l|u|o|p)\//.test(url.slice(base.length)))

function counted(
  links: MessageLinks,
  url: string,
  label: string,
  cta: string | undefined,
  short = false,
): string {
  if (!isWebUrl(url) || isOurs(links, url)) return url
  return links.track(url, label || 'link', { ...(cta ? { cta } : {}), short })
}

/** `cta` names the link in reports; it is ours and never leaves. */
function trackLine(value: unknown, links: MessageLinks): unknown {
  if (Array.isArray(value)) return value.map(v => trackLine(v, links))
  if (!isDict(value)) return value
  const { cta: named, ...rest } = value
  const cta = textOf(named) || undefined
  if (typeof value.type === 'string' && (value.type === 'uri' || value.type === 'postback')) {
    const label = cta ?? (textOf(value.label) || textOf(value.displayText) || textOf(value.altText))
    const action: Dict = { ...rest }
    for (const key of ['uri', 'linkUri']) {
      const url = action[key]
      if (value.type !== 'uri' || typeof url !== 'string') continue
      const long = counted(links, url, label, cta)
      action[key] = long.length > LINE_URI ? counted(links, url, label, cta, true) : long
    }
    if (value.type === 'postback' && typeof action.data === 'string')
      action.data = links.tap(action.data, label, LINE_DATA)
    return action
  }
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, trackLine(v, links)]))
}

const WEB_ADDRESS = /https?:\/\/[^\s<>"'，。！？；：、（）「」()]+/g

/** Plain text: short addresses, because every character counts. */
const trackText = (text: string, links: MessageLinks): string =>
  text.replace(WEB_ADDRESS, found => {
    const end = /[.,;:!?]+$/.exec(found)?.[0] ?? ''
    const url = found.slice(0, found.length - end.length)
    return counted(links, url, 'link', undefined, true) + end
  })

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

type Anchor = { start: number; end: number; href: string; text: string; cta?: string; off: boolean }

/** Where the links of a mail stand, as a tokenizer of HTML5 reads them: everything between is not touched. */
function anchorsOf(html: string): Anchor[] {
  const found: Anchor[] = []
  let tag = ''
  let name = ''
  let value = ''
  let at: [number, number] | null = null
  let attributes = new Map<string, { value: string; at: [number, number] | null }>()
  let open: Anchor | null = null
  const tokens = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname(start, end) {
        tag = html.slice(start, end).toLowerCase()
        attributes = new Map()
      },
      onattribname(start, end) {
        name = html.slice(start, end).toLowerCase()
        value = ''
        at = null
      },
      onattribdata(start, end) {
        value += html.slice(start, end)
        at = [at?.[0] ?? start, end]
      },
      onattribentity(code) {
        value += String.fromCodePoint(code)
      },
      onattribend(_quote, end) {
        // the end of a quoted value is told behind its quote
        attributes.set(name, { value, at: at && [at[0], /["']/.test(html[end - 1] ?? '') ? end - 1 : end] })
      },
      onopentagend() {
        if (tag !== 'a') return
        const href = attributes.get('href')
        open = null
        if (!href?.at) return
        const cta = attributes.get('data-cta')?.value.trim()
        open = {
          start: href.at[0],
          end: href.at[1],
          href: href.value,
          text: '',
          ...(cta ? { cta } : {}),
          off: attributes.get('data-track')?.value === 'off',
        }
        found.push(open)
      },
      onclosetag(start, end) {
        if (html.slice(start, end).toLowerCase() === 'a') open = null
      },
      ontext(start, end) {
        if (open) open.text += html.slice(start, end)
      },
      ontextentity(code) {
        if (open) open.text += String.fromCodePoint(code)
      },
      onselfclosingtag() {},
      oncdata() {},
      oncomment() {},
      ondeclaration() {},
      onprocessinginstruction() {},
      onend() {},
    },
  )
  tokens.write(html)
  tokens.end()
  return found
}

function trackMail(html: string, links: MessageLinks): string {
  let out = ''
  let done = 0
  for (const a of anchorsOf(html)) {
    if (a.off) continue
    const label = a.cta ?? a.text.replaceAll(/\s+/g, ' ').trim().slice(0, 60)
    const url = counted(links, a.href.trim(), label, a.cta)
    if (url === a.href) continue
    // an attribute that begins with an entity is found from its first plain character: then it stays as it is
    if (!html.slice(a.start, a.end).startsWith(a.href.slice(0, 4))) continue
    out += html.slice(done, a.start) + escaped(url)
    done = a.end
  }
  return out + html.slice(done)
}

/** Buttons of LINE's templates have no words of ours: their keys name them. */
const trackButtons = (template: PhoneTemplate, links: MessageLinks): PhoneTemplate => ({
  ...template,
  ...(template.buttons === undefined
    ? {}
    : {
        buttons: template.buttons.map(b => ({
          ...b,
          url: counted(links, b.url, b.buttonKey, undefined, true),
        })),
      }),
})

/** A WhatsApp template's button has the beginning of its address approved; what is filled in is its end, so a whole address
 *  becomes the token of a short one. */
function trackTemplate(value: unknown, links: MessageLinks): unknown {
  if (Array.isArray(value)) return value.map(v => trackTemplate(v, links))
  if (!isDict(value)) return value
  const { cta: named, ...rest } = value
  if (value.type !== 'button' || value.sub_type !== 'url' || !Array.isArray(value.parameters)) return rest
  const cta = textOf(named) || undefined
  const parameters = value.parameters.map((p: unknown) => {
    if (!isDict(p) || typeof p.text !== 'string' || !isWebUrl(p.text)) return p
    const short = counted(links, p.text, cta ?? `button ${String(value.index ?? 0)}`, cta, true)
    return { ...p, text: short.slice(short.lastIndexOf('/') + 1) }
  })
  return { ...rest, parameters }
}

/** The content with its web links led over ours, except those that are marked not to be. */
export function trackContent(content: MessageContent, links: MessageLinks): MessageContent {
  switch (content.channel) {
    case 'line':
      return {
        ...content,
        messages: trackLine(content.messages, links) as typeof content.messages,
        ...(content.phoneTemplate ? { phoneTemplate: trackButtons(content.phoneTemplate, links) } : {}),
      }
    case 'email':
      return { ...content, html: trackMail(content.html, links) }
    case 'sms':
      return { ...content, text: trackText(content.text, links) }
    case 'whatsapp':
      return {
        ...content,
        ...(content.text === undefined ? {} : { text: trackText(content.text, links) }),
        ...(content.template === undefined
          ? {}
          : {
              template: {
                ...content.template,
                components: trackTemplate(
                  content.template.components,
                  links,
                ) as typeof content.template.components,
              },
            }),
      }
    case 'messenger':
    case 'instagram':
      return {
        ...content,
        ...(content.buttons === undefined
          ? {}
          : {
              buttons: content.buttons.map(({ cta, ...b }) => ({
                ...b,
                ...(b.url === undefined ? {} : { url: counted(links, b.url, cta ?? b.title, cta) }),
                ...(b.payload === undefined
                  ? {}
                  : { payload: links.tap(b.payload, cta ?? b.title, CHAT_PAYLOAD) }),
              })),
            }),
      }
    case 'push':
    case 'webpush':
      return content.url === undefined
        ? content
        : { ...content, url: counted(links, content.url, 'open', undefined) }
  }
}
