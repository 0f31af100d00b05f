// What is written to a customer and not sent yet, kept while another conversation is looked at: in this page's memory and
// nowhere else, as it is about people.
import { useRef, useState } from 'react'

export type Written = { as: 'reply' | 'note'; text: string; subject: string }

const EMPTY: Written = { as: 'reply', text: '', subject: '' }
/** conversations begun and not sent; the oldest is let go */
const MOST = 100

const kept = new Map<string, Written>()

/** Whoever signs in next on this page begins with nothing. */
export const forgetWritten = (): void => kept.clear()

/** As useState, for one conversation; a component for another one must have another `key`. What changes is laid over the newest:
 *  an answer that was under way when something else was written takes only its own text away. */
export function useWritten(conversation: string): [Written, (more: Partial<Written>) => void] {
  const [written, set] = useState(() => kept.get(conversation) ?? EMPTY)
  const newest = useRef(written)
  const change = (more: Partial<Written>) => {
    const next = { ...newest.current, ...more }
    newest.current = next
    set(next)
    kept.delete(conversation)
    if (next.text === '' && next.subject === '') return
    kept.set(conversation, next)
    if (kept.size > MOST) kept.delete(kept.keys().next().value ?? '')
  }
  return [written, change]
}
