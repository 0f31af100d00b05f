// A link was followed: one of a message, by its name; or one that hangs somewhere as a QR code, by its code: a store's
// (`itn_store` of the address), or another that the site or the link service tells of as `Link Scanned`.
import { z } from 'zod'
import { choice } from './fields.ts'
import { lateness } from './parts.ts'
import { triggerType } from './type.ts'

const ON = ['clicked', 'scanned'] as const
const shape = z.strictObject({
  kind: z.literal('link'),
  on: z.enum(ON),
  link: z.string().min(1).max(200),
  latenessMs: lateness,
})

export const link = triggerType<typeof shape>({
  kind: 'link',
  family: 'social',
  fields: { on: choice(ON), link: { kind: 'text', required: true } },
  shape,
  facts: t => (t.on === 'clicked' ? ['message.clicked'] : ['Link Scanned', 'Page Viewed']),
  admits: (t, { name, props }) =>
    t.link ===
    (name === 'message.clicked' ? props.label : name === 'Link Scanned' ? props.link : props.store),
  about: t => t.link,
})
