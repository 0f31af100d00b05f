// What a message begins as on a channel: the same words, where there were some. Pure.
import { text } from '../say/values.ts'
import { mailHtml, mailText } from './mail-text.ts'

type Content = Record<string, unknown> & { channel?: string }

function wordsOf(old: Content): string {
  if (typeof old.html === 'string') return mailText(old.html)?.text ?? ''
  const [first] = Array.isArray(old.messages) ? (old.messages as { text?: unknown }[]) : []
  return text(first?.text) || text(old.text) || text(old.body)
}

/** The same words for another channel: a text for a text. */
export function contentFor(channel: string, before: unknown, unsubscribe: string): Content {
  const words = wordsOf((typeof before === 'object' && before !== null ? before : {}) as Content)
  switch (channel) {
    case 'email':
      return { channel, subject: '', html: mailHtml({ text: words, unsubscribe }) }
    case 'line':
      return { channel, messages: [{ type: 'text', text: words }] }
    case 'push':
    case 'webpush':
      return { channel, title: '', body: words }
    default:
      return channel === '' ? {} : { channel, text: words }
  }
}
