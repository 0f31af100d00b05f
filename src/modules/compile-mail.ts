// Blocks of a mail as HTML that mail programs understand, by MJML. Loaded with the first mail that is made: it is large.
import { Problem } from '../platform/errors.ts'
import type { Rule } from '../rules/model.ts'
import { mailOf, type MailBlock } from './mail-blocks.ts'

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
  return { html: html.replaceAll(/\n\s+/g, '\n').trim(), conditions: made.conditions }
}
