// Mails of blocks: what a person puts together without writing HTML, as MJML for the compiler. Liquid stands in any text; a
// block with a rule stands inside an `if` under a name of its own. Pure.
import { z } from 'zod'
import type { Rule } from '../rules/model.ts'

const when = z.custom<Rule>().optional()
const text = z.string().max(5_000)
const address = z.string().max(2_000)
const align = z.enum(['left', 'center', 'right']).optional()

const simple = [
  z.strictObject({ type: z.literal('heading'), text, align, when }),
  z.strictObject({ type: z.literal('text'), text, align, when }),
  z.strictObject({ type: z.literal('image'), url: address, alt: text, href: address.optional(), when }),
  z.strictObject({
    type: z.literal('button'),
    label: text,
    url: address,
    cta: z.string().max(60).optional(),
    when,
  }),
  z.strictObject({ type: z.literal('divider'), when }),
] as const
const column = z.array(z.discriminatedUnion('type', simple)).max(10)
export const mailBlock = z.discriminatedUnion('type', [
  ...simple,
  z.strictObject({ type: z.literal('columns'), columns: z.array(column).min(2).max(3), when }),
  z.strictObject({
    type: z.literal('products'),
    /** a recommendation, or `codes` */
    from: z.enum(['top', 'bought_with', 'recent', 'codes']),
    codes: z.array(z.string().min(1).max(100)).max(6).optional(),
    count: z.number().int().min(1).max(6),
    button: text.optional(),
    when,
  }),
  z.strictObject({ type: z.literal('coupon'), title: text, note: text, when }),
  z.strictObject({ type: z.literal('footer'), text, unsubscribe: text, when }),
])
export type MailBlock = z.infer<typeof mailBlock>
type Simple = Extract<MailBlock, { type: (typeof SIMPLE)[number] }>
const SIMPLE = ['heading', 'text', 'image', 'button', 'divider'] as const
export const BLOCK_TYPES = [...SIMPLE, 'columns', 'products', 'coupon', 'footer'] as const

const LIQUID = /(\{\{.*?\}\}|\{%.*?%\})/s
/** Plain text is escaped, Liquid is not: it is read before the HTML is. */
const written = (text: string, plain: (p: string) => string, liquid = (l: string) => l): string =>
  text
    .split(LIQUID)
    .map((part, i) => (i % 2 === 1 ? liquid(part) : plain(part)))
    .join('')
const html = (text: string): string =>
  written(text, p =>
    p.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br />'),
  )
const attribute = (text: string): string =>
  written(
    text,
    p => p.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    l => l.replaceAll('"', "'"),
  )
/** MJML knows no attributes of ours: the name of a link goes through as one of its own, and is put right afterwards. */
export const CTA = 'cta:'
const raw = (liquid: string): string => `<mj-raw>${liquid}</mj-raw>`

function simpleOf(block: Simple): string {
  switch (block.type) {
    case 'heading':
      return `<mj-text font-size="22px" font-weight="700" line-height="1.4" align="${block.align ?? 'left'}">${html(block.text)}</mj-text>`
    case 'text':
      return `<mj-text align="${block.align ?? 'left'}">${html(block.text)}</mj-text>`
    case 'image':
      return `<mj-image src="${attribute(block.url)}" alt="${attribute(block.alt)}"${block.href ? ` href="${attribute(block.href)}"` : ''} />`
    case 'button':
      return `<mj-button href="${attribute(block.url)}"${block.cta ? ` name="${CTA}${attribute(block.cta)}"` : ''}>${html(block.label)}</mj-button>`
    case 'divider':
      return '<mj-divider />'
  }
}

const section = (inner: string): string => `<mj-section>${inner}</mj-section>`
const columnOf = (inner: string): string => `<mj-column>${inner}</mj-column>`

