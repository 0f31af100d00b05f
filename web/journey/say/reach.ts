// Words of the node that takes the first channel that reaches.
import { IconRoute } from '@tabler/icons-react'
import { word } from '../../i18n.ts'
import type { NodeSay } from './model.ts'
import { list, text } from './values.ts'

export const reach: NodeSay = {
  icon: IconRoute,
  begin: () => ({
    purpose: 'marketing',
    options: [
      { channel: 'line', content: { channel: 'line', messages: [{ type: 'text', text: '' }] } },
      { channel: 'email', content: { channel: 'email', subject: '', html: '' } },
    ],
  }),
  line(f, { t }) {
    const channels = list(f.options).map(o =>
      word('channel', text((o as { channel?: unknown } | null)?.channel)),
    )
    if (f.by === 'reach') return t('say.reachMost', { channels: channels.join(t('say.list')) })
    return f.by === 'cost'
      ? t('say.reachCost', { channels: channels.join(t('say.list')) })
      : t('say.reach', { channels: channels.join(t('say.arrow')) })
  },
}
