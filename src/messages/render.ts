// Content with Liquid in it becomes what is sent. Values are escaped in HTML and left alone in text. Templates reach
// no files, no functions and no inherited properties, and are bounded in size, time and memory.
import { Liquid, type Template } from 'liquidjs'
import { LRUCache } from 'lru-cache'
import type { CustomerState } from '../customers/model.ts'
import type { MessageContent } from '../channels/content.ts'
import type { CallContent } from '../journeys/model.ts'
import { publicId } from '../platform/ids.ts'
import type { Intent } from './model.ts'

/** Makes the addresses that a message carries. */
export type MessageLinks = {
  track(url: string, label: string): string
  unsubscribeUrl: string
  /** fetched when the mail is opened */
  openUrl: string
}

export class RenderFailed extends Error {
  override name = 'RenderFailed'
}

const LINKS = Symbol('links')
const LIMITS = { parseLimit: 200_000, renderLimit: 500, memoryLimit: 5_000_000 }

function openEngine(escaped: boolean): Liquid {
  const engine = new Liquid({
    ...LIMITS,
    templates: {}, // include, render and layout find nothing: no file is ever read
    relativeReference: false,
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    ...(escaped ? { outputEscape: 'escape' as const } : {}),
  })
  engine.registerFilter(
    'track',
    function (this: { context: { environments: object } }, value: unknown, label: unknown) {
      const links = (this.context.environments as { [LINKS]?: MessageLinks })[LINKS]
      const url = String(value)
      if (!links) throw new RenderFailed('track is used outside of a message')
      if (!isWebUrl(url)) throw new RenderFailed('track needs an http or https address')
      return links.track(url, label === undefined ? 'link' : String(label))
    },
  )
  return engine
}

export function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password
}

const engines = { html: openEngine(true), text: openEngine(false) }
const parsed = new LRUCache<string, Template[]>({
  max: 2_000,
  maxSize: 20_000_000,
  sizeCalculation: (_, k) => k.length + 1,
})

function fill(kind: 'html' | 'text', template: string, scope: object): string {
  if (!template.includes('{{') && !template.includes('{%')) return template
  const key = kind + template
  try {
    let tokens = parsed.get(key)
    if (!tokens) parsed.set(key, (tokens = engines[kind].parse(template)))
    return String(engines[kind].renderSync(tokens, scope))
  } catch (error) {
    throw new RenderFailed((error as Error).message.slice(0, 300))
  }
}

/** What is wrong with a template's syntax (a tag without its end, a filter nobody has); null when nothing is. Told
 *  before publishing. */
export function templateFault(text: string): string | null {
  try {
    engines.text.parse(text)
    return null
  } catch (error) {
    return (error as Error).message.slice(0, 300)
  }
}

/** What templates see: customer, event, journey (what was answered to its nodes), workspace, unsubscribe_url. Traits and properties are reached by name
 *  ({{ customer.name }}, {{ event.total }}) or in full ({{ customer.traits.name }}, {{ event.props.total }}). */
export function templateScope(
  customer: CustomerState | null,
  event: Intent['event'],
  workspace: { name: string; timezone: string; locale: string },
  links: MessageLinks,
  vars: Record<string, unknown> = {},
): object {
  const traits: Record<string, unknown> = {}
  for (const [name, trait] of Object.entries(customer?.traits ?? {})) traits[name] = trait.v
  const idOf = (kind: string) => customer?.ids.find(i => i.kind === kind)?.value ?? ''
  const given = [traits.firstName ?? traits.first_name, traits.lastName ?? traits.last_name]
    .filter(Boolean)
    .join(' ')
  return {
    [LINKS]: links,
    customer: {
      ...traits,
      id: customer ? publicId('cus', customer.id) : '',
      name: traits.name ?? given,
      member_no: idOf('member_no'),
      traits,
      tags: Object.keys(customer?.tags ?? {}),
      orders: customer?.orders
        ? { count: customer.orders.n, revenue: customer.orders.revenue }
        : { count: 0, revenue: 0 },
    },
    event: event
      ? { ...event.props, name: event.name, at: new Date(event.at).toISOString(), props: event.props }
      : {},
    journey: vars,
    workspace,
    unsubscribe_url: links.unsubscribeUrl,
  }
}

/** Fills every template of the content. @throws RenderFailed */
export function renderContent(
  content: MessageContent,
  scope: object,
  purpose: Intent['purpose'],
  locale: string,
): MessageContent {
  if (content.channel === 'email') {
    const subject = fill('text', content.subject, scope)
      .replaceAll(/[\r\n]+/g, ' ')
      .trim()
    const marketing = purpose === 'marketing'
    const bare = marketing && !content.html.includes('unsubscribe_url')
    const html = fill('html', bare ? withFooter(content.html, locale) : content.html, scope)
    const links = (scope as { [LINKS]?: MessageLinks })[LINKS]
    return {
      channel: 'email',
      subject,
      html:
        marketing && links ? atEnd(html, `<img src="${links.openUrl}" width="1" height="1" alt="">`) : html,
    }
  }
  return fillDeep(content, scope) as MessageContent
}

function fillDeep(value: unknown, scope: object): unknown {
  if (typeof value === 'string') return fill('text', value, scope)
  if (Array.isArray(value)) return value.map(v => fillDeep(v, scope))
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fillDeep(v, scope)]))
  return value
}

/** A marketing mail that has no way out gets one. */
function withFooter(html: string, locale: string): string {
  const words = locale.startsWith('zh') ? '取消訂閱' : 'Unsubscribe'
  const footer = `<p style="margin:32px 0 0;font-size:12px;color:#666"><a href="{{ unsubscribe_url }}" style="color:#666">${words}</a></p>`
  return atEnd(html, footer)
}

/** Before the body's end, where the mail has one. */
function atEnd(html: string, more: string): string {
  const at = html.toLowerCase().lastIndexOf('</body>')
  return at < 0 ? html + more : html.slice(0, at) + more + html.slice(at)
}

/** Fills in a call. A body that is no JSON any more goes nowhere. @throws RenderFailed */
export function renderCall(content: CallContent, scope: object): CallContent {
  const url = fill('text', content.url, scope)
  if (!isWebUrl(url)) throw new RenderFailed('the address is no http or https address any more')
  const body = content.body === null ? null : fill('text', content.body, scope)
  const headers = Object.fromEntries(
    Object.entries(content.headers).map(([name, value]) => [
      name,
      fill('text', value, scope).replaceAll(/[\r\n]+/g, ' '),
    ]),
  )
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (body !== null && (type === undefined || /\bjson\b/.test(type))) {
    try {
      JSON.parse(body)
    } catch {
      throw new RenderFailed('the body is no JSON: write values as {{ … | json }}')
    }
  }
  return { ...content, url, headers, body }
}

/** A notice's text as it is shown. What cannot be filled in is told as it was written. */
export function renderNotice(text: string, scope: object): string {
  try {
    return fill('text', text, scope)
  } catch (error) {
    if (!(error instanceof RenderFailed)) throw error
    return text
  }
}
