// What is better looked at before a message goes out: it can be sent as it is. Pure; what the workspace knows is passed in.
import { Parser } from 'htmlparser2'
import { Liquid, Output } from 'liquidjs'
import { hasWayOut, inLocale, type MessageContent } from '../channels/content.ts'
import { lintSms } from '../channels/sms.ts'
import { textsOf } from '../journeys/placeholders.ts'

type Words = { zh: string; en: string }
export type Finding = { code: string; level: 'warning' | 'hint'; path: string; message: Words }

export type LintFacts = {
  purpose: 'marketing' | 'transactional'
  /** products that the content names and nobody can buy */
  dead: string[]
}

const finding = (
  code: string,
  path: string,
  zh: string,
  en: string,
  level: Finding['level'] = 'warning',
): Finding => ({
  code,
  level,
  path,
  message: { zh, en },
})

const tooLong = (path: string, text: unknown, most: number, zh: string, en: string): Finding[] =>
  typeof text === 'string' && text.length > most
    ? [
        finding(
          'too_long',
          path,
          `${zh}超過 ${most} 個字，可能會被截斷`,
          `${en} is longer than ${most} characters and may be cut`,
        ),
      ]
    : []

/** Always there, whatever is known of a person. */
const SURE = new Set(['id', 'points', 'coupons', 'traits', 'tags', 'orders'])
const engine = new Liquid({ templates: {}, relativeReference: false, parseLimit: 200_000 })

/** Fields of the person that are printed without a word for who lacks them. Those inside an `if` are left alone. */
function bare(text: string): string[] {
  if (!text.includes('{{')) return []
  try {
    return engine.parse(text).flatMap(part => {
      if (!(part instanceof Output)) return []
      const names = engine.variableSegmentsSync([part])
      const guarded = part.value.filters.some(f => f.name === 'default')
      const [root, name] = names[0] ?? []
      return !guarded && root === 'customer' && typeof name === 'string' && !SURE.has(name) ? [name] : []
    })
  } catch {
    return [] // its syntax is told elsewhere
  }
}

type Picture = { src: string; alt: string | undefined }
function read(html: string): { text: string; pictures: Picture[]; links: string[] } {
  const found = { text: '', pictures: [] as Picture[], links: [] as string[] }
  let hidden = 0
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'style' || name === 'script' || name === 'title') hidden++
      if (name === 'img') found.pictures.push({ src: attributes.src ?? '', alt: attributes.alt })
      if (name === 'a' && attributes.href) found.links.push(attributes.href)
    },
    onclosetag(name) {
      if (name === 'style' || name === 'script' || name === 'title') hidden--
    },
    ontext(text) {
      if (hidden === 0) found.text += text
    },
  })
  parser.write(html)
  parser.end()
  return found
}

function ofMail(content: Extract<MessageContent, { channel: 'email' }>, facts: LintFacts): Finding[] {
  const { text, pictures } = read(content.html)
  const found = tooLong('/subject', content.subject, 60, '主旨', 'The subject')
  if (pictures.some(p => p.alt === undefined || (p.alt.trim() === '' && p.src !== '')))
    found.push(
      finding(
        'missing_alt',
        '/html',
        '有圖片沒有替代文字：看不到圖的人不知道那是什麼',
        'A picture has no alternative text for who cannot see it',
      ),
    )
  if (facts.purpose !== 'marketing') return found
  if (!hasWayOut(content.html))
    found.push(
      finding(
        'missing_unsubscribe',
        '/html',
        '沒有取消訂閱或偏好設定的連結，寄出時會自動加上取消訂閱',
        'There is no link to unsubscribe or to the preferences; one to unsubscribe is added when it is sent',
        'hint',
      ),
    )
  if (!/收到|訂閱|同意|because you|subscrib|agreed/i.test(text.replaceAll(/取消訂閱|unsubscribe/gi, '')))
    found.push(
      finding(
        'no_consent_text',
        '/html',
        '沒有說明為什麼會收到這封信（例如：您訂閱了電子報）',
        'It does not say why the person gets it (such as: you subscribed)',
      ),
    )
  return found
}