function productsOf(block: Extract<MailBlock, { type: 'products' }>, at: number): string {
  const codes = block.codes ?? []
  const count = block.from === 'codes' ? codes.length : block.count
  const names = Array.from({ length: count }, (_, i) => `p${at}_${i}`)
  const source = (i: number): string =>
    block.from === 'codes'
      ? `products['${(codes[i] ?? '').replaceAll("'", '')}']`
      : `recommendations.${block.from}[${i}]`
  const given = names.map((name, i) => `{% assign ${name} = ${source(i)} %}`).join('')
  const one = (name: string): string =>
    columnOf(
      raw(`{% if ${name} %}{% if ${name}.image != "" %}`) +
        `<mj-image src="{{ ${name}.image }}" alt="{{ ${name}.name }}" href="{{ ${name}.url }}" />` +
        raw('{% endif %}') +
        `<mj-text font-weight="600">{{ ${name}.name }}</mj-text><mj-text>{{ ${name}.price | money }}</mj-text>` +
        (block.button ? `<mj-button href="{{ ${name}.url }}">${html(block.button)}</mj-button>` : '') +
        raw('{% endif %}'),
    )
  const rows: string[] = []
  for (let i = 0; i < names.length; i += 3)
    rows.push(
      section(
        names
          .slice(i, i + 3)
          .map(one)
          .join(''),
      ),
    )
  return raw(`${given}{% if ${names[0]} %}`) + rows.join('') + raw('{% endif %}')
}

function blockOf(block: MailBlock, at: number): string {
  switch (block.type) {
    case 'columns':
      return section(block.columns.map(c => columnOf(c.map(simpleOf).join(''))).join(''))
    case 'products':
      return block.from === 'codes' && (block.codes ?? []).length === 0 ? '' : productsOf(block, at)
    case 'coupon':
      return (
        raw('{% if coupon.code %}') +
        section(
          columnOf(
            `<mj-text align="center" font-weight="600">${html(block.title)}</mj-text>` +
              '<mj-text align="center" font-size="24px" font-weight="700" letter-spacing="2px" css-class="code">{{ coupon.code }}</mj-text>' +
              `<mj-text align="center" font-size="12px">${html(block.note)}</mj-text>`,
          ),
        ) +
        raw('{% endif %}')
      )
    case 'footer':
      return section(
        columnOf(
          `<mj-text align="center" font-size="12px" color="#6b7280">${html(block.text)}<br /><a href="{{ unsubscribe_url }}" style="color:#6b7280">${html(block.unsubscribe)}</a></mj-text>`,
        ),
      )
    default:
      return section(columnOf(simpleOf(block)))
  }
}

const HEAD = `<mj-head>
<mj-attributes>
<mj-all font-family="-apple-system, 'PingFang TC', 'Noto Sans TC', 'Microsoft JhengHei', sans-serif" />
<mj-text font-size="15px" line-height="1.7" color="#1f2430" />
<mj-button background-color="#4c56c0" color="#ffffff" border-radius="8px" font-size="15px" inner-padding="12px 20px" />
<mj-divider border-width="1px" border-color="#e3e6ea" />
<mj-section background-color="#ffffff" padding="8px 0" css-class="part" />
</mj-attributes>
<mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-style>@media (prefers-color-scheme: dark) { body, .mail { background: #121212 !important } .part, .part table { background: #1c1f26 !important } .part td div { color: #e8eaef !important } }</mj-style>
</mj-head>`

const OWN = /^block_\d+$/

/** The MJML of a mail, and what `conditions` of its content are: those that stood there, and one for each block with a rule. */
export function mailOf(
  blocks: MailBlock[],
  before: Record<string, Rule> = {},
): { mjml: string; conditions: Record<string, Rule> } {
  const conditions = Object.fromEntries(Object.entries(before).filter(([name]) => !OWN.test(name)))
  const body = blocks.map((block, i) => {
    const drawn = blockOf(block, i)
    if (block.when === undefined) return drawn
    conditions[`block_${i}`] = block.when
    return raw(`{% if conditions.block_${i} %}`) + drawn + raw('{% endif %}')
  })
  return {
    mjml: `<mjml>${HEAD}<mj-body background-color="#f3f4f7" width="600px" css-class="mail">${body.join('\n')}</mj-body></mjml>`,
    conditions,
  }
}
