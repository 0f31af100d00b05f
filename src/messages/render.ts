// Content with Liquid in it becomes what is sent. Values are escaped in HTML and left alone in text. Templates reach
// no files, no functions and no inherited properties, and are bounded in size, time and memory.
import { Context, Liquid, type Template } from 'liquidjs'
import { LRUCache } from 'lru-cache'
import { hasWayOut, type MessageContent } from '../channels/content.ts'
import { fromSmallestUnit } from '../customers/money.ts'
import type { CallContent } from '../journeys/model.ts'
import type { Intent } from './model.ts'
import { chooseParts } from './render-choose.ts'
import { trackContent } from './render-links.ts'
import { type Hidden, isWebUrl, JUDGE, LAZY, LINKS, MONEY, WAITED } from './render-scope.ts'

/** The template is wrong, or asks for more than a message may: the message fails, its text says why. */
export class RenderFailed extends Error {
  override name = 'RenderFailed'
}

const LIMITS = { parseLimit: 200_000, renderLimit: 500, memoryLimit: 5_000_000 }

type FilterThis = { context: { environments: object } }
const hiddenOf = (self: FilterThis): Hidden => self.context.environments as Hidden

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
  engine.registerFilter('track', function (this: FilterThis, value: unknown, label: unknown) {
    const links = hiddenOf(this)[LINKS]
    const url = String(value)
    if (!links) throw new RenderFailed('track is used outside of a message')
    if (!isWebUrl(url)) throw new RenderFailed('track needs an http or https address')
    const cta = label === undefined ? undefined : String(label)
    return links.track(url, cta ?? 'link', cta === undefined ? {} : { cta })
  })
  // an amount of the smallest unit, as the language writes it: 1200 | money is NT$1,200
  engine.registerFilter('money', function (this: FilterThis, value: unknown, currency: unknown) {
    const { currency: own, locale } = hiddenOf(this)[MONEY] ?? { currency: 'TWD', locale: 'zh-TW' }
    const amount = Number(value)
    return value === null || value === undefined || value === '' || !Number.isFinite(amount)
      ? ''
      : money(amount, typeof currency === 'string' && currency !== '' ? currency : own, locale)
  })
  return engine
}

const formats = new LRUCache<string, Intl.NumberFormat>({ max: 50 })
/** An amount of the smallest unit, as the language writes it. */
export function money(amount: number, currency: string, locale: string): string {
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (!format) {
    const decimals = Number.isInteger(fromSmallestUnit(1, currency)) ? 0 : undefined
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      // a dollar in Taiwan is written NT$ here in every language: shoppers abroad read it, too
      currencyDisplay: 'symbol',
      ...(decimals === undefined ? {} : { minimumFractionDigits: 0, maximumFractionDigits: decimals }),
    })
    formats.set(key, format)
  }
  const written = format.format(fromSmallestUnit(amount, currency))
  return currency === 'TWD' ? written.replace(/^(-?)(?:NT)?\$/, '$1NT$$') : written
}

const engines = { html: openEngine(true), text: openEngine(false) }
type Parsed = { tokens: Template[]; lazy: boolean }
const parsed = new LRUCache<string, Parsed>({
  max: 2_000,
  maxSize: 20_000_000,
  sizeCalculation: (_, k) => k.length + 1,
})

type Kind = 'html' | 'text'

function parse(kind: Kind, template: string): Parsed {
  const key = kind + template
  let found = parsed.get(key)
  if (!found) {
    const tokens = engines[kind].parse(template)
    const lazy = engines[kind].globalVariablesSync(tokens, { partials: false }).some(name => LAZY.has(name))
    parsed.set(key, (found = { tokens, lazy }))
  }
  return found
}

const plain = (template: string): boolean => !template.includes('{{') && !template.includes('{%')
const failed = (error: unknown): RenderFailed =>
  new RenderFailed((error as Error).message.slice(0, 300), {
    cause: (error as { originalError?: unknown }).originalError,
  })

function fill(kind: Kind, template: string, scope: object): string {
  if (plain(template)) return template
  try {
    return String(engines[kind].renderSync(parse(kind, template).tokens, scope))
  } catch (error) {
    throw failed(error)
  }
}

/** A context whose time limit is for the rendering alone: a database that is slow to answer is no fault of the template. */
function patient(kind: Kind, scope: object): Context {
  const liquid = engines[kind]
  const context = new Context(scope, liquid.options, {}, { liquid })
  const waitedMs = (scope as Hidden)[WAITED] ?? (() => 0)
  let until: number | null = null
  context.renderLimit.check = now => {
    const spent = now - waitedMs()
    until ??= spent + LIMITS.renderLimit
    if (spent > until) throw new RenderFailed('template render limit exceeded')
  }
  return context
}