const SMS_WORDS = {
  link_not_registered: (v: string): Words => ({
    zh: `${v} 沒有登記為簡訊網址，電信業者可能會攔下這則簡訊`,
    en: `${v} is not registered for texts: carriers in Taiwan may drop this one`,
  }),
  phone_not_registered: (v: string): Words => ({
    zh: `${v} 沒有登記為簡訊裡的電話號碼，電信業者可能會攔下這則簡訊`,
    en: `${v} is not registered as a number in texts: carriers in Taiwan may drop this one`,
  }),
  sender_missing: (v: string): Words => ({
    zh: `簡訊內容要寫出登記的發送者名稱「${v}」`,
    en: `A text must name its registered sender "${v}"`,
  }),
}
const SMS_CODES = {
  link_not_registered: 'unregistered_link',
  phone_not_registered: 'unregistered_link',
  sender_missing: 'no_sender_name',
} as const

/** Of a text as it goes out: with its short links and the values in it. An account that names no registered links cannot be checked
 *  against, which is said where there are any. */
export function lintText(text: string, settings: Record<string, string>): Finding[] {
  const found = lintSms(text, settings).map(
    ({ kind, value }): Finding => ({
      code: SMS_CODES[kind],
      level: 'warning',
      path: '/text',
      message: SMS_WORDS[kind](value),
    }),
  )
  if (settings.registeredLinks?.trim()) return found
  const unchecked = lintSms(text, { registeredLinks: '-' }).map(w => w.value)
  if (unchecked.length > 0)
    found.push(
      finding(
        'unregistered_link',
        '/text',
        `發給台灣門號時，沒有登記的網址與電話會被電信業者攔下：${unchecked.join('、')}。請在「渠道」的簡訊帳號填上已登記的，才能檢查`,
        `To numbers in Taiwan, carriers drop links and phone numbers that are not registered: ${unchecked.join(', ')}. Give the registered ones in Channels, then they are checked`,
        'hint',
      ),
    )
  return found
}

type Json = Record<string, unknown>
function ofLine(content: Extract<MessageContent, { channel: 'line' }>): Finding[] {
  return content.messages.flatMap((m, i) => {
    const message = m as Json
    const path = `/messages/${i}`
    const { text, altText, type } = message
    const found = [
      ...tooLong(`${path}/text`, text, 5_000, '文字', 'The text'),
      ...tooLong(`${path}/altText`, altText, 400, '通知文字', 'The text of the notification'),
    ]
    if (
      ['flex', 'template', 'imagemap'].includes(String(type)) &&
      (typeof altText !== 'string' || altText.trim() === '')
    )
      found.push(
        finding(
          'missing_alt',
          `${path}/altText`,
          '沒有通知文字：聊天列表會看不到內容',
          'There is no text for the notification and the list of chats',
        ),
      )
    return found
  })
}

function ofOne(content: MessageContent, facts: LintFacts): Finding[] {
  switch (content.channel) {
    case 'email':
      return ofMail(content, facts)
    case 'line':
      return ofLine(content)
    case 'push':
    case 'webpush':
      return [
        ...tooLong('/title', content.title, 50, '標題', 'The title'),
        ...tooLong('/body', content.body, 150, '內文', 'The text'),
      ]
    default:
      return []
  }
}

/** Codes of products that a content names. */
export function productsNamed(content: MessageContent): string[] {
  const named = textsOf(content).flatMap(({ text }) =>
    [...text.matchAll(/products\[\s*['"]([^'"]+)['"]\s*\]/g)].map(m => m[1]!),
  )
  return [...new Set([...named, ...Object.values(content.slots ?? {}).flatMap(s => s.products)])]
}

/** What is said in each language, each finding once. */
export function lint(content: MessageContent, facts: LintFacts): Finding[] {
  const found = ofOne(inLocale(content, ''), facts)
  for (const locale of Object.keys(content.locales ?? {}))
    for (const f of ofOne(inLocale(content, locale), facts))
      found.push({ ...f, path: `/locales/${locale}${f.path}` })
  const seen = new Set<string>()
  for (const { path, text } of textsOf(content))
    for (const name of bare(text)) {
      if (seen.has(name)) continue
      seen.add(name)
      found.push(
        finding(
          'no_fallback',
          path,
          `沒有「${name}」的人會看到空白，可以寫成 {{ customer.${name} | default: "…" }}`,
          `Who has no "${name}" sees a gap: write {{ customer.${name} | default: "…" }}`,
          'hint',
        ),
      )
    }
  for (const code of facts.dead)
    found.push(
      finding(
        'dead_product',
        '',
        `商品 ${code} 不存在或已下架`,
        `Product ${code} does not exist or is not sold any more`,
      ),
    )
  return found
}
