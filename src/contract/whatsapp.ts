// The approved templates of WhatsApp accounts.
import { z } from 'zod'
import { whatsappTemplate } from '../channels/whatsapp-template.ts'
import { e, id, time } from './shared.ts'

const templates = z.object({
  items: z.array(whatsappTemplate.extend({ account: id })),
  /** when they were last asked for; null: never */
  syncedAt: time.nullable(),
})

export const whatsappEndpoints = {
  whatsappTemplates: e({
    method: 'get',
    path: '/w/{ws}/channels/whatsapp/templates',
    scope: 'channels:read',
    summary: 'Templates of the WhatsApp accounts, as Meta last listed them',
    out: templates,
  }),
  syncWhatsappTemplates: e({
    method: 'post',
    path: '/w/{ws}/channels/whatsapp/templates/sync',
    scope: 'channels:read',
    summary: 'Ask Meta for the templates of every WhatsApp account',
    out: templates,
  }),
} as const
