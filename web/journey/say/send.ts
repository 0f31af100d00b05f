// Words of the send node.
import { IconSend } from '@tabler/icons-react'
import { word } from '../../i18n.ts'
import type { Detail, NodeSay } from './model.ts'
import { number, text } from './values.ts'

/** The first readable words of a message's content. */
function brief(content: unknown): string {
  const c = content as {
    subject?: string
    messages?: { text?: string; altText?: string }[]
  } | null
  if (c?.subject) return c.subject
  const first = c?.messages?.[0]
  return first?.text ?? first?.altText ?? ''
}

const line: NodeSay['line'] = (f, say) =>
  say.t('say.send', { channel: word('channel', text(f.channel)), text: brief(f.content) })

export const send: NodeSay = {
  icon: IconSend,
  begin: () => ({
    channel: 'line',
    purpose: 'marketing',
    content: { channel: 'line', messages: [{ type: 'text', text: '' }] },
  }),
  line,
  details(f, say, names) {
    const rows: Detail[] = [{ label: word('node', 'send'), value: line(f, say, names) }]
    if (f.purpose === 'marketing' || f.purpose === 'transactional')
      rows.push({ label: say.t('common.kind'), value: say.t(`say.${f.purpose}`) })
    const useful = number(f.usefulForMs)
    if (useful !== null)
      rows.push({
        label: say.t('messages.window'),
        value: say.t('say.useful', { time: say.duration(useful) }),
      })
    return rows
  },
}
