// A mail as text: paragraphs with empty lines between, a button as [words](address) on a line of its own. What was not
// made of such text stays HTML: whether it was is seen by making it again. Pure.

const OPEN =
  "<!doctype html><html lang=\"zh-Hant\"><body style=\"font-family:'PingFang TC','Noto Sans TC','Microsoft JhengHei',sans-serif;line-height:1.7;color:#1f2430;max-width:560px;margin:0 auto;padding:24px\">"
const CLOSE = '</body></html>'
const BUTTON =
  'display:inline-block;padding:12px 20px;background:#4c56c0;color:#fff;border-radius:8px;text-decoration:none'
const SMALL = 'font-size:12px;color:#6b7280'

export type MailText = { text: string; unsubscribe: string }

const toHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const fromHtml = (html: string): string =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
const attribute = (text: string): string => toHtml(text).replaceAll('"', '&quot;')

/** `unsubscribe`: the words of the link that every marketing mail ends with. */
export function mailHtml({ text, unsubscribe }: MailText): string {
  const blocks = text
    .split(/\n{2,}/)
    .map(b => b.trim())
    .filter(Boolean)
  const body = blocks.map(block => {
    const button = /^\[([^\]\n]+)\]\(([^)\n]+)\)$/.exec(block)
    return button
      ? `<p><a href="${attribute(button[2] ?? '')}" style="${BUTTON}">${toHtml(button[1] ?? '')}</a></p>`
      : `<p>${toHtml(block).replaceAll('\n', '<br>')}</p>`
  })
  const end = `<p style="${SMALL}"><a href="{{ unsubscribe_url }}" style="color:#6b7280">${toHtml(unsubscribe)}</a></p>`
  return [OPEN, ...body, end, CLOSE].join('\n')
}

/** null: this HTML was made elsewhere. */
export function mailText(html: string): MailText | null {
  const lines = html.split('\n')
  const end = /">([^<]*)<\/a><\/p>$/.exec(lines.at(-2) ?? '')
  const blocks = lines.slice(1, -2).map(line => {
    const button = /^<p><a href="([^"]*)" style="[^"]*">([^<]*)<\/a><\/p>$/.exec(line)
    if (button) return `[${fromHtml(button[2] ?? '')}](${fromHtml(button[1] ?? '')})`
    return fromHtml((/^<p>(.*)<\/p>$/.exec(line)?.[1] ?? '').replaceAll('<br>', '\n'))
  })
  const text = { text: blocks.join('\n\n'), unsubscribe: fromHtml(end?.[1] ?? '') }
  return mailHtml(text) === html ? text : null
}
