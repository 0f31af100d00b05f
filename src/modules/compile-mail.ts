// Blocks of a mail as HTML that mail programs understand, by MJML. Loaded with the first mail that is made: it is large.
import { Problem } from '../platform/errors.ts'
import type { Rule } from '../rules/model.ts'
import { CTA, mailBlock, mailOf, type MailBlock } from './mail-blocks.ts'

/** @throws Problem 400 `mail_invalid` */
export async function compileMail(
  blocks: MailBlock[],
  conditions: Record<string, Rule> = {},
): Promise<{ html: string; conditions: Record<string, Rule> }> {
  const made = mailOf(blocks, conditions)
  const { default: mjml } = await import('mjml-browser')
  const { html, errors } = await mjml(made.mjml, { validationLevel: 'soft', keepComments: true })
  if (errors.length > 0)
    throw new Problem(400, 'mail_invalid', errors[0]!.message, {
      path: '/blocks',
      action: 'Change the block that it names.',
    })
  // the layout's indentation is a third of the mail
  const short = html.replaceAll(/\n\s+/g, '\n').trim()
  return {
    html: short.replaceAll(` name="${CTA}`, ' data-cta="').replaceAll(`\nname="${CTA}`, '\ndata-cta="'),
    conditions: made.conditions,
  }
}

/** A mail of blocks with the HTML that they make now; any other content as it is. */
export async function compiled(content: unknown): Promise<unknown> {
  const mail = content as { channel?: unknown; blocks?: unknown; conditions?: Record<string, Rule> } | null
  if (mail?.channel !== 'email' || mail.blocks === undefined) return content
  const blocks = mailBlock.array().max(100).safeParse(mail.blocks)
  return blocks.success ? { ...mail, ...(await compileMail(blocks.data, mail.conditions)) } : content
}
