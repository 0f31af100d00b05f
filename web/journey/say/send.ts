// Words of the send node.
import { IconSend } from '@tabler/icons-react'
import { firstWords } from '../../../src/journeys/node-name.ts'
import { word } from '../../i18n.ts'
import { withFieldNames } from '../../messages/merge-words.ts'
import type { Detail, NodeSay } from './model.ts'
import { number, text } from './values.ts'

const line: NodeSay['line'] = (f, say, names) => {
  const channel = word('channel', text(f.channel))
  if ((f.content as { module?: unknown } | null)?.module !== undefined)
    return say.t('say.sendModule', { channel })
  const words = withFieldNames(firstWords(f.content), names)
  return words === '' ? say.t('say.sendNothing', { channel }) : say.t('say.send', { channel, text: words })
}

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
