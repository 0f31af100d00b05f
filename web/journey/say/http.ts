// Words of the node that calls another system.
import { IconApi } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { list, text } from './values.ts'

export const http: NodeSay = {
  icon: IconApi,
  begin: () => ({ method: 'POST', url: '', body: '{}', timeoutMs: 60_000 }),
  line(f, { t }, names) {
    const saved = list(f.save).map(s => names.trait(text((s as { trait?: unknown } | null)?.trait)))
    return (
      t('say.call', { method: text(f.method), url: text(f.url) }) +
      (saved.length > 0 ? t('say.callSaves', { traits: saved.join(t('say.list')) }) : '')
    )
  },
}
