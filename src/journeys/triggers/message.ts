// A customer wrote, anything or one of these words. Letters' case, full width and blanks around it make no difference.
import { z } from 'zod'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const IS = ['is', 'contains', 'starts_with'] as const
const shape = z.strictObject({
  kind: z.literal('message'),
  is: z.enum(IS).optional(),
  words: z.array(z.string().min(1).max(200)).min(1).max(50).optional(),
  latenessMs: lateness,
})

const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

export const message = triggerType<typeof shape>({
  kind: 'message',
  family: 'social',
  fields: {
    words: { kind: 'text', required: false, many: true },
    is: choice(IS, false),
  },
  shape,
  facts: () => ['line.message', 'conversation.received'],
  admits(t, { props }) {
    if (t.words === undefined) return true
    if (typeof props.text !== 'string') return false
    const said = plain(props.text)
    return t.words.map(plain).some(word => {
      if (t.is === 'contains') return said.includes(word)
      return t.is === 'starts_with' ? said.startsWith(word) : said === word
    })
  },
  about: t => t.words?.join(', ') ?? '',
})
