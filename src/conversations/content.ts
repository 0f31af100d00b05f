// What a person typed, as the content of a channel: nothing of it is a merge field or markup.
import { html } from 'hono/html'
import type { MessageContent } from '../channels/content.ts'
import { literally } from './model.ts'

/** A typed text as the channel carries it. Null: it carries no answers. */
export async function contentOf(
  channel: string,
  given: string,
  subject: string,
): Promise<MessageContent | null> {
  const text = literally(given)
  switch (channel) {
    case 'line':
      return { channel, messages: [{ type: 'text', text }] }
    case 'email': {
      const body = await html`<p style="white-space:pre-line">${given}</p>`
      return { channel, subject: literally(subject), html: literally(String(body)) }
    }
    case 'sms':
    case 'whatsapp':
    case 'messenger':
    case 'instagram':
      return { channel, text }
    default:
      return null
  }
}
