// A WhatsApp template as Meta has it: which values it wants, the components that a send carries, how it reads when filled.
// Pure: the editor draws its fields by it. Source: Meta's API definition (message_templates, TemplateObject).
import { z } from 'zod'
import type { ContentOf } from './content.ts'

const part = z.looseObject({
  type: z.string(),
  format: z.string().optional(),
  text: z.string().optional(),
  buttons: z
    .array(z.looseObject({ type: z.string(), text: z.string().optional(), url: z.string().optional() }))
    .optional(),
})
export const whatsappTemplate = z.object({
  name: z.string(),
  language: z.string(),
  category: z.string(),
  status: z.string(),
  components: z.array(part),
})
export type WhatsappTemplate = z.infer<typeof whatsappTemplate>

type Media = 'image' | 'video' | 'document'
export type TemplateField = {
  /** names it among the fields of its template */
  key: string
  part: 'header' | 'body' | 'button'
  /** what the template calls it: a number, or a name */
  name: string
  /** of a button: its place, and whether it is an address or a code to copy */
  button?: { index: number; text: string; kind: 'url' | 'copy_code' }
  kind: 'text' | Media
}

const MEDIA: Record<string, Media> = { IMAGE: 'image', VIDEO: 'video', DOCUMENT: 'document' }
const namesIn = (text = ''): string[] => [
  ...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(m => m[1]!)),
]
const isNumber = (name: string) => /^\d+$/.test(name)

/** In the order in which the template reads. */
export function fieldsOf(template: Pick<WhatsappTemplate, 'components'>): TemplateField[] {
  return template.components.flatMap(({ type, format = 'TEXT', text, buttons = [] }): TemplateField[] => {
    if (type === 'HEADER') {
      const media = MEDIA[format]
      return media
        ? [{ key: 'header', part: 'header', name: media, kind: media }]
        : namesIn(text).map(name => ({ key: `header:${name}`, part: 'header', name, kind: 'text' }))
    }
    if (type === 'BODY')
      return namesIn(text).map(name => ({ key: `body:${name}`, part: 'body', name, kind: 'text' }))
    if (type !== 'BUTTONS') return []
    return buttons.flatMap((b, index): TemplateField[] => {
      const kind =
        b.type === 'URL' && namesIn(b.url).length > 0 ? 'url' : b.type === 'COPY_CODE' ? 'copy_code' : null
      if (!kind) return []
      const button = { index, text: b.text ?? '', kind } as const
      return [{ key: `button:${index}`, part: 'button', name: '1', button, kind: 'text' }]
    })
  })
}

type Sent = NonNullable<ContentOf<'whatsapp'>['template']>
type Parameter = Record<string, unknown>

function parameterOf(field: TemplateField, value: string): Parameter {
  if (field.kind !== 'text') return { type: field.kind, [field.kind]: { link: value } }
  if (field.button?.kind === 'copy_code') return { type: 'coupon_code', coupon_code: value }
  return {
    type: 'text',
    ...(field.part !== 'button' && !isNumber(field.name) ? { parameter_name: field.name } : {}),
    text: value,
  }
}

/** What a send of the template carries; a value that is not given is empty, which the provider refuses. */
export function fillTemplate(template: WhatsappTemplate, values: Record<string, string>): Sent {
  const fields = fieldsOf(template)
  const of = (where: TemplateField['part']) =>
    fields.filter(f => f.part === where).map(f => parameterOf(f, values[f.key] ?? ''))
  const [header, body] = [of('header'), of('body')]
  return {
    name: template.name,
    language: template.language,
    components: [
      ...(header.length > 0 ? [{ type: 'header', parameters: header }] : []),
      ...(body.length > 0 ? [{ type: 'body', parameters: body }] : []),
      ...fields.flatMap(f =>
        f.button
          ? [
              {
                type: 'button',
                sub_type: f.button.kind,
                index: String(f.button.index),
                parameters: [parameterOf(f, values[f.key] ?? '')],
              },
            ]
          : [],
      ),
    ],
  }
}

/** The values that a content carries, by the fields of its template. */
export function valuesOf(template: WhatsappTemplate, sent: Sent): Record<string, string> {
  const values: Record<string, string> = {}
  const texts = (p: Parameter): string => {
    const media = (p.image ?? p.video ?? p.document) as { link?: string } | undefined
    const found = p.text ?? p.coupon_code ?? media?.link
    return typeof found === 'string' ? found : ''
  }
  const parametersOf = (f: TemplateField): Parameter[] => {
    const component = sent.components.find(
      c => c.type.toLowerCase() === f.part && (f.button ? String(c.index) === String(f.button.index) : true),
    )
    return Array.isArray(component?.parameters) ? (component.parameters as Parameter[]) : []
  }
  const fields = fieldsOf(template)
  for (const f of fields) {
    const given = parametersOf(f)
    const place = fields.filter(other => other.part === f.part && !other.button).indexOf(f)
    const found = given.find(p => p.parameter_name === f.name) ?? given[f.button ? 0 : place]
    values[f.key] = found ? texts(found) : ''
  }
  return values
}

export type TemplatePreview = { header: string; body: string; footer: string; buttons: string[] }

/** How it reads with these values; one that is missing shows as the template writes it. */
export function previewOf(template: WhatsappTemplate, values: Record<string, string>): TemplatePreview {
  const filled = (where: string, text = '') =>
    text.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => values[`${where}:${name}`] || whole)
  const component = (type: string) => template.components.find(c => c.type === type)
  return {
    header: filled('header', component('HEADER')?.text),
    body: filled('body', component('BODY')?.text),
    footer: component('FOOTER')?.text ?? '',
    buttons: (component('BUTTONS')?.buttons ?? []).map(b => b.text ?? ''),
  }
}
