// LINE's notification messages made of LINE's own templates: which values there are and how many, and how such a message looks.
// The words around the values are LINE's, by the keys; the keys an account has depend on its country.
// Source: developers.line.biz/en/reference/line-notification-messages (send a LINE notification message (template)).
import { z } from 'zod'

export const MOST_ITEMS = 15
export const MOST_BUTTONS = 2
export const LONGEST_CONTENT = 300
const LONGEST_URL = 1_000

const key = z.string().min(1).max(100).regex(/^\w+$/, 'a key of LINE: letters, digits and _')
const item = z.strictObject({ itemKey: key, content: z.string().trim().min(1).max(LONGEST_CONTENT) })
const button = z.strictObject({ buttonKey: key, url: z.string().trim().min(1).max(LONGEST_URL) })

/** The first item that is named twice, as a path; null: none is. */
function namedTwice({ emphasizedItem, items = [], buttons = [] }: Shape): (string | number)[] | null {
  const keys = [emphasizedItem?.itemKey, ...items.map(i => i.itemKey)]
  const again = keys.findIndex((k, i) => k !== undefined && keys.indexOf(k) < i)
  if (again > 0) return ['items', again - 1, 'itemKey']
  const twice = buttons.findIndex((b, i) => buttons.findIndex(o => o.buttonKey === b.buttonKey) < i)
  return twice > 0 ? ['buttons', twice, 'buttonKey'] : null
}
const shape = z.strictObject({
  templateKey: key,
  /** shown large */
  emphasizedItem: item.optional(),
  items: z.array(item).max(MOST_ITEMS).optional(),
  buttons: z.array(button).max(MOST_BUTTONS).optional(),
})
type Shape = z.infer<typeof shape>

export const phoneTemplate = shape.superRefine((t, ctx) => {
  const path = namedTwice(t)
  if (path) ctx.addIssue({ code: 'custom', path, message: 'LINE takes each key once in a message' })
})
export type PhoneTemplate = Shape

/** As LINE's call has it. */
export function templateBody({ templateKey, ...body }: PhoneTemplate): Record<string, unknown> {
  return { templateKey, ...(Object.keys(body).length > 0 ? { body } : {}) }
}

/** A card with the values, for previews and the sandbox's phone; LINE's own words are not known here, so their keys stand for them. */
export function templateCard({ templateKey, emphasizedItem, items = [], buttons = [] }: PhoneTemplate) {
  const line = (text: string, more: object = {}) => ({ type: 'text', text, wrap: true, ...more })
  const row = (i: { itemKey: string; content: string }) => ({
    type: 'box',
    layout: 'baseline',
    spacing: 'sm',
    contents: [
      line(i.itemKey, { size: 'xs', color: '#6b7280', flex: 2 }),
      line(i.content || '—', { size: 'sm', flex: 3 }),
    ],
  })
  return {
    type: 'flex',
    altText: templateKey,
    contents: {
      type: 'bubble',
      body: {
        type: 'box',
        layout: 'vertical',
        spacing: 'sm',
        contents: [
          line(templateKey, { weight: 'bold' }),
          ...(emphasizedItem
            ? [
                line(emphasizedItem.itemKey, { size: 'xs', color: '#6b7280' }),
                line(emphasizedItem.content || '—', { size: 'xl', weight: 'bold' }),
              ]
            : []),
          ...items.map(row),
        ],
      },
      ...(buttons.length === 0
        ? {}
        : {
            footer: {
              type: 'box',
              layout: 'vertical',
              contents: buttons.map(b => ({
                type: 'button',
                action: { type: 'uri', label: b.buttonKey, uri: b.url },
              })),
            },
          }),
    },
  }
}
