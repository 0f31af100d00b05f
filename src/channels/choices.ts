// Replies to tap in chats of Meta: WhatsApp's buttons and lists, quick replies of Messenger and Instagram, as one kind of thing.
// Limits are the providers' (src/channels/content.ts). Pure.
import type { ContentOf } from './content.ts'

/** What is shown, and what comes back as the message's `data`. */
export type Choice = { title: string; payload: string }
/** `button`: of a list, what opens it */
export type Choices =
  | { kind: 'buttons' | 'quickReplies'; rows: Choice[] }
  | { kind: 'list'; rows: Choice[]; button: string }

type Draft = Record<string, unknown>
export const CHOICE_LIMITS = {
  buttons: { rows: 3, title: 20, payload: 256 },
  list: { rows: 10, title: 24, payload: 200, button: 20 },
  quickReplies: { rows: 13, title: 20, payload: 1_000 },
} as const

const rowsOf = (list: unknown): Choice[] => (Array.isArray(list) ? (list as Choice[]) : [])

/** Of a content or a draft of one; empty rows where it has none. */
export function choicesOf(content: Draft): Choices {
  if (content.channel !== 'whatsapp') return { kind: 'quickReplies', rows: rowsOf(content.quickReplies) }
  const list = content.list as { button?: string; rows?: unknown } | undefined
  return list
    ? { kind: 'list', rows: rowsOf(list.rows), button: list.button ?? '' }
    : { kind: 'buttons', rows: rowsOf(content.buttons) }
}

/** WhatsApp's `buttons` are replies; those of Messenger and Instagram are links and stay. */
export function withChoices<C extends Draft>(content: C, choices: Choices): C {
  const { quickReplies: _q, list: _l, ...rest } = content
  const whatsapp = content.channel === 'whatsapp'
  if (whatsapp) delete (rest as Draft).buttons
  const { kind, rows } = choices
  // a list is chosen before it has rows
  if (kind === 'list') return { ...rest, list: { button: choices.button, rows } } as unknown as C
  return (rows.length === 0 ? rest : { ...rest, [kind]: rows }) as C
}

/** The first that comes back like one before it: nobody could tell them apart. Its place; -1: none. */
export const sameReply = (rows: readonly Choice[]): number =>
  rows.findIndex((r, i) => rows.findIndex(o => o.payload === r.payload) < i)

/** What a person taps on, of a content. */
export const tapsOf = (
  content: Partial<ContentOf<'whatsapp'> | ContentOf<'messenger'> | ContentOf<'instagram'>>,
): { title: string; link: boolean }[] => {
  const links = content.channel === 'whatsapp' ? [] : ((content.buttons ?? []) as { title: string }[])
  return [
    ...links.map(b => ({ title: b.title, link: true })),
    ...choicesOf(content).rows.map(r => ({ title: r.title, link: false })),
  ]
}