/** The same, of what may have to be asked for. Rendering asynchronously takes eight times as long: only where needed. What
 *  a source threw is the cause of what is thrown. */
async function fillFresh(kind: Kind, template: string, scope: object): Promise<string> {
  if (plain(template)) return template
  try {
    const { tokens, lazy } = parse(kind, template)
    return String(
      lazy
        ? await engines[kind].render(tokens, patient(kind, scope))
        : engines[kind].renderSync(tokens, scope),
    )
  } catch (error) {
    throw failed(error)
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

/** Texts of a content with how each is filled in. */
function textsIn(value: unknown, into: Map<string, Kind>, key = ''): void {
  if (typeof value === 'string')
    into.set((key === 'html' ? 'html:' : 'text:') + value, key === 'html' ? 'html' : 'text')
  else if (typeof value === 'object' && value !== null)
    for (const [k, inner] of Object.entries(value)) textsIn(inner, into, k)
}

function replaced(value: unknown, texts: ReadonlyMap<string, string>, key = ''): unknown {
  if (typeof value === 'string') return texts.get((key === 'html' ? 'html:' : 'text:') + value) ?? value
  if (Array.isArray(value)) return value.map(v => replaced(v, texts))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, replaced(v, texts, k)]))
  return value
}

type How = { purpose: Intent['purpose']; locale: string; track: boolean }

function prepare(written: MessageContent, scope: object, purpose: Intent['purpose'], locale: string) {
  const holds = (scope as Hidden)[JUDGE] ?? (() => false)
  const { content, conditions } = chooseParts(written, locale, holds)
  if (content.channel === 'line' && content.messages.length === 0)
    throw new RenderFailed('nothing is left to say: no part of the message is for this person')
  const whole: MessageContent =
    content.channel === 'email' && purpose === 'marketing' && !hasWayOut(content.html)
      ? { ...content, html: withFooter(content.html, locale) }
      : content
  const texts = new Map<string, Kind>()
  textsIn(whole, texts)
  return {
    content: whole,
    texts,
    // what is worked out when it is asked for stays so
    scope: Object.defineProperties({ conditions }, Object.getOwnPropertyDescriptors(scope)),
    how: { purpose, locale, track: written.track !== false },
  }
}

function finish(
  content: MessageContent,
  texts: ReadonlyMap<string, string>,
  scope: object,
  how: How,
): MessageContent {
  const filled = replaced(content, texts) as MessageContent
  const links = (scope as Hidden)[LINKS]
  const counted = links && how.track ? trackContent(filled, links) : withoutNames(filled)
  if (counted.channel !== 'email') return counted
  const { html } = counted
  return {
    channel: 'email',
    subject: counted.subject.replaceAll(/[\r\n]+/g, ' ').trim(),
    html:
      how.purpose === 'marketing' && links
        ? atEnd(html, `<img src="${links.openUrl}" width="1" height="1" alt="">`)
        : html,
  }
}

/** Fills every template of the content, without what would have to be asked for. @throws RenderFailed */
export function renderContent(
  content: MessageContent,
  scope: object,
  purpose: Intent['purpose'],
  locale: string,
): MessageContent {
  const made = prepare(content, scope, purpose, locale)
  const texts = new Map([...made.texts].map(([key, kind]) => [key, fill(kind, key.slice(5), made.scope)]))
  return finish(made.content, texts, made.scope, made.how)
}

/** The same with products, recommendations, orders and stores as they are now. @throws RenderFailed */
export async function renderFresh(
  content: MessageContent,
  scope: object,
  purpose: Intent['purpose'],
  locale: string,
): Promise<MessageContent> {
  const made = prepare(content, scope, purpose, locale)
  const texts = new Map<string, string>()
  for (const [key, kind] of made.texts) texts.set(key, await fillFresh(kind, key.slice(5), made.scope))
  return finish(made.content, texts, made.scope, made.how)
}

/** A link's name in reports never leaves. */
const withoutNames = (content: MessageContent): MessageContent =>
  content.channel === 'push' || content.channel === 'webpush' ? content : nameless(content)

function nameless<T>(value: T): T {
  if (Array.isArray(value)) return value.map(v => nameless<unknown>(v)) as T
  if (typeof value !== 'object' || value === null) return value
  const { cta: _, ...rest } = value as T & { cta?: unknown }
  return Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, nameless<unknown>(v)])) as T
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
