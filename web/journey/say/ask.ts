// Words of the node that asks a question.
import { IconMessageQuestion } from '@tabler/icons-react'
import type { NodeSay } from './model.ts'
import { list, text } from './values.ts'

export const ask: NodeSay = {
  icon: IconMessageQuestion,
  begin: () => ({ text: '', answers: [], timeoutMs: 86_400_000 }),
  line: (f, { t }) =>
    t('say.ask', {
      text: text(f.text),
      answers: list(f.answers)
        .map(a => text((a as { label?: unknown } | null)?.label))
        .join(t('say.list')),
    }),
}
